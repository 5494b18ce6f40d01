// Tests run from TypeScript source through swc, in parallel and in random order, on one throwaway Postgres cluster.
export default {
  rootDir: '..',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.countersign'],
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  randomize: true,
  testTimeout: 30_000,
  // One more than two cores: tests wait for processes and deadlines.
  maxWorkers: 3,
};
