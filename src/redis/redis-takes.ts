/** What callers take out of their limits, kept in Redis for all gateways together. */
import type { SharedTakes, Take } from '../http/shared-takes.ts';
import { type RedisConnection, type RedisReply, RedisUnavailableError } from './redis-connection.ts';

/**
 * The generic cell rate algorithm on Redis's own clock, so that clocks of gateways need not agree. A key holds the
 * moment until which a caller has taken, in microseconds since 1970, and is gone once that moment has passed.
 */
export const TAKE_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local aheads = {}
for i, key in ipairs(KEYS) do
  local ahead = math.max((redis.call('GET', key) or 0) - now, 0) + ARGV[i]
  redis.call('SET', key, string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
  aheads[i] = ahead
end
return aheads`;

// Redis does nothing else meanwhile: 3.5 µs a key.
const KEYS_AT_ONCE = 200;

// One slot, where Redis is a cluster: a script may only touch keys of one.
const PREFIX = '{countersign}:taken:';

export const createRedisTakes = (redis: RedisConnection): SharedTakes => ({
  isReady: () => redis.isReady(),
  add: async (takes) => {
    const parts: (readonly Take[])[] = [];
    for (let at = 0; at < takes.length; at += KEYS_AT_ONCE) parts.push(takes.slice(at, at + KEYS_AT_ONCE));
    return (await Promise.all(parts.map((part) => addPart(redis, part)))).flat();
  },
});

const addPart = async (redis: RedisConnection, takes: readonly Take[]): Promise<number[]> => {
  const keys = takes.map(({ key }) => PREFIX + key);
  const micros = takes.map((take) => String(take.micros));
  const reply = await redis.send(['EVAL', TAKE_SCRIPT, String(keys.length), ...keys, ...micros]);
  if (!isNumbers(reply) || reply.length !== takes.length) {
    throw new RedisUnavailableError('Redis did not answer a number for each key');
  }
  return reply;
};

const isNumbers = (reply: RedisReply): reply is number[] =>
  Array.isArray(reply) && reply.every((part) => typeof part === 'number');
