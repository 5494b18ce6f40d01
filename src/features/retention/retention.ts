/** Removes what a tenant need not keep: snapshots between those of each hour or day, old events, deliveries and answers. */
import { monthStart } from '../../db/partitions.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { dayStart } from '../profit/profit.ts';
import { createRetentionStore, type Thinning } from './retention-store.ts';

export interface RetentionSettings {
  /** Days for which one snapshot an hour is kept; later it is one a day. */
  readonly hourlyDays: number;
  /** Whole months of balances that are kept beside the current one; 0: all. */
  readonly snapshotMonths: number;
  readonly eventDays: number;
  /** Of deliveries that ended; those that wait stay as long as events. */
  readonly deliveryDays: number;
}

export interface RetentionDeps {
  readonly database: Pick<TenantDatabase, 'session'>;
  readonly clock: Clock;
  readonly settings: RetentionSettings;
}

/** How many rows went; of snapshots, how many moments. */
export interface Removed {
  snapshots: number;
  balances: number;
  deliveries: number;
  events: number;
  answers: number;
}

/**
 * Begins where it was stopped, as it starts from the oldest that is left. Ends early, with what was done until then, when
 * the signal aborts.
 */
export type ApplyRetention = (tenantId: string, signal: AbortSignal) => Promise<Removed>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const createRetention = ({ database, clock, settings }: RetentionDeps): ApplyRetention => {
  const daysBefore = (moment: Date, days: number): Date => new Date(moment.getTime() - days * DAY_MS);

  return async (tenantId, signal) => {
    const store = createRetentionStore(database.session(tenantId));
    const now = new Date(clock.now());
    const isStopped = (): boolean => signal.aborted;
    const removed: Removed = { snapshots: 0, balances: 0, deliveries: 0, events: 0, answers: 0 };

    const thin = async (accountId: number, span: Thinning['span'], to: Date, start?: Date): Promise<void> => {
      let from: string | null | undefined = start?.toISOString();
      while (from !== null && !isStopped()) {
        const thinned = await store.thin(accountId, { span, from, to });
        removed.snapshots += thinned.removed;
        from = thinned.until;
      }
    };

    const repeat = async (what: keyof Removed, step: () => Promise<number>): Promise<void> => {
      let count = 1;
      while (count > 0 && !isStopped()) {
        count = await step();
        removed[what] += count;
      }
    };

    // A day more than asked for, and whole days: the profit of 30 days begins inside of the oldest one.
    const daily = daysBefore(dayStart(now), settings.hourlyDays);
    const hourly = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
    const forAccount = async (accountId: number): Promise<void> => {
      await thin(accountId, 'day', daily);
      await thin(accountId, 'hour', hourly, daily);
      if (settings.snapshotMonths === 0) return;
      const before = monthStart(now, -settings.snapshotMonths);
      await repeat('balances', () => store.removeHoldings(accountId, before));
    };

    let last: number | undefined = 0;
    while (last !== undefined && !isStopped()) {
      const accounts = await store.accounts(last);
      for (const accountId of accounts) if (!isStopped()) await forAccount(accountId);
      last = accounts.at(-1);
    }
    const eventsBefore = daysBefore(now, settings.eventDays);
    const deliveriesBefore = daysBefore(now, settings.deliveryDays);
    await repeat('deliveries', () => store.removeDeliveries(deliveriesBefore, eventsBefore));
    await repeat('events', () => store.removeEvents(eventsBefore));
    await repeat('answers', () => store.removeAnswers(now));
    return removed;
  };
};
