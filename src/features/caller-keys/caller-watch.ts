/** Whether a caller that was let in a while ago may still be told what it asked for: its key is as it was then. */
import type { Actor } from '../../auth/actor.ts';
import type { CallerKey, FindCallerKey } from '../../auth/caller-key.ts';
import type { Clock } from '../../shared/clock.ts';

export interface CallerWatchDeps {
  readonly findCallerKey: FindCallerKey;
  readonly clock: Clock;
}

/** Answers a question to be asked as often as one likes: it costs a look into memory. */
export const createCallerWatch =
  ({ findCallerKey, clock }: CallerWatchDeps) =>
  async (actor: Actor): Promise<() => Promise<boolean>> => {
    const isAlive = (key: CallerKey | undefined): key is CallerKey =>
      key !== undefined &&
      key.revokedAt === null &&
      (key.expiresAt === null || clock.now() < key.expiresAt) &&
      (actor.provenUntil === undefined || clock.now() < actor.provenUntil);
    const before = await findCallerKey(actor.keyId);
    if (!isAlive(before)) return () => Promise.resolve(false);
    const traits = traitsOf(before);
    return async () => {
      const now = await findCallerKey(actor.keyId);
      return isAlive(now) && (now === before || traitsOf(now) === traits);
    };
  };

/** What decides which requests of the key are let in, and what they see. */
const traitsOf = (key: CallerKey): string =>
  JSON.stringify([
    [...key.scopes].sort(),
    key.accountIds,
    key.ipAllowlist,
    key.profileFloor,
    key.notBefore,
    key.tokensValidFrom,
  ]);
