/** SQL of the days of an account: what it was worth when a day began and when it ended. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';
import type { EquityPoint } from './profit.ts';

export interface DayPoints {
  /** The newest snapshot; null: there is none. */
  readonly syncedAt: Date | null;
  /** The last snapshots at or before the day's beginning and its end; null: there is none. */
  readonly opening: EquityPoint | null;
  readonly closing: EquityPoint | null;
}

const lastUntil = (name: string, parameter: string): string => `
      left join lateral (
        select taken_at, btc_value, usd_value from equity_snapshots
         where tenant_id = $1 and account_id = $2 and taken_at <= ${parameter}
         order by taken_at desc limit 1
      ) ${name} on true`;

const FIND = {
  name: 'daily-profit.find',
  text: `
    select a.balances_synced_at as "syncedAt",
           opening.taken_at as "openingAt", opening.btc_value as "openingBtc", opening.usd_value as "openingUsd",
           closing.taken_at as "closingAt", closing.btc_value as "closingBtc", closing.usd_value as "closingUsd"
      from accounts a
      join tenants t on t.id = $1 and t.status = 'active'
      ${lastUntil('opening', '$3')}
      ${lastUntil('closing', '$4')}
     where a.tenant_id = $1 and a.id = $2 and a.removed_at is null and a.is_connected`,
};

type PointName = 'opening' | 'closing';

type DayRow = Readonly<
  { syncedAt: Date | null } & Record<`${PointName}At`, Date | null> &
    Record<`${PointName}${'Btc' | 'Usd'}`, DecimalString | null>
>;

export const createDailyProfitStore = (session: TenantSession) => ({
  /** undefined: the account is gone, or the tenant is suspended. */
  async find(accountId: number, from: Date, to: Date): Promise<DayPoints | undefined> {
    const [row] = await session.query<DayRow>(FIND, [session.tenantId, accountId, from, to]);
    if (row === undefined) return undefined;
    return { syncedAt: row.syncedAt, opening: pointOf(row, 'opening'), closing: pointOf(row, 'closing') };
  },
});

const pointOf = (row: DayRow, name: PointName): EquityPoint | null => {
  const { [`${name}At` as const]: at, [`${name}Btc` as const]: btc, [`${name}Usd` as const]: usd } = row;
  return at === null || btc === null || usd === null ? null : { at, btc, usd };
};
