/** The real gateway as the benchmark runs it: all checks on, limits out of the way, logs as in production. */
import { createGateway } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createCustodyClient } from '../../src/custody/rpc-client.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as {
  databaseUrl: string;
  socketPath: string;
  gatewayKek: string;
  failedAuthPerMinute?: number;
};
const MANY = 1_000_000;
const config = loadConfig({ NODE_ENV: 'production', COUNTERSIGN_GATEWAY_DATABASE_URL: options.databaseUrl });
const logger = createLogger('gateway', 'info');
const custody = createCustodyClient({
  socketPath: options.socketPath,
  logger,
  clock: systemClock,
  callDeadlineMs: 10_000,
});
const gateway = await createGateway({
  config: {
    ...config,
    gateway: { ...config.gateway, port: 0 },
    limits: {
      keyPerMinute: MANY,
      tenantPerMinute: MANY,
      ipPerMinute: MANY,
      failedAuthPerMinute: options.failedAuthPerMinute ?? MANY,
      publicPerMinute: MANY,
      streams: MANY,
      streamsPerKey: MANY,
      keyTrialsPerMinute: MANY,
      refusedKeysPerMinute: MANY,
      idempotencyKeysPerTenant: 100_000_000,
    },
  },
  databaseUrl: options.databaseUrl,
  gatewayKek: Buffer.from(options.gatewayKek, 'hex'),
  custody,
  clock: systemClock,
  logger,
});
process.send?.({ url: await gateway.listen() });
process.on('SIGTERM', () => process.exit(0));
