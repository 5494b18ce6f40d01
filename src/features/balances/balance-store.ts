/** SQL of balances and snapshots: one statement writes all that a sync brings. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { Account } from '../accounts/account.ts';
import { ACCOUNT_COLUMNS, type NewAccount } from '../accounts/account-store.ts';
import type { DecimalString } from '../../shared/money.ts';
import type { Profits } from '../profit/profit.ts';
import type { Valuation } from './valuation.ts';

export interface SyncResult {
  readonly valuation: Valuation;
  readonly openPositions: number;
  readonly hedgeModeEnabled: boolean;
  /** When the venue answered, ISO 8601: the time of the snapshot. */
  readonly asOf: string;
  /** As of this snapshot; null: not known, the stored ones stay. */
  readonly profits: Profits | null;
  /** Up to when deposits and withdrawals have been read, ISO 8601; null: no further than before. */
  readonly transfersReadUntil: string | null;
}

export interface RecordedSync {
  readonly account: Account;
  /** false: a wallet of stored keys, whose id is told to nobody. */
  readonly isConnected: boolean;
  /** Assets whose total is another than before. */
  readonly changedCount: number;
  /** The first of them, in the order of the alphabet. */
  readonly changedAssets: string[];
}

const MOST_NAMED = 100;

// Columns of accounts with the part of the profits that each holds, in the order that they are bound.
const PROFIT_COLUMNS: Readonly<Record<string, (profits: Profits) => DecimalString | null>> = {
  day_profit_btc: ({ day }) => day.btc,
  day_profit_usd: ({ day }) => day.usd,
  day_profit_btc_percentage: ({ day }) => day.btcPercentage,
  day_profit_usd_percentage: ({ day }) => day.usdPercentage,
  btc_profit: ({ month }) => month.btc,
  usd_profit: ({ month }) => month.usd,
  btc_profit_percentage: ({ month }) => month.btcPercentage,
  usd_profit_percentage: ({ month }) => month.usdPercentage,
  total_btc_profit: ({ total }) => total.btc,
  total_usd_profit: ({ total }) => total.usd,
  day_base_btc: ({ day }) => day.base?.btc ?? null,
  day_base_usd: ({ day }) => day.base?.usd ?? null,
  month_base_btc: ({ month }) => month.base?.btc ?? null,
  month_base_usd: ({ month }) => month.base?.usd ?? null,
};

const SET_PROFITS = Object.keys(PROFIT_COLUMNS)
  .map(
    (column, index) =>
      `${column} = case when $15::numeric[] is null then ${column} else $15[${index + 1}] end`,
  )
  .join(',\n             ');

/** What follows an account row `a`, written by the same statement: its balances, and a snapshot of both. */
const withBalances = (more: string): string => `
    asset_rows as (
      select a.id as account_id, r.*
        from a, unnest($8::text[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[])
          as r (asset, free, locked, total, btc_value, usd_value)
    ), current_rows as (
      insert into balances (tenant_id, account_id, asset, free, locked, total, btc_value, usd_value, synced_at)
      select $1, account_id, asset, free, locked, total, btc_value, usd_value, $7 from asset_rows
      on conflict (tenant_id, account_id, asset) do update
        set free = excluded.free, locked = excluded.locked, total = excluded.total,
            btc_value = excluded.btc_value, usd_value = excluded.usd_value, synced_at = excluded.synced_at
    ), snapshot_rows as (
      insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total, btc_value, usd_value)
      select $1, account_id, $7, asset, free, locked, total, btc_value, usd_value from asset_rows
      on conflict do nothing
    ), equity as (
      insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value, unpriced_assets)
      select $1, a.id, $7, $3, $4, $14 from a
      on conflict do nothing
    )
    select ${ACCOUNT_COLUMNS} ${more} from a left join credentials c on c.tenant_id = $1 and c.id = a.credential_id`;

// Of what was held before the statement. Hundreds of assets change when a portfolio is sold: the names of some will do.
const CHANGES = `, a.is_connected as "isConnected",
      (select count(*) from changed)::integer as "changedCount",
      array(select asset from changed order by asset limit ${MOST_NAMED}) as "changedAssets"`;

