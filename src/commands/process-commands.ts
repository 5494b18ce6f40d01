/** The processes: each part of Countersign, and all of them on one machine. */
import { type Command, defineCommand } from './command.ts';

// Each part is imported by the process that runs it alone: the gateway never loads ccxt, custody never loads Express.
export const PROCESS_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'serve',
    summary: 'Run everything on this machine',
    run: async (_, context) => (await import('../processes/serve.ts')).runServe(context),
  }),
  defineCommand({
    words: 'gateway',
    summary: 'Run the HTTP gateway',
    run: async (_, { config, logger }) =>
      (await import('../processes/gateway-process.ts')).runGateway(config, logger),
  }),
  defineCommand({
    words: 'worker',
    summary: 'Run background work: syncs, checks, and what is told to webhooks',
    run: async (_, { config, logger }) =>
      (await import('../processes/worker-process.ts')).runWorker(config, logger),
  }),
  defineCommand({
    words: 'custody',
    summary: 'Run custody, the only process that opens exchange keys',
    run: async (_, { config, logger }) =>
      (await import('../processes/custody-process.ts')).runCustody(config, logger),
  }),
  defineCommand({
    words: 'sandbox',
    summary: 'Run the sandbox exchanges',
    run: async (_, { config, logger }) =>
      (await import('../processes/sandbox-process.ts')).runSandbox(config, logger),
  }),
];
