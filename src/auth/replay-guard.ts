/**
 * Makes a `legacy` request count once. Its signature holds for ever: whoever sees one that shows a secret, or that gives
 * rights, could send it again as long as the key lives. So such a request says, signed with the rest, when it was made.
 */
import type { Clock } from '../shared/clock.ts';
import { AppError, invalidParameters } from '../shared/errors.ts';
import type { Actor } from './actor.ts';
import { isFirstUse, MOST_AHEAD_MS, NONCE_MARGIN_MS, type NonceStore } from './nonce-store.ts';

/**
 * `askedAt`: the parameter `timestamp`, milliseconds since the epoch; `purpose` keeps apart what is asked at one moment.
 * Throws record_invalid when it is missing, signature_invalid for a request that was sent before or is too old.
 */
export type RefuseReplay = (actor: Actor, askedAt: number | undefined, purpose: string) => Promise<void>;

const ASKED_WITHIN_MS = 60_000;

export const createReplayGuard = (deps: {
  readonly nonces: NonceStore;
  readonly clock: Clock;
}): RefuseReplay => {
  const { nonces, clock } = deps;

  return async (actor, askedAt, purpose) => {
    if (actor.provenBy !== 'legacy') return;
    if (askedAt === undefined)
      throw invalidParameters({
        timestamp: [
          'is needed with a legacy signature: the milliseconds since 1970, at most a minute old and no more than 5 seconds ahead of the gateway',
        ],
      });
    const ageMs = clock.now() - askedAt;
    const isRecent = ageMs <= ASKED_WITHIN_MS && ageMs >= -MOST_AHEAD_MS;
    const used = {
      callerKeyId: actor.callerKeyId,
      nonce: `${purpose} ${askedAt}`,
      keepMs: 2 * ASKED_WITHIN_MS + NONCE_MARGIN_MS,
      signedAt: askedAt,
    };
    if (!isRecent || !(await isFirstUse(nonces, used, false)))
      throw new AppError('signature_invalid', 'Provided signature is invalid');
  };
};
