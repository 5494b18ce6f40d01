/** Answers `/livez` and `/readyz` for load balancers and supervisors; outside every limit, so it caches. */
import type { Clock } from '../shared/clock.ts';
import type { Answer } from './response-writer.ts';

/**
 * One thing that the gateway needs; rejects while it is not there. What is there and yet does not do all of its work, on
 * purpose, answers what it does not do, in words.
 */
export type ReadinessCheck = () => Promise<unknown>;

export interface Health {
  /** The process answers; depends on nothing else. */
  live(): Answer;
  /**
   * 200 when every check passes and the server is not draining, else 503 with the names of what fails. Where one answers
   * with words the status is `degraded`, and callers are served as far as they can be: sending them elsewhere helps none.
   */
  ready(): Promise<Answer>;
}

export interface HealthDeps {
  /** By name, e.g. `database`. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly isDraining: () => boolean;
  readonly clock: Clock;
}

// Anyone may ask at any rate: the checks run at most once a second.
const FRESH_MS = 1_000;
const CHECK_DEADLINE_MS = 2_000;

const OK = 'ok';
const FAILED = 'failed';

/** `ok`, `failed`, or what is not done. */
type Results = Readonly<Record<string, string>>;

export const createHealth = ({ checks, isDraining, clock }: HealthDeps): Health => {
  let latest: { readonly at: number; readonly results: Promise<Results> } | undefined;

  const check = (): Promise<Results> => {
    const now = clock.now();
    if (latest === undefined || Math.abs(now - latest.at) >= FRESH_MS)
      latest = { at: now, results: runAll(checks) };
    return latest.results;
  };

  return {
    live: () => answer(200, { status: 'live' }),
    ready: async () => {
      if (isDraining()) return answer(503, { status: 'draining' });
      const results = await check();
      const found = Object.values(results);
      if (found.includes(FAILED)) return answer(503, { status: 'not ready', checks: results });
      const status = found.every((result) => result === OK) ? 'ready' : 'degraded';
      return answer(200, { status, checks: results });
    },
  };
};

const runAll = async (checks: Readonly<Record<string, ReadinessCheck>>): Promise<Results> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await runOne(check)] as const),
    ),
  );

const runOne = async (check: ReadinessCheck): Promise<string> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_DEADLINE_MS, FAILED);
  });
  const outcome = check().then(
    (found) => (typeof found === 'string' ? found : OK),
    () => FAILED,
  );
  try {
    return await Promise.race([outcome, deadline]);
  } finally {
    clearTimeout(timer);
  }
};

const answer = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });
