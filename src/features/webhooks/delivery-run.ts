/** Delivers what is due to one leased endpoint: sends outside of any transaction, then notes how it went. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { OutgoingDelivery, ReceiverAnswer, WebhookSender } from '../../outbound/webhook-sender.ts';
import { createBoundedCache } from '../../shared/bounded-cache.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { envelopeOf } from '../events/event-envelope.ts';
import { createEventStore } from '../events/event-store.ts';
import {
  createDeliveryQueueStore,
  type DeliveryResult,
  type DeliveryTarget,
  type DueDelivery,
  type EndpointLease,
  type LeaseOutcome,
} from './delivery-queue-store.ts';
import { nextWaitMs } from './delivery-schedule.ts';
import { type EndpointMaker, MAKER_ENDED, maySee, NOT_SHOWN } from './endpoint-maker.ts';
import { createWebhookEndpointStore } from './webhook-endpoint-store.ts';
import { openWebhookSecret } from './webhook-secret.ts';
import { createTextSigner, signedHeaders, type SignText } from './webhook-signature.ts';

export interface DeliveryRunDeps {
  readonly database: TenantDatabase;
  readonly gatewayKek: Buffer;
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly clock: Clock;
  /** After so long without one success an endpoint is switched off. */
  readonly disableAfterMs: number;
  /** In [0, 1); Math.random, unless given. */
  readonly random?: () => number;
}

/** Resolves when the lease is settled. After the signal it begins no other delivery. */
export type DeliverDue = (lease: EndpointLease, signal: AbortSignal) => Promise<void>;

/** Longer than the longest run: SEND_WINDOW_MS, and then one delivery that gets no answer. */
export const LEASE_MS = 60_000;
/** Clocks of gateways and the database differ: what is due within it is due. */
export const CLOCK_TOLERANCE_MS = 1_000;

const BATCH = 100;
const AT_ONCE = 20;
const SEND_WINDOW_MS = 15_000;
// Who keeps the sender waiting waits with those that fail, and not in front of those that answer.
const SLOW_MS = 5_000;
const SUSPENDED_WAIT_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const SIGNERS_KEPT = 5_000;
const GONE = 410;

interface Run {
  readonly results: DeliveryResult[];
  isGone: boolean;
  makerEnd: EndpointMaker['end'];
  pausedUntil: Date | null;
}

