/**
 * Every request to one venue passes here, whoever makes it. The gate keeps to the venue's limit and to its bans, stops
 * asking while the venue does not answer, and bounds how many calls wait for it, so that a venue that is down costs the
 * others nothing. There is one gate per venue in a process, and a process has one address that venues see.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { CallScope } from './ccxt-call.ts';
import { isConnectionLoss, toAppError } from './ccxt-errors.ts';
import { type CircuitName, createEgressCircuit, type Verdict } from './egress-circuit.ts';
import type { RateWindow } from '../shared/rate-window.ts';
import { createEgressRetries } from './egress-retries.ts';

export interface EgressGate {
  /** Runs a whole call; refuses it at once while the venue cannot be asked or too many calls wait for it. */
  admit<T>(call: () => Promise<T>): Promise<T>;
  /** Runs one request of a call; refuses it at once while the venue cannot be asked. */
  pass<T>(scope: CallScope | undefined, request: () => Promise<T>): Promise<T>;
  /** Waits until `limit` has room; throws exchange_rate_limited when that is after the call's deadline. */
  throttle(scope: CallScope | undefined, limit: RateWindow, cost: number): Promise<void>;
  /** The venue asked to be left alone until then. */
  stopUntil(untilMs: number): void;
  /** Runs a read, and runs it again where its failure may pass before the call's deadline. */
  retrying<T>(scope: CallScope, read: () => Promise<T>): Promise<T>;
  readonly state: EgressState;
}

export interface EgressState {
  readonly circuit: CircuitName;
  readonly consecutiveFailures: number;
  /** Moments in milliseconds since 1970; undefined: never, or not now. */
  readonly stoppedUntilMs: number | undefined;
  readonly lastSuccessMs: number | undefined;
  readonly lastFailureMs: number | undefined;
  /** How long the newest answer took. */
  readonly latencyMs: number | undefined;
  readonly callsInFlight: number;
}

/** How a venue is treated; the same for all of them. */
export interface EgressPolicy {
  /** Calls of one venue at once, waiting ones included. */
  readonly maxCalls: number;
  /** Requests in a row that fail until the venue is left alone. */
  readonly circuitFailures: number;
  /** How long it is left alone at first. */
  readonly circuitOpenMs: number;
}

export interface EgressGateOptions {
  readonly venue: string;
  readonly policy: EgressPolicy;
  /** A request that got no answer for this long says that the venue does not work; less says nothing. */
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A venue that is down is noticed after three calls with their retries, and asked again every five seconds at first. */
export const DEFAULT_EGRESS_POLICY: EgressPolicy = {
  maxCalls: 250,
  circuitFailures: 10,
  circuitOpenMs: 5_000,
};

const CROWDED_RETRY_MS = 1_000;

export const createEgressGate = (options: EgressGateOptions): EgressGate => {
  const { clock, logger, venue, policy } = options;
  const now = (): number => clock.now();
  const retries = createEgressRetries();
  let stoppedUntilMs = 0;
  let lastSuccessMs: number | undefined;
  let lastFailureMs: number | undefined;
  let latencyMs: number | undefined;
  let callsInFlight = 0;

  const circuit = createEgressCircuit({
    threshold: policy.circuitFailures,
    openMs: policy.circuitOpenMs,
    clock,
    onChange: (state) => logger.warn('exchange circuit changed', { venue, state }),
  });

  const assertOpen = (): void => {
    const stoppedMs = stoppedUntilMs - now();
    if (stoppedMs > 0) throw limited('The exchange limits our requests', stoppedMs);
    const openMs = circuit.retryAfterMs();
    if (openMs === undefined) return;
    throw new AppError('exchange_unavailable', 'The exchange is not available', {
      details: { retryAfterMs: openMs },
    });
  };

  const note = (verdict: Verdict, tookMs: number): Verdict => {
    if (verdict === 'works') {
      lastSuccessMs = now();
      latencyMs = tookMs;
    } else if (verdict === 'fails') lastFailureMs = now();
    return verdict;
  };

  return {
    admit: async (call) => {
      assertOpen();
      if (callsInFlight >= policy.maxCalls) {
        throw new AppError('exchange_unavailable', 'Too many calls wait for this exchange', {
          details: { retryAfterMs: CROWDED_RETRY_MS },
        });
      }
      callsInFlight += 1;
      try {
        return await call();
      } finally {
        callsInFlight -= 1;
      }
    },

    pass: async (scope, request) => {
      assertOpen();
      retries.earn();
      const started = now();
      const judge = (error: unknown): Verdict => {
        const tookMs = now() - started;
        const aborted = scope?.signal.aborted === true;
        const verdict = aborted ? verdictOfSilence(tookMs, options.patienceMs) : verdictOf(error);
        // A venue may answer everything with an error of no meaning: it is not cut off, and it is no success either.
        return isVague(error) ? verdict : note(verdict, tookMs);
      };
      const answer = await circuit.run(request, judge);
      note('works', now() - started);
      return answer;
    },

    throttle: async (scope, limit, cost) => {
      const leftMs = scope === undefined ? 0 : scope.expiresAtMs - now();
      const booking = limit.reserve(cost, leftMs);
      if (!booking.booked) throw limited('Our share of what the exchange allows is used up', booking.waitMs);
      if (booking.waitMs > 0) await delay(booking.waitMs, undefined, { signal: scope?.signal });
    },

    stopUntil: (untilMs) => {
      if (untilMs <= stoppedUntilMs) return;
      stoppedUntilMs = untilMs;
      logger.warn('exchange wants no requests', { venue, untilMs });
    },

    retrying: async (scope, read) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await read();
        } catch (error) {
          if (scope.signal.aborted) throw error;
          const leftMs = scope.expiresAtMs - now();
          const waitMs = retries.delayMs({ error, attempt, retryAfterMs: scope.retryAfterMs, leftMs });
          if (waitMs === undefined) throw error;
          await delay(waitMs, undefined, { signal: scope.signal });
        }
      }
    },

    get state() {
      return {
        circuit: circuit.state,
        consecutiveFailures: circuit.failures,
        stoppedUntilMs: stoppedUntilMs > now() ? stoppedUntilMs : undefined,
        lastSuccessMs,
        lastFailureMs,
        latencyMs,
        callsInFlight,
      };
    },
  };
};

const limited = (message: string, retryAfterMs: number): AppError =>
  new AppError('exchange_rate_limited', message, { details: { retryAfterMs } });

/** Refusals of keys, parameters and frequency are answers: only a venue that does not answer, or not in JSON, fails. */
const verdictOf = (error: unknown): Verdict => {
  const { code } = toAppError(error, undefined);
  if (code === 'exchange_unavailable' || code === 'exchange_timeout' || isConnectionLoss(error))
    return 'fails';
  // ccxt's parsers throw on answers of one account too, which says nothing of the venue.
  if (code !== 'bad_response') return 'works';
  return error instanceof AppError ? 'fails' : 'unknown';
};

const isVague = (error: unknown): boolean =>
  toAppError(error, undefined).code === 'exchange_error' && !isConnectionLoss(error);

const verdictOfSilence = (tookMs: number, patienceMs: number): Verdict =>
  tookMs >= patienceMs ? 'fails' : 'unknown';
