/** Cuts a venue off that has stopped to answer, and lets one request through now and then to see whether it is back. */
import {
  CircuitState,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  type IBackoffFactory,
} from 'cockatiel';
import type { Clock } from '../shared/clock.ts';

export type CircuitName = 'closed' | 'open' | 'half_open';

/** What the end of a request says of the venue: it works, it does not, or neither. */
export type Verdict = 'works' | 'fails' | 'unknown';

export interface EgressCircuit {
  /**
   * Runs one request and learns from its end; `judge` reads what its error says of the venue. Call it only while
   * `retryAfterMs` answers undefined.
   */
  run<T>(request: () => Promise<T>, judge: (error: unknown) => Verdict): Promise<T>;
  /** How long no request may leave; undefined: one may. */
  retryAfterMs(): number | undefined;
  readonly state: CircuitName;
  /** Requests in a row that failed. */
  readonly failures: number;
}

export interface EgressCircuitOptions {
  /** Failures in a row that open the circuit. */
  readonly threshold: number;
  /** How long it stays open at first; twice as long after each trial that fails. */
  readonly openMs: number;
  readonly clock: Clock;
  readonly onChange: (state: CircuitName) => void;
}

const MOST_DOUBLINGS = 4;
// While one request tries, the others are refused; they come back when it should have ended.
const TRIAL_RETRY_MS = 1_000;

const NAMES = new Map<CircuitState, CircuitName>([
  [CircuitState.Closed, 'closed'],
  [CircuitState.Open, 'open'],
  [CircuitState.HalfOpen, 'half_open'],
]);

/** Carries an error past the policy uncounted. */
class Uncounted extends Error {
  readonly original: unknown;
  constructor(original: unknown) {
    super('uncounted');
    this.original = original;
  }
}

export const createEgressCircuit = (options: EgressCircuitOptions): EgressCircuit => {
  const { clock } = options;
  let openUntilMs = 0;

  /** cockatiel asks the system's clock how long the circuit was open; this duration makes it follow ours. */
  const rest: IBackoffFactory<{ readonly attempt: number }> = {
    next: ({ attempt }) => {
      openUntilMs = clock.now() + options.openMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS);
      return {
        get duration() {
          return clock.now() >= openUntilMs ? 0 : Number.POSITIVE_INFINITY;
        },
        next: (context) => rest.next(context),
      };
    },
  };
  const breaker = new ConsecutiveBreaker(options.threshold);
  const policy = circuitBreaker(
    handleWhen((error) => !(error instanceof Uncounted)),
    { halfOpenAfter: rest, breaker },
  );
  const stateName = (): CircuitName => NAMES.get(policy.state) ?? 'open';
  policy.onStateChange(() => options.onChange(stateName()));

  return {
    run: async <T>(request: () => Promise<T>, judge: (error: unknown) => Verdict): Promise<T> => {
      const isTrial = stateName() !== 'closed';
      const settled = async (): Promise<{ readonly value: T } | { readonly refusal: unknown }> => {
        try {
          return { value: await request() };
        } catch (error) {
          const verdict = judge(error);
          if (verdict === 'works') return { refusal: error };
          // A trial that shows nothing has not shown that the venue is back.
          throw verdict === 'fails' || isTrial ? error : new Uncounted(error);
        }
      };
      const outcome = await policy.execute(settled).catch((error: unknown) => {
        throw error instanceof Uncounted ? error.original : error;
      });
      if ('refusal' in outcome) throw outcome.refusal;
      return outcome.value;
    },

    retryAfterMs: () => {
      switch (stateName()) {
        case 'closed':
          return undefined;
        case 'half_open':
          return TRIAL_RETRY_MS;
        case 'open':
          return clock.now() >= openUntilMs ? undefined : openUntilMs - clock.now();
      }
    },
    get state() {
      return stateName();
    },
    get failures() {
      return breaker.state;
    },
  };
};
