/** `countersign custody` as it is installed, with the environment that the benchmark gives it. */
const { environment } = JSON.parse(process.argv[2] ?? '{}') as {
  environment: Readonly<Record<string, string>>;
};
Object.assign(process.env, environment);
process.argv[2] = 'custody';
await import('../../src/main.ts');
