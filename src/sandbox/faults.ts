/** Faults on request: what shall go wrong, on which venue, path and key, and how many times. */
import type { FaultKind, ScriptedFault } from './fault-kinds.ts';
import type { Permission, SandboxAccount } from './ledger.ts';
import type { Answer, Venue, VenueRequest } from './venue.ts';
import type { VenueId } from './venue-keys.ts';

interface Fault extends ScriptedFault {
  readonly venue: VenueId;
  /** Only requests made with this key. */
  readonly apiKey?: string | undefined;
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
  /** How the types of the venue's own answer are spoilt. */
  readonly spoilt: 'structure' | 'amounts' | null;
}

export interface FaultBook {
  add(fault: Fault): void;
  /** Removes all of them, or those of one venue. */
  clear(venue?: VenueId): void;
  /** Uses up one time of every fault that strikes this request; those of its key strike besides. */
  plan(venue: Venue, request: VenueRequest, ofKey: readonly ScriptedFault[]): FaultPlan;
}

const MOST_FAULTS = 1_000;

const HTML = Buffer.from(
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>',
);

const NO_FAULT: FaultPlan = {
  delayMs: 0,
  skewMs: 0,
  withdrawalsEnabled: false,
  outcome: 'answer',
  spoilt: null,
};

// They refuse a key, so they strike only where one is sent.
const OF_KEYS: ReadonlySet<FaultKind> = new Set(['invalid_key', 'expired_key', 'ip_not_allowed']);

export const createFaultBook = (): FaultBook => {
  let faults: Fault[] = [];

  const strikes = (fault: Fault, venue: Venue, request: VenueRequest): boolean =>
    fault.venue === venue.id &&
    (fault.path === undefined || request.path.includes(fault.path)) &&
    (fault.apiKey === undefined || fault.apiKey === venue.apiKeyOf(request)) &&
    (!OF_KEYS.has(fault.kind) || venue.apiKeyOf(request) !== undefined);

  return {
    add: (fault) => {
      if (faults.length >= MOST_FAULTS) throw new RangeError(`at most ${MOST_FAULTS} faults at a time`);
      faults.push(fault);
    },
    clear: (venue) => {
      faults = venue === undefined ? [] : faults.filter((fault) => fault.venue !== venue);
    },
    plan: (venue, request, ofKey) => {
      if (faults.length === 0 && ofKey.length === 0) return NO_FAULT;
      const struck = faults.filter((fault) => strikes(fault, venue, request));
      for (const fault of struck) fault.times -= 1;
      faults = faults.filter((fault) => fault.times > 0);
      const scripted = ofKey.filter(({ path }) => path === undefined || request.path.includes(path));
      return [...scripted, ...struck].reduce(
        (plan, fault) => combine(plan, fault, venue, request.nowMs),
        NO_FAULT,
      );
    },
  };
};

const combine = (plan: FaultPlan, fault: ScriptedFault, venue: Venue, nowMs: number): FaultPlan => {
  const { errors } = venue;
  switch (fault.kind) {
    case 'latency':
      return { ...plan, delayMs: plan.delayMs + fault.ms };
    case 'clock_skew':
      return { ...plan, skewMs: plan.skewMs + fault.ms };
    case 'withdrawals_enabled':
      return { ...plan, withdrawalsEnabled: true };
    case 'rate_limited':
      return { ...plan, outcome: { answer: errors.rateLimited(fault.retryAfterSeconds) } };
    case 'server_error':
      return { ...plan, outcome: { answer: errors.unavailable(fault.status) } };
    case 'html_200':
      return {
        ...plan,
        outcome: {
          answer: { status: 200, body: HTML, headers: { 'content-type': 'text/html; charset=utf-8' } },
        },
      };
    case 'invalid_key':
      return { ...plan, outcome: { answer: errors.invalidKey() } };
    case 'banned': {
      const waitMs = fault.retryAfterSeconds * 1_000;
      const answer = errors.banned?.(nowMs + waitMs, nowMs) ?? errors.rateLimited(fault.retryAfterSeconds);
      return { ...plan, outcome: { answer } };
    }
    case 'maintenance':
      return { ...plan, outcome: { answer: errors.maintenance?.() ?? errors.unavailable(503) } };
    case 'expired_key':
      return { ...plan, outcome: { answer: errors.expiredKey?.() ?? errors.invalidKey() } };
    case 'ip_not_allowed':
      return { ...plan, outcome: { answer: errors.ipNotAllowed?.() ?? errors.invalidKey() } };
    case 'wrong_types':
      return { ...plan, spoilt: 'structure' };
    case 'wrong_amounts':
      return { ...plan, spoilt: 'amounts' };
    case 'truncated_json':
      return { ...plan, outcome: 'truncate' };
    case 'hang':
    case 'reset':
      return { ...plan, outcome: fault.kind };
  }
};

/** The account as the venue reports it while a fault lasts. */
export const rightsUnderFault = (account: SandboxAccount, plan: FaultPlan): SandboxAccount =>
  plan.withdrawalsEnabled ? withRights(account, new Set([...account.permissions, 'withdraw'])) : account;

/** A view and not a copy: what a handler changes, it changes on the account. */
const withRights = (account: SandboxAccount, rights: ReadonlySet<Permission>): SandboxAccount =>
  new Proxy(account, {
    get: (target, name): unknown => (name === 'permissions' ? rights : Reflect.get(target, name)),
  });