export const createDeliveryRun = (deps: DeliveryRunDeps): DeliverDue => {
  const { database, clock } = deps;
  const random = deps.random ?? Math.random;
  const signers = createBoundedCache<Promise<SignText>>(SIGNERS_KEPT);
  const now = (): Date => new Date(clock.now());

  return async (lease, signal) => {
    const queue = createDeliveryQueueStore(database.session(lease.tenantId));
    const [target, due] = await Promise.all([
      queue.findTarget(lease.endpointId, now()),
      queue.listDue(lease.endpointId, new Date(clock.now() + CLOCK_TOLERANCE_MS), BATCH),
    ]);
    // Its queue went, or was emptied, with it.
    if (target === undefined) return;
    const run: Run = { results: [], isGone: false, makerEnd: null, pausedUntil: null };
    if (target.maker.end !== null) run.makerEnd = target.maker.end;
    else if (target.isTenantActive) await sendAll(run, lease, target, due, signal);
    else run.pausedUntil = new Date(clock.now() + SUSPENDED_WAIT_MS);
    await settle(run, lease, target);
  };

  async function sendAll(
    run: Run,
    lease: EndpointLease,
    target: DeliveryTarget,
    due: readonly DueDelivery[],
    signal: AbortSignal,
  ): Promise<void> {
    const signWith = await signersOf(lease, target);
    const endsAt = performance.now() + SEND_WINDOW_MS;
    const waiting = due[Symbol.iterator]();
    const mayGoOn = (): boolean =>
      !signal.aborted && !run.isGone && run.pausedUntil === null && performance.now() < endsAt;
    const sendInTurn = async (): Promise<void> => {
      while (mayGoOn()) {
        const next = waiting.next();
        if (next.done === true) return;
        run.results.push(await deliver(run, next.value, target, signWith));
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, due.length) }, sendInTurn));
  }

  async function deliver(
    run: Run,
    { id, attempts, event }: DueDelivery,
    { url, maker }: DeliveryTarget,
    signWith: readonly SignText[],
  ): Promise<DeliveryResult> {
    const at = now();
    if (event === null) return { ...gaveUp(id, attempts, at), error: 'the event is no longer kept' };
    if (!maySee(maker, event)) return { ...gaveUp(id, attempts, at), error: NOT_SHOWN };
    const body = JSON.stringify(envelopeOf(event));
    const headers = { ...CONSTANT_HEADERS, ...signedHeaders(event.id, at.getTime(), body, signWith) };
    const answer = await deps.sender.send({ url, headers, body } satisfies OutgoingDelivery);
    if (answer.status === GONE) run.isGone = true;
    if (answer.retryAfterMs !== undefined && answer.retryAfterMs > 0)
      run.pausedUntil = new Date(clock.now() + Math.min(answer.retryAfterMs, LONGEST_PAUSE_MS));
    return judge(id, attempts, at, answer);
  }

  function judge(id: string, attempts: number, at: Date, answer: ReceiverAnswer): DeliveryResult {
    const { status, latencyMs, failure, retryAfterMs } = answer;
    const told = { id, attempts, at, status, latencyMs, error: failure };
    if (failure === null) return { ...told, state: 'delivered', nextAttemptAt: null };
    const waitMs = nextWaitMs(attempts + 1, retryAfterMs, random());
    if (waitMs === undefined) return { ...told, state: 'dead', nextAttemptAt: null };
    return { ...told, state: 'pending', nextAttemptAt: new Date(clock.now() + waitMs) };
  }

  async function settle(run: Run, lease: EndpointLease, target: DeliveryTarget): Promise<void> {
    const { results } = run;
    const hasSuccess = results.some(({ state }) => state === 'delivered');
    const firstFailure = results.find(({ error }) => error !== null);
    const failingSince = hasSuccess ? null : (target.failingSince ?? firstFailure?.at ?? null);
    const outcome = {
      results,
      failingSince,
      isFailing:
        results.length === 0
          ? lease.isFailing
          : !hasSuccess || results.some(({ latencyMs }) => latencyMs > SLOW_MS),
      pausedUntil: run.pausedUntil,
      now: now(),
    };
    const reason = whyDisable(run, failingSince, firstFailure !== undefined);
    // What was sent and is not noted is sent again: a database that restarts is waited for.
    await outlastOutage(() => note(lease, outcome, reason));
  }

  async function note(
    lease: EndpointLease,
    outcome: LeaseOutcome,
    reason: string | undefined,
  ): Promise<void> {
    if (reason === undefined) {
      await createDeliveryQueueStore(database.session(lease.tenantId)).settle(lease, outcome);
      return;
    }
    await database.transact(lease.tenantId, async (session) => {
      // First of all: see the store of endpoints about the order of locks.
      await createWebhookEndpointStore(session).lockEvents();
      const queue = createDeliveryQueueStore(session);
      await queue.settle(lease, outcome);
      if (await queue.disable(lease.endpointId, now(), reason)) await tellDisabled(session, lease, reason);
    });
  }

  function whyDisable(run: Run, failingSince: Date | null, hasFailed: boolean): string | undefined {
    if (run.makerEnd !== null) return MAKER_ENDED[run.makerEnd];
    if (run.isGone) return 'the receiver answered 410: it wants no more deliveries';
    if (failingSince === null || !hasFailed) return undefined;
    const failingMs = clock.now() - failingSince.getTime();
    if (failingMs < deps.disableAfterMs) return undefined;
    return `no delivery was accepted since ${failingSince.toISOString()}`;
  }

  async function tellDisabled(session: TenantSession, lease: EndpointLease, reason: string): Promise<void> {
    const requestId = `deliver-${randomUUID()}`;
    await createAuditStore(session).append({
      actor: 'system',
      action: 'webhook.disabled',
      object: `webhook:${lease.endpointId}`,
      outcome: `success; ${reason}`,
      requestId,
    });
    await createEventStore(session).append({
      type: 'webhook.disabled',
      data: { endpoint_id: lease.endpointId, reason },
      requestId,
    });
  }

  /** The current secret first; for the overlap of a rotation the one before it too. */
  function signersOf(
    { tenantId, endpointId }: EndpointLease,
    { secretJwe, previousSecretJwe, previousEndsAt }: DeliveryTarget,
  ): Promise<SignText[]> {
    const overlaps = previousEndsAt !== null && previousEndsAt.getTime() > clock.now();
    const sealed = [secretJwe, ...(overlaps && previousSecretJwe !== null ? [previousSecretJwe] : [])];
    return Promise.all(
      sealed.map(
        (jwe) =>
          signers.get(jwe) ??
          signers.set(
            jwe,
            openWebhookSecret(deps.gatewayKek, { tenantId, endpointId }, jwe).then(createTextSigner),
          ),
      ),
    );
  }
};

const CONSTANT_HEADERS = {
  'Content-Type': 'application/json',
  'User-Agent': 'Countersign-Webhooks',
  Accept: '*/*',
};

const OUTAGE_WAITS_MS = [250, 1_000, 3_000, 8_000];

/** Tries again while the database is not there; the lease still covers the last try. */
const outlastOutage = async (work: () => Promise<void>): Promise<void> => {
  for (const waitMs of OUTAGE_WAITS_MS) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') throw error;
      await delay(waitMs);
    }
  }
  await work();
};

const gaveUp = (id: string, attempts: number, at: Date) =>
  ({ id, attempts, at, state: 'dead', nextAttemptAt: null, status: null, latencyMs: 0 }) as const;
