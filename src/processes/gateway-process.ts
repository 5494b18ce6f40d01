/** The process that talks HTTP. It seals exchange keys and can open none. */
import { createGateway } from '../app.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config-schema.ts';
import { loadKek } from '../config/secrets.ts';
import { createCustodyClient } from '../custody/rpc-client.ts';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { custodySocketPath } from './custody-socket.ts';
import { reportReady, stopOnSignal, stopWithSupervisor } from './lifecycle.ts';

export const runGateway = async (config: Config, logger: Logger): Promise<void> => {
  const { gatewayUrl, adminUrl } = config.database;
  const { rootKek, rootKekFile, previousRootKeks = [], previousRootKekFiles = [] } = config.secrets;
  const previous = [...previousRootKeks, ...previousRootKekFiles];
  if (rootKek !== undefined || rootKekFile !== undefined || previous.length > 0) {
    throw new ConfigError(['COUNTERSIGN_ROOT_KEK: the gateway must not be given the key of custody']);
  }
  if (gatewayUrl === undefined) {
    throw new ConfigError([
      'database.gatewayUrl (COUNTERSIGN_GATEWAY_DATABASE_URL): the gateway needs its own role',
    ]);
  }
  const custody = createCustodyClient({
    socketPath: custodySocketPath(config),
    logger,
    clock: systemClock,
    callDeadlineMs: config.custody.callDeadlineMs,
  });
  const gateway = await createGateway({
    config,
    databaseUrl: gatewayUrl,
    adminDatabaseUrl: adminUrl,
    gatewayKek: loadKek(config, 'gateway').key,
    custody,
    clock: systemClock,
    logger,
  });
  const url = await gateway.listen();
  stopOnSignal(
    async () => {
      await gateway.close();
      await custody.close();
    },
    () => undefined,
    logger,
  );
  stopWithSupervisor();
  const adminAt = gateway.adminUrl();
  logger.info('the gateway listens', { url, adminUrl: adminAt });
  reportReady({ url, facts: { adminUrl: adminAt } });
};
