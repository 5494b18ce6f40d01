/** Answers `/livez` and `/readyz` for load balancers and supervisors; outside every limit, so it caches. */
import type { Clock } from '../shared/clock.ts';
import type { Answer } from './response-writer.ts';

/** One thing that the gateway needs; rejects while it is not there. */
export type ReadinessCheck = () => Promise<void>;

export interface Health {
  /** The process answers; depends on nothing else. */
  live(): Answer;
  /** 200 when every check passes and the server is not draining, else 503 with the names of what fails. */
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

type Results = Readonly<Record<string, 'ok' | 'failed'>>;

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
      const isReady = Object.values(results).every((result) => result === 'ok');
      return answer(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', checks: results });
    },
  };
};

const runAll = async (checks: Readonly<Record<string, ReadinessCheck>>): Promise<Results> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await runOne(check)] as const),
    ),
  );

const runOne = async (check: ReadinessCheck): Promise<'ok' | 'failed'> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'failed'>((resolve) => {
    timer = setTimeout(resolve, CHECK_DEADLINE_MS, 'failed');
  });
  const outcome = check().then(
    () => 'ok' as const,
    () => 'failed' as const,
  );
  try {
    return await Promise.race([outcome, deadline]);
  } finally {
    clearTimeout(timer);
  }
};

const answer = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });
