/** Runs a request under an Idempotency-Key once: what it changes and what it is answered are committed together. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase, UnitOfWork } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { createIdempotencyStore, type KeptRequest } from './idempotency-store.ts';
import { createKeyAllowance } from './key-allowance.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';

export interface GivenAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OnceRequest {
  readonly actor: Pick<Actor, 'tenantId' | 'callerKeyId' | 'provenBy'>;
  readonly key: string;
  /** SHA-256. */
  readonly hash: Buffer;
  readonly showsSecret: boolean;
}

/** As RequestWork of the HTTP side describes it. */
export interface IdempotentWork {
  withinReach<T>(actor: Pick<Actor, 'tenantId' | 'accountIds'>, work: () => Promise<T>): Promise<T>;
  once(
    request: OnceRequest,
    answer: () => Promise<GivenAnswer>,
    toAnswer: (error: unknown) => GivenAnswer,
  ): Promise<{ readonly answer: GivenAnswer; readonly isReplay: boolean }>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
// Whoever saw a `legacy` request can send it again: the secret that it was answered is told no longer than such a request
// would pass for a new one (replay-guard.ts).
const REPLAYABLE_SECRET_MS = 60_000;
// Longer than the longest request; a try that is slower still finds at its end that another took over.
const LEASE_MS = 60_000;
const BUSY_RETRY_MS = 1_000;

export const createIdempotentWork = (deps: {
  readonly database: TenantDatabase;
  /** The gateway's key, 32 bytes. */
  readonly gatewayKek: Buffer;
  /** Answers that are kept for one tenant at once. */
  readonly keysPerTenant: number;
  readonly clock: Clock;
  readonly logger: Logger;
}): IdempotentWork => {
  const { database, gatewayKek, clock, logger } = deps;
  const allowance = createKeyAllowance({ database, clock, perTenant: deps.keysPerTenant });
  const storeOf = ({ actor }: OnceRequest) => createIdempotencyStore(database.session(actor.tenantId));

  return {
    withinReach: ({ tenantId, accountIds }, work) =>
      accountIds === null ? work() : database.limitToAccounts(tenantId, accountIds, work),

    async once(request, answer, toAnswer) {
      const attempt = randomUUID();
      if (!(await claim(request, attempt))) {
        const kept = await storeOf(request).find(rowOf(request));
        if (kept === undefined) throw inProgress();
        return { answer: await replay(request, kept), isReplay: true };
      }
      return { answer: await run(request, attempt, answer, toAnswer), isReplay: false };
    },
  };

  async function claim(request: OnceRequest, attempt: string): Promise<boolean> {
    const now = clock.now();
    const store = storeOf(request);
    const isClaimed = await store.claim({
      ...rowOf(request),
      hash: request.hash,
      attempt,
      now: new Date(now),
      leasedUntil: new Date(now + LEASE_MS),
      expiresAt: new Date(now + keepMs(request)),
    });
    if (!isClaimed) return false;
    await store.sweep(new Date(now));
    try {
      await allowance.admit(request.actor.tenantId);
      return true;
    } catch (error) {
      await store.release(rowOf(request), attempt);
      throw error;
    }
  }

  async function run(
    request: OnceRequest,
    attempt: string,
    answer: () => Promise<GivenAnswer>,
    toAnswer: (error: unknown) => GivenAnswer,
  ): Promise<GivenAnswer> {
    const kept = { isDone: false };
    const keep = async (unit: UnitOfWork, given: GivenAnswer): Promise<void> => {
      const row = await toKept(request, given);
      await unit.finish(async (session) => {
        const isOurs = await createIdempotencyStore(session).finish(rowOf(request), attempt, row);
        if (!isOurs) throw inProgress();
      });
      kept.isDone = true;
    };
    try {
      return await database.runUnit(request.actor.tenantId, async (unit) => {
        const given = await answer().catch(async (error: unknown) => {
          const told = toAnswer(error);
          // What was changed stays changed, so the error is the answer to every retry; but a failure that passes is
          // none: what is still open is undone, and the request may be sent again.
          if (unit.hasEffect() && !isPassing(told)) await keep(unit, told);
          throw error;
        });
        await keep(unit, given);
        return given;
      });
    } catch (error) {
      if (!kept.isDone) await release(request, attempt);
      throw error;
    }
  }

  /** The lease ends in any case, so that a failure here delays a retry and does no other harm. */
  async function release(request: OnceRequest, attempt: string): Promise<void> {
    try {
      await storeOf(request).release(rowOf(request), attempt);
    } catch (error) {
      logger.warn('the key of a failed request was not released', errorFields(error));
    }
  }

  async function toKept(request: OnceRequest, { status, body, headers = {} }: GivenAnswer) {
    const sealed = request.showsSecret ? await sealAnswer(gatewayKek, placeOf(request), body) : undefined;
    return { status, headers, body: sealed ?? Buffer.from(body, 'utf8'), isSealed: sealed !== undefined };
  }

  async function replay(request: OnceRequest, kept: KeptRequest): Promise<GivenAnswer> {
    const { status, headers, body } = kept;
    if (!kept.hash.equals(request.hash))
      throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used for another request');
    if (status === null || body === null) throw inProgress();
    const text = kept.isSealed ? await openAnswer(gatewayKek, placeOf(request), body) : body.toString('utf8');
    return { status, body: text, ...(headers !== null && { headers }) };
  }
};

const isPassing = ({ status }: GivenAnswer): boolean => status >= 500 || status === 429;

const keepMs = ({ actor, showsSecret }: OnceRequest): number =>
  showsSecret && actor.provenBy === 'legacy' ? REPLAYABLE_SECRET_MS : DAY_MS;

const rowOf = ({ actor, key }: OnceRequest) => ({ callerKeyId: actor.callerKeyId, key });

const placeOf = ({ actor, hash }: OnceRequest) => ({
  tenantId: actor.tenantId,
  callerKeyId: actor.callerKeyId,
  hash,
});

const inProgress = (): AppError =>
  new AppError('request_in_progress', 'The request under this Idempotency-Key is still being answered', {
    details: { retryAfterMs: BUSY_RETRY_MS },
  });
