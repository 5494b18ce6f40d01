/** The process that works without being asked: it syncs and checks accounts, and tells others what changed. */
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config-schema.ts';
import { loadKek } from '../config/secrets.ts';
import { createCustodyClient } from '../custody/rpc-client.ts';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { startBackground } from '../worker.ts';
import { custodySocketPath } from './custody-socket.ts';
import { reportReady, stopOnSignal, stopWithSupervisor } from './lifecycle.ts';

export const runWorker = async (config: Config, logger: Logger): Promise<void> => {
  const { gatewayUrl } = config.database;
  const { rootKek, rootKekFile } = config.secrets;
  if (rootKek !== undefined || rootKekFile !== undefined) {
    throw new ConfigError(['COUNTERSIGN_ROOT_KEK: a worker must not be given the key of custody']);
  }
  if (gatewayUrl === undefined) {
    throw new ConfigError([
      "database.gatewayUrl (COUNTERSIGN_GATEWAY_DATABASE_URL): a worker needs the gateway's role",
    ]);
  }
  const custody = createCustodyClient({
    socketPath: custodySocketPath(config),
    logger,
    clock: systemClock,
    callDeadlineMs: config.custody.callDeadlineMs,
  });
  const background = await startBackground({
    config,
    databaseUrl: gatewayUrl,
    gatewayKek: loadKek(config, 'gateway').key,
    custody,
    clock: systemClock,
    logger,
  });
  stopOnSignal(
    async () => {
      await background[Symbol.asyncDispose]();
      await custody.close();
    },
    () => undefined,
    logger,
  );
  stopWithSupervisor();
  logger.info('the worker works', { metricsUrl: background.metricsUrl });
  reportReady({});
};
