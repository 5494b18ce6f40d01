/** Nonces that several gateways share, in Redis. */
import { RedisUnavailableError, type RedisConnection } from '../redis/redis-connection.ts';
import type { NonceStore } from './nonce-store.ts';

const PREFIX = 'countersign:nonce:';

/** `SET NX PX` is both the question and the note: of parallel copies one gets `OK`. */
export const createRedisNonceStore = (redis: Pick<RedisConnection, 'send'>): NonceStore => ({
  consume: async ({ callerKeyId, nonce, keepMs }) => {
    try {
      const key = `${PREFIX}${callerKeyId}:${nonce}`;
      const reply = await redis.send(['SET', key, '1', 'NX', 'PX', String(keepMs)]);
      return reply === null ? 'used' : 'fresh';
    } catch (error) {
      if (error instanceof RedisUnavailableError) return 'unreachable';
      throw error;
    }
  },
});
