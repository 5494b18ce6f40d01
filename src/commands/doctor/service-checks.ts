/** Checks of what runs beside the gateway: custody and Redis. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../config/config-schema.ts';
import { createCustodyClient } from '../../custody/rpc-client.ts';
import { custodySocketPath } from '../../processes/custody-socket.ts';
import { checkRedis, startRedisConnection } from '../../redis/redis-connection.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

const DEADLINE_MS = 2_000;
const LOOK_MS = 25;

export const checkCustody = async (config: Config, logger: Logger): Promise<Finding> => {
  const socketPath = custodySocketPath(config);
  const code = await tryToConnect(socketPath);
  if (code !== undefined) return explain(code, socketPath);
  const custody = createCustodyClient({
    socketPath,
    logger,
    clock: systemClock,
    callDeadlineMs: DEADLINE_MS,
  });
  try {
    const { venues, frozen } = await custody.ping();
    return frozen
      ? problem('custody', 'frozen: it opens no exchange keys', 'countersign unfreeze, once you know why')
      : ok('custody', `answers at ${socketPath}, for ${venues.length} exchanges`);
  } catch {
    return problem(
      'custody',
      `what listens at ${socketPath} does not answer`,
      'look into its log, and start it again',
    );
  } finally {
    await custody.close();
  }
};

const tryToConnect = async (socketPath: string): Promise<string | undefined> => {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(DEADLINE_MS) });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    socket.destroy();
  }
};

const explain = (code: string, socketPath: string): Finding =>
  code === 'EACCES' || code === 'EPERM'
    ? problem(
        'custody',
        `this user may not use ${socketPath}`,
        'run this as the gateway, and name the group of the gateway in COUNTERSIGN_CUSTODY_SOCKET_GROUP of custody',
      )
    : problem(
        'custody',
        `nobody listens at ${socketPath} (${code})`,
        'start countersign custody, with the same COUNTERSIGN_CUSTODY_SOCKET as this',
      );

export const checkRedisServer = async ({ redis }: Config, logger: Logger): Promise<Finding> => {
  if (redis.url === undefined)
    return skipped('redis', 'REDIS_URL is not set: right for one gateway, not for more');
  await using connection = startRedisConnection({ url: redis.url, logger });
  const deadline = performance.now() + DEADLINE_MS;
  while (!connection.isReady() && performance.now() < deadline) await delay(LOOK_MS);
  try {
    await checkRedis(connection);
  } catch {
    return problem(
      'redis',
      'no answer, or none to a write',
      'start Redis, and let this machine reach REDIS_URL',
    );
  }
  const policy = await connection.send(['CONFIG', 'GET', 'maxmemory-policy']).catch(() => undefined);
  return checkPolicy(Array.isArray(policy) ? String(policy[1]) : undefined);
};

/** undefined: it does not tell. */
export const checkPolicy = (policy: string | undefined): Finding =>
  policy === undefined || policy === 'noeviction'
    ? ok('redis', 'takes writes')
    : warning(
        'redis',
        `its maxmemory-policy is ${policy}: it would forget nonces, and a request could be repeated`,
        'redis-cli config set maxmemory-policy noeviction, and the same in its configuration',
      );
