/** Plain numbers of what a server answered, for whoever asks now and then; each request adds to a few of them. */
import { createDurationCounts, type DurationCounts } from '../shared/duration-counts.ts';
import type { RequestContext } from './request-context.ts';

/** Of the answers to one operation. */
export interface OperationCounts {
  readonly operation: string;
  readonly method: string;
  /** By first digit of the status; 0: the caller was gone before an answer. */
  readonly byClass: readonly number[];
  readonly durations: DurationCounts;
}

export interface RequestCounts {
  /** Those that were asked for at least once. What was for no operation, such as health, counts as `none`. */
  operations(): Iterable<OperationCounts>;
  /** Requests that are being answered, streams not among them. */
  inFlight(): number;
  streams(): number;
  readonly shed: number;
  readonly malformed: number;
  readonly unauthenticated: number;
  /** Refusals by the limit that made them. */
  readonly limited: ReadonlyMap<string, number>;
}

export interface RequestCounter extends RequestCounts {
  /** At the end of a request. `status` undefined: there was no answer. `isStream`: it says nothing of how fast we are. */
  note(context: RequestContext, status: number | undefined, ms: number, isStream: boolean): void;
  noteShed(): void;
  noteMalformed(): void;
}

const CLASSES = 6;
const UNAUTHENTICATED = 401;
const LIMITED = 429;

export const createRequestCounter = (now: Pick<RequestCounts, 'inFlight' | 'streams'>): RequestCounter => {
  const operations = new Map<string, OperationCounts & { readonly byClass: number[] }>();
  const limited = new Map<string, number>();
  let shed = 0;
  let malformed = 0;
  let unauthenticated = 0;

  const countsOf = (operation: RequestContext['operation']) => {
    const key = operation?.operationId ?? 'none';
    const known = operations.get(key);
    if (known !== undefined) return known;
    const counts = {
      operation: key,
      // As declared: HEAD asks for GET too, and anybody may make up a method.
      method: operation?.method ?? 'any',
      byClass: Array.from({ length: CLASSES }, () => 0),
      durations: createDurationCounts(),
    };
    operations.set(key, counts);
    return counts;
  };

  return {
    ...now,
    operations: () => operations.values(),
    limited,
    get shed() {
      return shed;
    },
    get malformed() {
      return malformed;
    },
    get unauthenticated() {
      return unauthenticated;
    },
    note: ({ operation, verdict }, status, ms, isStream) => {
      const counts = countsOf(operation);
      const group = status === undefined ? 0 : Math.trunc(status / 100);
      counts.byClass[group] = (counts.byClass[group] ?? 0) + 1;
      if (!isStream) counts.durations.note(ms);
      if (status === UNAUTHENTICATED) unauthenticated += 1;
      // An exchange may have limited us instead.
      if (status === LIMITED && verdict?.allowed === false)
        limited.set(verdict.policy, (limited.get(verdict.policy) ?? 0) + 1);
    },
    noteShed: () => {
      shed += 1;
    },
    noteMalformed: () => {
      malformed += 1;
    },
  };
};
