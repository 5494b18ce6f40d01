/** The commands of `countersign`: one per process, and the demo. */
import { type Config } from './config/config-schema.ts';
import { loadConfig } from './config/config.ts';
import { type Environment, readEnvironment } from './config/env.ts';
import { runDemo } from './demo/demo.ts';
import { UsageError } from './processes/usage-error.ts';
import { createLogger, type Logger } from './shared/logger.ts';

interface Invocation {
  readonly config: Config;
  readonly environment: Environment;
  readonly logger: Logger;
  /** What follows the command. */
  readonly words: readonly string[];
  /** The script that was started, to start parts of `serve` with. */
  readonly entry: string;
}

interface Command {
  readonly summary: string;
  /** What it writes to standard output is for other programs: its logs go elsewhere. */
  readonly hasAnswer?: true;
  run(invocation: Invocation): Promise<void>;
}

// Each part is imported by the process that runs it alone: the gateway never loads ccxt, custody never loads Express.
const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'run everything on this machine',
    run: async (invocation) => (await import('./processes/serve.ts')).runServe(invocation),
  },
  gateway: {
    summary: 'run the HTTP gateway',
    run: async ({ config, logger }) =>
      (await import('./processes/gateway-process.ts')).runGateway(config, logger),
  },
  custody: {
    summary: 'run custody, the only process that opens exchange keys',
    run: async ({ config, logger }) =>
      (await import('./processes/custody-process.ts')).runCustody(config, logger),
  },
  sandbox: {
    summary: 'run the sandbox venues',
    run: async ({ config, logger }) =>
      (await import('./processes/sandbox-process.ts')).runSandbox(config, logger),
  },
  migrate: {
    summary: 'bring the database of DATABASE_URL to the newest schema',
    run: async ({ config, logger }) => (await import('./processes/migrate.ts')).runMigrate(config, logger),
  },
  freeze: {
    summary: 'stop the use of all exchange keys; the rest of the line is the reason',
    hasAnswer: true,
    run: async (invocation) => (await import('./processes/custody-switch.ts')).runFreeze(invocation),
  },
  unfreeze: {
    summary: 'let exchange keys be used again',
    hasAnswer: true,
    run: async (invocation) => (await import('./processes/custody-switch.ts')).runUnfreeze(invocation),
  },
  canary: {
    summary: 'plant a credential that freezes custody when it is opened: <tenant id> <exchange>',
    hasAnswer: true,
    run: async (invocation) => (await import('./processes/custody-switch.ts')).runCanary(invocation),
  },
  tenant: {
    summary: 'make and list tenants: create <name> | list',
    hasAnswer: true,
    run: async (invocation) => (await import('./processes/tenant-commands.ts')).runTenant(invocation),
  },
  key: {
    summary: 'make, list, rotate and revoke caller keys: create | list | rotate | revoke',
    hasAnswer: true,
    run: async (invocation) => (await import('./processes/key-commands.ts')).runKey(invocation),
  },
  docs: {
    summary: "bring README.md's tables and the client library's types up to date",
    run: async () => (await import('./docs/docs-command.ts')).runDocs(),
  },
  demo: {
    summary: 'connect a sandbox account to a running development gateway',
    run: ({ config }) => runDemo(config.dataDir, (line) => void process.stdout.write(`${line}\n`)),
  },
};

/** Throws ConfigError for a bad configuration and UsageError for an unknown command. */
export const runCommand = async (
  name: string | undefined,
  words: readonly string[],
  entry: string,
): Promise<void> => {
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(`${usage(undefined)}\n`);
    return;
  }
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name === undefined || command === undefined) throw new UsageError(usage(name));
  const environment = readEnvironment();
  const config = loadConfig(environment);
  const logger = createLogger(name, config.logLevel, command.hasAnswer ? 'stderr' : 'stdout');
  await command.run({ config, environment, logger, words, entry });
};

const usage = (name: string | undefined): string =>
  [
    ...(name === undefined ? [] : [`countersign: there is no command "${name}"`]),
    'Usage: countersign <command>',
    ...Object.entries(COMMANDS).map(([command, { summary }]) => `  ${command.padEnd(9)}${summary}`),
  ].join('\n');
