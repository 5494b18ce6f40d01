/** The process that opens exchange keys: it has the root key, and no listener but its Unix socket. */
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config-schema.ts';
import { checkpointFolder, loadKek, loadPreviousKeks } from '../config/secrets.ts';
import { startCustody } from '../custody/custody.ts';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { custodySocketPath } from './custody-socket.ts';
import { reportReady, stopOnSignal, stopWithSupervisor } from './lifecycle.ts';

export const runCustody = async (config: Config, logger: Logger): Promise<void> => {
  const { custodyUrl } = config.database;
  if (custodyUrl === undefined) {
    throw new ConfigError([
      'database.custodyUrl (COUNTERSIGN_CUSTODY_DATABASE_URL): custody needs its own role',
    ]);
  }
  const rootKek = loadKek(config, 'root');
  const custody = await startCustody({
    socketPath: custodySocketPath(config),
    databaseUrl: custodyUrl,
    rootKeys: {
      primary: rootKek.id,
      keys: Object.fromEntries(
        [rootKek, ...loadPreviousKeks(config, 'root')].map(({ id, key }) => [id, key]),
      ),
    },
    checkpointFolder: checkpointFolder(config),
    socketGroupId: config.custody.socketGroup,
    ...sandboxOf(config),
    chains: config.chains,
    paperBalances: config.paper.balances,
    callDeadlineMs: config.custody.callDeadlineMs,
    privateInstances: config.custody.privateInstances,
    marketsMaxAgeMs: config.custody.marketsMaxAgeMs,
    egress: {
      maxCalls: config.custody.venueCalls,
      circuitFailures: config.custody.venueFailures,
      circuitOpenMs: config.custody.venueRestMs,
    },
    decryptLimits: {
      tenantPerMinute: config.custody.tenantOpeningsPerMinute,
      totalPerMinute: config.custody.openingsPerMinute,
    },
    logger,
    clock: systemClock,
  });
  stopOnSignal(
    () => custody.close(),
    () => undefined,
    logger,
  );
  stopWithSupervisor();
  logger.info('custody serves');
  reportReady({});
};

/** Calls go to the sandbox or to the real venues, by configuration alone; never to the real ones by omission. */
const sandboxOf = ({ exchanges, sandbox }: Config): { sandboxUrl?: string } => {
  if (exchanges.endpoint === 'live') return {};
  if (sandbox.url === undefined) {
    throw new ConfigError([
      'sandbox.url (COUNTERSIGN_SANDBOX_URL): exchanges.endpoint is sandbox, but where is it?',
    ]);
  }
  return { sandboxUrl: sandbox.url };
};
