/** The statements of the floor: the rows that connecting an account writes, one plain statement a table. */
import { BENCH_HOLDINGS, BENCH_TENANT_KEY_ID } from './bench-data.ts';

interface Known {
  readonly tenantId: string;
  readonly credentialId: string;
  readonly name: string;
  readonly accountId: unknown;
}

interface FloorInsert {
  readonly statement: { readonly name: string; readonly text: string };
  readonly values: (known: Known) => unknown[];
}

export const FLOOR_SELECT = {
  name: 'floor.select',
  text: 'select * from accounts where tenant_id = $1 and id = $2',
};

/** What the reads of many rows come down to, by the path that is asked for; `$2` is the account, the credential, or 0. */
export const FLOOR_READS: Readonly<Record<string, { readonly name: string; readonly text: string }>> = {
  '/ver1/accounts': {
    name: 'floor.list',
    text: 'select * from accounts where tenant_id = $1 and id > $2 order by id limit 100',
  },
  '/ver1/accounts/summary': {
    name: 'floor.summary',
    text: `
      select sum(btc_amount), sum(usd_amount), sum(day_profit_btc), sum(day_profit_usd), sum(total_btc_profit),
             sum(total_usd_profit)
        from accounts where tenant_id = $1 and id > $2 and removed_at is null`,
  },
  '/ver1/accounts/:id/account_table_data': {
    name: 'floor.table',
    text: 'select * from balances where tenant_id = $1 and account_id = $2 order by usd_value desc',
  },
  '/ver1/accounts/:id/balance_chart_data': {
    name: 'floor.chart',
    text: `
      select distinct on (bucket) taken_at, btc_value, usd_value
        from (select taken_at, btc_value, usd_value, ntile(1000) over (order by taken_at) as bucket
                from equity_snapshots where tenant_id = $1 and account_id = $2) as points
       order by bucket, taken_at`,
  },
  '/api/exchange/balance/history': {
    name: 'floor.history',
    text: `
      select s.* from accounts a
        join balance_snapshots s on s.tenant_id = $1 and s.account_id = a.id and s.asset = 'ASSET1'
       where a.tenant_id = $1 and a.credential_id = $2 order by s.taken_at desc limit 100`,
  },
};

const SEALED = 'x'.repeat(700);
const ASSETS = BENCH_HOLDINGS.map(({ asset }) => asset);
const TOTALS = BENCH_HOLDINGS.map(({ total }) => total);

const balanceRows = (table: string, time: string): FloorInsert => ({
  statement: {
    name: `floor.${table}`,
    text: `
      insert into ${table} (tenant_id, account_id, asset, free, locked, total, btc_value, usd_value, ${time})
      select $1, $2::bigint, asset, total, 0, total, total, total, now() from unnest($3::text[], $4::numeric[]) as r (asset, total)`,
  },
  values: ({ tenantId, accountId }) => [tenantId, accountId, ASSETS, TOTALS],
});

export const FLOOR_INSERTS: readonly FloorInsert[] = [
  {
    statement: {
      name: 'floor.credential',
      text: `
        insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix,
          has_passphrase, can_read, can_trade, can_withdraw, ip_restricted, rights_source, is_active, validation_status)
        values ($1, $2, 'binance', $3, $4, $5, decode(replace($2::uuid::text, '-', ''), 'hex'), 'abcd', 'wxyz', false,
          true, true, false, true, 'exchange', true, 'valid')`,
    },
    values: ({ tenantId, credentialId, name }) => [tenantId, credentialId, name, SEALED, BENCH_TENANT_KEY_ID],
  },
  {
    statement: {
      name: 'floor.account',
      text: `
        insert into accounts (tenant_id, credential_id, market_code, name, mode, btc_amount, usd_amount, open_positions,
          hedge_mode_enabled, balances_synced_at)
        values ($1, $2, 'binance', $3, 'real', 1.5, 90000, 0, false, now())
        returning *`,
    },
    values: ({ tenantId, credentialId, name }) => [tenantId, credentialId, name],
  },
  balanceRows('balances', 'synced_at'),
  balanceRows('balance_snapshots', 'taken_at'),
  {
    statement: {
      name: 'floor.equity',
      text: `
        insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value, unpriced_assets)
        values ($1, $2, now(), 1.5, 90000, '{}')`,
    },
    values: ({ tenantId, accountId }) => [tenantId, accountId],
  },
  {
    statement: {
      name: 'floor.audit',
      text: "select audit_append($1, 'key:bench', 'account.connected', $2, 'success', 'bench')",
    },
    values: ({ tenantId, accountId }) => [tenantId, `account:${String(accountId)}`],
  },
];
