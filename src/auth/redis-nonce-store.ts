/** Nonces that several gateways share, in Redis. */
import { RedisUnavailableError, type RedisConnection } from '../redis/redis-connection.ts';
import type { Clock } from '../shared/clock.ts';
import { MOST_AHEAD_MS, type NonceStore, type NonceVerdict } from './nonce-store.ts';

const PREFIX = 'countersign:nonce:';

/**
 * Since when Redis has kept every nonce, in milliseconds since the epoch. It goes with them when Redis is emptied, or
 * starts anew without them: so what was signed before is known to be unknown.
 */
export const NONCES_SINCE = 'countersign:nonces-since';

/** `SET NX PX` is both the question and the note: of parallel copies one gets `OK`. */
export const createRedisNonceStore = (redis: Pick<RedisConnection, 'send'>, clock: Clock): NonceStore => {
  const beginNow = async (): Promise<number> => {
    const [, since] = await Promise.all([
      redis.send(['SET', NONCES_SINCE, String(clock.now()), 'NX']),
      redis.send(['GET', NONCES_SINCE]),
    ]);
    return Number(since ?? Number.NaN);
  };

  const judge = (isFirst: boolean, signedAt: number, since: number): NonceVerdict => {
    if (!isFirst || signedAt < since || signedAt > clock.now() + MOST_AHEAD_MS) return 'used';
    // By a clock that runs ahead it may have been used before; also when the moment itself cannot be read.
    return signedAt >= since + MOST_AHEAD_MS ? 'fresh' : 'unreachable';
  };

  return {
    consume: async ({ callerKeyId, nonce, keepMs, signedAt }) => {
      try {
        // In this order, in one round trip: were Redis emptied before the first, the second would find nothing.
        const [noted, since] = await Promise.all([
          redis.send(['SET', `${PREFIX}${callerKeyId}:${nonce}`, '1', 'NX', 'PX', String(keepMs)]),
          redis.send(['GET', NONCES_SINCE]),
        ]);
        return judge(noted !== null, signedAt, since === null ? await beginNow() : Number(since));
      } catch (error) {
        if (error instanceof RedisUnavailableError) return 'unreachable';
        throw error;
      }
    },
    begin: async () => {
      await beginNow();
    },
    count: () => undefined,
  };
};
