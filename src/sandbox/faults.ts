/** Faults on request: what shall go wrong, on which venue, path and key, and how many times. */
import type { SandboxAccount } from './ledger.ts';
import type { Answer, Venue, VenueRequest } from './venue.ts';
import type { VenueId } from './venue-keys.ts';

export const FAULT_KINDS = [
  'latency',
  'rate_limited',
  'server_error',
  'html_200',
  'invalid_key',
  'withdrawals_enabled',
  'clock_skew',
  'truncated_json',
  'hang',
  'reset',
] as const;
type FaultKind = (typeof FAULT_KINDS)[number];

interface Fault {
  readonly venue: VenueId;
  readonly kind: FaultKind;
  /** Only requests whose path contains this. */
  readonly path?: string | undefined;
  /** Only requests made with this key. */
  readonly apiKey?: string | undefined;
  /** latency: the delay; clock_skew: how far the venue's clock is ahead (negative: behind). */
  readonly ms: number;
  readonly status: number;
  readonly retryAfterSeconds: number;
  /** How many more requests it strikes; Infinity: until removed. */
  times: number;
}

/** What the faults make of one request. */
export interface FaultPlan {
  readonly delayMs: number;
  readonly skewMs: number;
  readonly withdrawalsEnabled: boolean;
  /** Instead of the venue's own answer. */
  readonly outcome: 'answer' | 'truncate' | 'hang' | 'reset' | { readonly answer: Answer };
}

export interface FaultBook {
  add(fault: Fault): void;
  /** Removes all of them, or those of one venue. */
  clear(venue?: VenueId): void;
  /** Uses up one time of every fault that strikes this request. */
  plan(venue: Venue, request: VenueRequest): FaultPlan;
}

const MOST_FAULTS = 1_000;

const HTML = Buffer.from(
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>',
);

const NO_FAULT: FaultPlan = { delayMs: 0, skewMs: 0, withdrawalsEnabled: false, outcome: 'answer' };

export const createFaultBook = (): FaultBook => {
  let faults: Fault[] = [];

  const strikes = (fault: Fault, venue: Venue, request: VenueRequest): boolean =>
    fault.venue === venue.id &&
    (fault.path === undefined || request.path.includes(fault.path)) &&
    (fault.apiKey === undefined || fault.apiKey === venue.apiKeyOf(request)) &&
    // A key can be refused only where a key is sent.
    (fault.kind !== 'invalid_key' || venue.apiKeyOf(request) !== undefined);

  return {
    add: (fault) => {
      if (faults.length >= MOST_FAULTS) throw new RangeError(`at most ${MOST_FAULTS} faults at a time`);
      faults.push(fault);
    },
    clear: (venue) => {
      faults = venue === undefined ? [] : faults.filter((fault) => fault.venue !== venue);
    },
    plan: (venue, request) => {
      if (faults.length === 0) return NO_FAULT;
      const struck = faults.filter((fault) => strikes(fault, venue, request));
      for (const fault of struck) fault.times -= 1;
      faults = faults.filter((fault) => fault.times > 0);
      return struck.reduce((plan, fault) => combine(plan, fault, venue), NO_FAULT);
    },
  };
};

const combine = (plan: FaultPlan, fault: Fault, venue: Venue): FaultPlan => {
  switch (fault.kind) {
    case 'latency':
      return { ...plan, delayMs: plan.delayMs + fault.ms };
    case 'clock_skew':
      return { ...plan, skewMs: plan.skewMs + fault.ms };
    case 'withdrawals_enabled':
      return { ...plan, withdrawalsEnabled: true };
    case 'rate_limited':
      return { ...plan, outcome: { answer: venue.errors.rateLimited(fault.retryAfterSeconds) } };
    case 'server_error':
      return { ...plan, outcome: { answer: venue.errors.unavailable(fault.status) } };
    case 'html_200':
      return {
        ...plan,
        outcome: {
          answer: { status: 200, body: HTML, headers: { 'content-type': 'text/html; charset=utf-8' } },
        },
      };
    case 'invalid_key':
      return { ...plan, outcome: { answer: venue.errors.invalidKey() } };
    case 'truncated_json':
      return { ...plan, outcome: 'truncate' };
    case 'hang':
    case 'reset':
      return { ...plan, outcome: fault.kind };
  }
};

/** The account as the venue reports it while a fault lasts. */
export const rightsUnderFault = (account: SandboxAccount, plan: FaultPlan): SandboxAccount =>
  plan.withdrawalsEnabled
    ? { ...account, permissions: new Set([...account.permissions, 'withdraw' as const]) }
    : account;
