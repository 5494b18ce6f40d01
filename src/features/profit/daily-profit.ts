/** What an account earned on a day that is over, told once as an event. */
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import { toDecimal } from '../../shared/money.ts';
import { createEventStore } from '../events/event-store.ts';
import type { EventData } from '../events/event-types.ts';
import { createTransferStore } from '../transfers/transfer-store.ts';
import { createDailyProfitStore } from './daily-profit-store.ts';
import { computeProfits, type EquityPoint } from './profit.ts';

export interface DayToClose {
  readonly tenantId: string;
  readonly accountId: number;
  /** 00:00 UTC. */
  readonly day: Date;
  /** When nothing was read since the day ended, what came on it may be unknown: false makes it wait. */
  readonly mayCloseUnread: boolean;
  readonly requestId: string;
  /** In the transaction of the event: notes that the day is closed; false: somebody else does it. */
  readonly markClosed: (session: TenantSession) => Promise<boolean>;
}

/** unread: nothing of the account was read on that day, so there is nothing to tell; gone: there is no such account any more. */
export type DayOutcome = 'closed' | 'unread' | 'waiting' | 'gone' | 'overtaken';

export type CloseDay = (asked: DayToClose) => Promise<DayOutcome>;

export const DAY_MS = 86_400_000;

export const createDailyProfit =
  ({ database }: { readonly database: Pick<TenantDatabase, 'transact'> }): CloseDay =>
  ({ tenantId, accountId, day, mayCloseUnread, requestId, markClosed }) =>
    database.transact(tenantId, async (session) => {
      const end = new Date(day.getTime() + DAY_MS);
      const points = await createDailyProfitStore(session).find(accountId, day, end);
      if (points === undefined) return 'gone';
      const { opening, closing, syncedAt } = points;
      if (!mayCloseUnread && (syncedAt === null || syncedAt < end)) return 'waiting';
      if (!(await markClosed(session))) return 'overtaken';
      if (closing === null || closing.at <= day) return 'unread';
      await createEventStore(session).append({
        type: 'profit.daily',
        data: {
          account_id: accountId,
          day: day.toISOString().slice(0, 10),
          ...(await profitBetween(session, accountId, opening, closing)),
          usd_amount: toDecimal(closing.usd),
          btc_amount: toDecimal(closing.btc),
        },
        requestId,
      });
      return 'closed';
    });

const profitBetween = async (
  session: TenantSession,
  accountId: number,
  opening: EquityPoint | null,
  closing: EquityPoint,
): Promise<Pick<EventData<'profit.daily'>, 'usd_profit' | 'btc_profit'>> => {
  // The day that it was connected on began without it.
  if (opening === null) return { usd_profit: null, btc_profit: null };
  const span = { from: opening.at, until: closing.at, cuts: [null, null] } as const;
  const net = await createTransferStore(session).netSince(accountId, span);
  const { total } = computeProfits([opening, closing], net);
  return { usd_profit: total.usd, btc_profit: total.btc };
};
