/** SQL of the equity that profits are computed from: the newest snapshot at or before each base's moment. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';
import type { EquityPoint } from './profit.ts';

const base = (name: string, bound: string, order: 'asc' | 'desc'): string => `
      left join lateral (
        select taken_at, btc_value, usd_value from equity_snapshots
         where tenant_id = $1 and account_id = $2 ${bound}
         order by taken_at ${order} limit 1
      ) ${name} on true`;

// The lock makes syncs of one account take turns, so that each counts the transfers that the other stored.
const LOCK_BASES = {
  name: 'equity.lock-bases',
  text: `
    select a.balances_synced_at as "previousAt",
           a.is_locked and a.lock_reason is not distinct from 'invalid_api_key' as "isLockedByKeys", a.transfers_read_until as "transfersReadUntil",
           first.taken_at as "firstAt", first.btc_value as "firstBtc", first.usd_value as "firstUsd",
           month.taken_at as "monthAt", month.btc_value as "monthBtc", month.usd_value as "monthUsd",
           day.taken_at as "dayAt", day.btc_value as "dayBtc", day.usd_value as "dayUsd"
      from accounts a
      ${base('first', '', 'asc')}
      ${base('month', 'and taken_at <= $3', 'desc')}
      ${base('day', 'and taken_at <= $4', 'desc')}
     where a.tenant_id = $1 and a.id = $2 and a.removed_at is null
       for update of a`,
};

type BaseName = 'first' | 'month' | 'day';

type BaseRow = Pick<EquityBases, 'previousAt' | 'isLockedByKeys' | 'transfersReadUntil'> &
  Readonly<
    Record<`${BaseName}At`, Date | null> & Record<`${BaseName}${'Btc' | 'Usd'}`, DecimalString | null>
  >;

export interface EquityBases {
  /** The newest snapshot; null: there is none. */
  readonly previousAt: Date | null;
  /** Whether the account waits for keys that the exchange takes. */
  readonly isLockedByKeys: boolean;
  /** Up to when transfers were read; null: never. */
  readonly transfersReadUntil: Date | null;
  readonly first: EquityPoint | null;
  readonly month: EquityPoint | null;
  readonly day: EquityPoint | null;
}

export interface BaseMoments {
  readonly month: Date;
  readonly day: Date;
}

export const createEquityStore = (session: TenantSession) => ({
  /** Locks the account until the end of the transaction; undefined: there is no such account. */
  async lockBases(accountId: number, moments: BaseMoments): Promise<EquityBases | undefined> {
    const [row] = await session.query<BaseRow>(LOCK_BASES, [
      session.tenantId,
      accountId,
      moments.month,
      moments.day,
    ]);
    if (row === undefined) return undefined;
    return {
      previousAt: row.previousAt,
      isLockedByKeys: row.isLockedByKeys,
      transfersReadUntil: row.transfersReadUntil,
      first: point(row, 'first'),
      month: point(row, 'month'),
      day: point(row, 'day'),
    };
  },
});

const point = (row: BaseRow, name: BaseName): EquityPoint | null => {
  const { [`${name}At` as const]: at, [`${name}Btc` as const]: btc, [`${name}Usd` as const]: usd } = row;
  return at === null || btc === null || usd === null ? null : { at, btc, usd };
};
