/** Nonces of one process, in memory; several processes need a store that they share. */
import type { Clock } from '../shared/clock.ts';
import { MOST_AHEAD_MS, type NonceStore } from './nonce-store.ts';

export interface MemoryNonceStoreOptions {
  readonly clock: Clock;
  /** Nonces that one key may have alive. */
  readonly perKey?: number;
}

// At 1,200 requests a minute, kept for 10 minutes at most, a key has 12,000 alive.
const PER_KEY = 20_000;
const SECOND_MS = 1_000;

interface Entry {
  readonly callerKeyId: string;
  readonly nonce: string;
}

/** Nothing is forgotten before its time: a key whose room is used up has to wait. */
export const createMemoryNonceStore = ({ clock, perKey = PER_KEY }: MemoryNonceStoreOptions): NonceStore => {
  // The second in which it began counts as a whole: `created` tells no more, and no process ends and is back within it.
  const startedAt = Math.floor(clock.now() / SECOND_MS) * SECOND_MS;
  const byKey = new Map<string, Set<string>>();
  /** What ends in each second: so forgetting costs no search. */
  const endings = new Map<number, Entry[]>();
  let sweptUntil = bucketOf(startedAt);
  let kept = 0;

  const forget = ({ callerKeyId, nonce }: Entry): void => {
    const nonces = byKey.get(callerKeyId);
    if (nonces?.delete(nonce) === true) kept -= 1;
    if (nonces?.size === 0) byKey.delete(callerKeyId);
  };

  const sweep = (): void => {
    const now = bucketOf(clock.now());
    if (now === sweptUntil) return;
    sweptUntil = now;
    for (const [bucket, entries] of endings) {
      if (bucket >= now) continue;
      endings.delete(bucket);
      entries.forEach(forget);
    }
  };

  return {
    consume: ({ callerKeyId, nonce, keepMs, signedAt }) => {
      sweep();
      if (signedAt > clock.now() + MOST_AHEAD_MS) return Promise.resolve('used');
      // It may have been used before this process began to take notes.
      if (signedAt < startedAt) return Promise.resolve('earlier');
      let nonces = byKey.get(callerKeyId);
      if (nonces === undefined) byKey.set(callerKeyId, (nonces = new Set()));
      if (nonces.has(nonce)) return Promise.resolve('used');
      if (nonces.size >= perKey) return Promise.resolve('full');
      nonces.add(nonce);
      kept += 1;
      const bucket = bucketOf(clock.now() + keepMs);
      const entries = endings.get(bucket);
      if (entries === undefined) endings.set(bucket, [{ callerKeyId, nonce }]);
      else entries.push({ callerKeyId, nonce });
      return Promise.resolve('fresh');
    },
    begin: () => Promise.resolve(),
    count: () => kept,
  };
};

const bucketOf = (ms: number): number => Math.floor(ms / SECOND_MS);