// The keys have just worked, so a lock for invalid keys ends here. An older answer never replaces a newer one.
const RECORD = {
  name: 'balances.record',
  text: `
    with a as (
      update accounts
         set btc_amount = $3, usd_amount = $4, open_positions = $5, hedge_mode_enabled = $6,
             balances_synced_at = $7, updated_at = greatest(accounts.updated_at, $7), api_key_invalid = false,
             is_locked = is_locked and lock_reason is distinct from 'invalid_api_key',
             lock_reason = nullif(lock_reason, 'invalid_api_key'),
             transfers_read_until = coalesce($16, transfers_read_until),
             profit_as_of = case when $15::numeric[] is null then profit_as_of else $7 end,
             ${SET_PROFITS}
       where tenant_id = $1 and id = $2 and removed_at is null
         and (balances_synced_at is null or balances_synced_at <= $7)
      returning *
    ), gone as (
      delete from balances b using a where b.tenant_id = $1 and b.account_id = a.id and b.asset <> all ($8::text[])
    ), changed as (
      select asset
        from (select asset, total from balances where tenant_id = $1 and account_id = $2) b
        full join (select * from unnest($8::text[], $11::numeric[]) as r (asset, total)) r using (asset)
       where coalesce(b.total, 0) <> coalesce(r.total, 0)
    ), ${withBalances(CHANGES)}`,
};

// One statement: an account row that is inserted and then updated would be written twice.
const RECORD_NEW = {
  name: 'balances.record-new',
  text: `
    with a as (
      insert into accounts (tenant_id, credential_id, btc_amount, usd_amount, open_positions, hedge_mode_enabled,
        balances_synced_at, profit_as_of, transfers_read_until, market_code, name, mode, customer_id, subaccount_name,
        api_keys_state, created_at, updated_at, address, ${Object.keys(PROFIT_COLUMNS).join(', ')})
      values ($1, $2, $3, $4, $5, $6, $7, $7, $16, $17, $18, $19, $20, $21, $22, $23, greatest($23::timestamptz, $7), $24,
        ${Object.keys(PROFIT_COLUMNS)
          .map((_, index) => `($15::numeric[])[${index + 1}]`)
          .join(', ')})
      returning *
    ), ${withBalances('')}`,
};

/** What `withBalances` and both statements before it are bound to, from the third parameter on. */
const resultValues = (result: SyncResult): unknown[] => {
  const { balances, btcAmount, usdAmount, unpricedAssets } = result.valuation;
  const { profits } = result;
  return [
    btcAmount,
    usdAmount,
    result.openPositions,
    result.hedgeModeEnabled,
    result.asOf,
    balances.map((b) => b.asset),
    balances.map((b) => b.free),
    balances.map((b) => b.locked),
    balances.map((b) => b.total),
    balances.map((b) => b.btcValue),
    balances.map((b) => b.usdValue),
    unpricedAssets,
    profits === null ? null : Object.values(PROFIT_COLUMNS).map((part) => part(profits)),
    result.transfersReadUntil,
  ];
};

export const createBalanceStore = (session: TenantSession) => ({
  /** undefined: the account was removed meanwhile, or a newer answer is already stored. */
  async record(accountId: number, result: SyncResult): Promise<RecordedSync | undefined> {
    const [row] = await session.query<Account & Omit<RecordedSync, 'account'>>(RECORD, [
      session.tenantId,
      accountId,
      ...resultValues(result),
    ]);
    if (row === undefined) return undefined;
    const { isConnected, changedCount, changedAssets, ...account } = row;
    return { account, isConnected, changedCount, changedAssets };
  },

  /**
   * Stores a new account with the first answer of its venue. A second live account of the same market code and
   * credential violates accounts_market_credential_key, one of the same address accounts_address_key.
   */
  async recordNew(account: NewAccount, result: SyncResult): Promise<Account> {
    const [row] = await session.query<Account>(RECORD_NEW, [
      session.tenantId,
      account.credentialId,
      ...resultValues(result),
      account.marketCode,
      account.name,
      account.mode,
      account.customerId,
      account.subaccountName,
      account.apiKeysState,
      account.at,
      account.address,
    ]);
    if (row === undefined) throw new Error('insert into accounts returned no row');
    return row;
  },
});
