/** The process that plays the venues in development. */
import type { Config } from '../config/config-schema.ts';
import { ensureGeneratedSecret } from '../config/secrets.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Logger } from '../shared/logger.ts';
import { reportReady, stopOnSignal, stopWithSupervisor } from './lifecycle.ts';

/** Its demo keys differ on every machine and stay the same over restarts. */
export const runSandbox = async (config: Config, logger: Logger): Promise<void> => {
  const seed = ensureGeneratedSecret(config.dataDir, 'sandbox-seed');
  const sandbox = await startSandbox({ port: config.sandbox.port, seed, logger });
  stopOnSignal(
    () => sandbox.close(),
    () => undefined,
    logger,
  );
  stopWithSupervisor();
  reportReady({ url: sandbox.url, facts: sandbox.accounts });
};
