/** What operators see first: how much there is, what waits, and whether custody answers. */
import type { Administrator } from '../../auth/administrator.ts';
import type { Session } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import type { AuditedReads } from './audited-reads.ts';
import { createOverviewStore, type Holdings } from './overview-store.ts';

/** How many of a queue are in each state. */
export type Depths = Readonly<Record<string, number>>;

export interface Overview extends Holdings {
  readonly jobs: Depths;
  readonly deliveries: Depths;
  readonly custody: { readonly reachable: boolean; readonly frozen: boolean };
}

export interface OverviewService {
  read(admin: Administrator): Promise<Overview>;
}

// It counts rows, by the hundred thousand: pages that poll get the same numbers for a while.
const FRESH_MS = 5_000;

type Counted = Omit<Overview, 'custody'>;

export const createOverviewService = (deps: {
  readonly reads: AuditedReads;
  readonly countQueues: (session: Session) => Promise<{ readonly jobs: Depths; readonly deliveries: Depths }>;
  readonly custody: { ping(): Promise<{ readonly frozen: boolean }> };
  readonly clock: Clock;
}): OverviewService => {
  const { reads, countQueues, custody, clock } = deps;
  let last: { readonly atMs: number; readonly counted: Counted } | undefined;

  const count = async (session: Session): Promise<Counted> => {
    const now = clock.now();
    if (last !== undefined && Math.abs(now - last.atMs) < FRESH_MS) return last.counted;
    const counted = { ...(await createOverviewStore(session).count()), ...(await countQueues(session)) };
    last = { atMs: now, counted };
    return counted;
  };

  const askCustody = async (): Promise<Overview['custody']> => {
    try {
      const { frozen } = await custody.ping();
      return { reachable: true, frozen };
    } catch {
      return { reachable: false, frozen: false };
    }
  };

  return {
    read: async (admin) => ({
      ...(await reads.read(admin, { action: 'overview.read' }, count)),
      custody: await askCustody(),
    }),
  };
};
