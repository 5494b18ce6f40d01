/** Remembers which nonces were used, so that a signed request counts once. */
import { AppError } from '../shared/errors.ts';

export interface UsedNonce {
  readonly callerKeyId: string;
  readonly nonce: string;
  /** How long a request with this nonce could pass again. */
  readonly keepMs: number;
  /** When the caller says that it signed, milliseconds since the epoch. */
  readonly signedAt: number;
}

/**
 * `fresh`: noted, and never seen before. `used`: seen, or so old that a store that began later cannot know.
 * `full`: the key has too many alive. `unreachable`: the store cannot be asked, or began so lately that it cannot know.
 * `earlier`: signed before this process began; what is signed anew can be told.
 */
export type NonceVerdict = 'fresh' | 'used' | 'full' | 'unreachable' | 'earlier';

export interface NonceStore {
  consume(used: UsedNonce): Promise<NonceVerdict>;
  /** Begins to take notes, unless it has: what was signed before does not count. Rejects while it cannot be asked. */
  begin(): Promise<void>;
  /** How many this process keeps; undefined: they are kept elsewhere. */
  count(): number | undefined;
}

/**
 * How far a caller's clock may run ahead of ours. What was signed at a later time could be used, forgotten together with
 * the store, and be used again by a store that began before that time.
 */
export const MOST_AHEAD_MS = 5_000;

/** Beyond the time in which a request could pass again: clocks of gateways, and of Redis, differ. */
export const NONCE_MARGIN_MS = 5_000;

const RETRY_MS = 1_000;

/**
 * Whether the request is the first of its kind. Throws `service_unavailable` where that cannot be told: for a key that
 * has too many nonces alive, for what was signed before the process began, and for writes while the store is
 * unreachable; a read that is sent twice changes nothing.
 */
export const isFirstUse = async (store: NonceStore, used: UsedNonce, isRead: boolean): Promise<boolean> => {
  const verdict = await store.consume(used);
  if (verdict === 'fresh' || verdict === 'used') return verdict === 'fresh';
  if (verdict === 'unreachable' && isRead) return true;
  throw new AppError(
    'service_unavailable',
    verdict === 'full'
      ? 'The key has used too many nonces in a short time'
      : 'Repeated requests cannot be told from new ones at the moment',
    { details: { retryAfterMs: RETRY_MS } },
  );
};
