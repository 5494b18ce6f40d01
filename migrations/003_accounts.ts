/** Connected accounts, what is in them now, and what was in them at earlier times. */
import type { Knex } from 'knex';
import type { Column } from '../src/db/migration-sql.ts';
import { createTenantTable, dropTables, isolateByTenant } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  // Clients keep account ids in 32 bits: the sequence ends there, and an insert then fails.
  await knex.raw('create sequence account_id_seq as bigint minvalue 1 maxvalue 2147483647 no cycle');
  await createAccounts(knex);
  await createTenantTable(knex, {
    name: 'balances',
    comment: 'What an account holds now, one row per asset; amounts of a futures account can be negative',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['account_id', 'bigint not null', 'Account'],
      ...amounts,
      ['synced_at', 'timestamptz not null', 'When the exchange said so'],
    ],
    constraints: [
      'constraint balances_pkey primary key (tenant_id, account_id, asset)',
      accountForeignKey('balances'),
    ],
  });
  await createSnapshots(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await dropTables(knex, ['equity_snapshots', 'balance_snapshots', 'balances', 'accounts']);
  await knex.raw('drop sequence account_id_seq');
};

const amounts: readonly Column[] = [
  ['asset', 'text not null', 'Code of the asset, e.g. BTC'],
  ['free', 'numeric not null', 'Amount that can be used'],
  ['locked', 'numeric not null', 'Amount held by open orders'],
  ['total', 'numeric not null', 'Whole amount'],
  ['btc_value', 'numeric', 'Value of the total in BTC; null: no price known'],
  ['usd_value', 'numeric', 'Value of the total in USD; null: no price known'],
];

const accountForeignKey = (table: string): string =>
  `constraint ${table}_account_fkey foreign key (tenant_id, account_id) references accounts (tenant_id, id)`;

const statistic = (name: string, comment: string): Column => [name, 'numeric not null default 0', comment];

const createAccounts = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'accounts',
    comment: 'Connected venue accounts, one market code each',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', "bigint not null default nextval('account_id_seq')", 'Id of the account, fits 32 bits'],
      ['user_id', 'uuid', 'User that the account belongs to'],
      ['credential_id', 'uuid', 'Exchange keys; null for an account without keys, e.g. a wallet'],
      ['market_code', 'text not null', 'Market of the exchange, e.g. binance or binance_futures'],
      ['name', 'text not null', 'Name for people'],
      ['mode', "text not null default 'real'", 'real or paper'],
      ['address', 'text', 'Address of a wallet'],
      ['customer_id', 'text', 'Customer id at the exchange, where it is part of the keys'],
      ['subaccount_name', 'text', 'Name of the sub-account at the exchange'],
      ['hedge_mode_enabled', 'boolean not null default false', 'Long and short positions are kept apart'],
      ['open_positions', 'integer not null default 0', 'Number of open positions'],
      ['autobalance_enabled', 'boolean not null default false', 'The account is rebalanced'],
      ['auto_balance_period', 'integer not null default 24', 'Hours between rebalances'],
      ['auto_balance_portfolio_id', 'bigint', 'Portfolio to rebalance to'],
      ['auto_balance_method', 'text', 'What triggers a rebalance: time or currency_change'],
      ['auto_balance_currency_change_limit', 'numeric', 'Change that triggers a rebalance, percent'],
      ['auto_balance_error', 'text', 'Why the last rebalance failed'],
      ['last_auto_balance', 'timestamptz', 'When the account was last rebalanced'],
      ['is_locked', 'boolean not null default false', 'The account may not be used'],
      ['lock_reason', 'text', 'Why the account is locked'],
      ['api_key_invalid', 'boolean not null default false', 'The exchange refused the keys'],
      ['api_keys_state', "text not null default 'ok'", 'ok, expire_soon or expired'],
      ['include_in_summary', 'boolean not null default true', 'The account counts in the summary'],
      statistic('btc_amount', 'Value in BTC'),
      statistic('usd_amount', 'Value in USD'),
      statistic('day_profit_btc', 'Profit of the last day in BTC'),
      statistic('day_profit_usd', 'Profit of the last day in USD'),
      statistic('day_profit_btc_percentage', 'Profit of the last day in BTC, percent'),
      statistic('day_profit_usd_percentage', 'Profit of the last day in USD, percent'),
      statistic('btc_profit', 'Profit of the shown period in BTC'),
      statistic('usd_profit', 'Profit of the shown period in USD'),
      statistic('btc_profit_percentage', 'Profit of the shown period in BTC, percent'),
      statistic('usd_profit_percentage', 'Profit of the shown period in USD, percent'),
      statistic('total_btc_profit', 'Profit since the account was connected, in BTC'),
      statistic('total_usd_profit', 'Profit since the account was connected, in USD'),
      ['balances_synced_at', 'timestamptz', 'When the balances were last read from the exchange'],
      ['removed_at', 'timestamptz', 'When the account was removed'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint accounts_pkey primary key (tenant_id, id)',
      'constraint accounts_tenant_fkey foreign key (tenant_id) references tenants (id)',
      'constraint accounts_user_fkey foreign key (tenant_id, user_id) references users (tenant_id, id)',
      `constraint accounts_credential_fkey foreign key (tenant_id, credential_id)
        references credentials (tenant_id, id)`,
      'constraint accounts_id_fits_clients check (id between 1 and 2147483647)',
      "constraint accounts_mode_known check (mode in ('real', 'paper'))",
      "constraint accounts_api_keys_state_known check (api_keys_state in ('ok', 'expired', 'expire_soon'))",
      `constraint accounts_auto_balance_method_known check
        (auto_balance_method is null or auto_balance_method in ('time', 'currency_change'))`,
      'constraint accounts_auto_balance_period_positive check (auto_balance_period > 0)',
      'constraint accounts_open_positions_counted check (open_positions >= 0)',
    ],
  });
  await knex.raw(`
    create unique index accounts_market_credential_key on accounts (tenant_id, market_code, credential_id)
    where removed_at is null`);
  await knex.raw('create index accounts_list_idx on accounts (tenant_id, mode, id) where removed_at is null');
  await knex.raw('create index accounts_credential_idx on accounts (tenant_id, credential_id)');
};

const createSnapshots = async (knex: Knex): Promise<void> => {
  const row: readonly Column[] = [
    ['tenant_id', 'uuid not null', 'Tenant of the row'],
    ['account_id', 'bigint not null', 'Account'],
    ['taken_at', 'timestamptz not null', 'Time of the snapshot'],
  ];
  await createTenantTable(knex, {
    name: 'balance_snapshots',
    comment: 'What an account held at earlier times, one row per asset; partitioned by month',
    columns: [...row, ...amounts],
    constraints: [
      'constraint balance_snapshots_pkey primary key (tenant_id, account_id, taken_at, asset)',
      accountForeignKey('balance_snapshots'),
    ],
    suffix: 'partition by range (taken_at)',
  });
  await createTenantTable(knex, {
    name: 'equity_snapshots',
    comment: 'What an account was worth at earlier times; partitioned by month',
    columns: [
      ...row,
      ['btc_value', 'numeric not null', 'Value in BTC of what has a price'],
      ['usd_value', 'numeric not null', 'Value in USD of what has a price'],
      ['unpriced_assets', "text[] not null default '{}'", 'Assets without a price, not in the values'],
    ],
    constraints: [
      'constraint equity_snapshots_pkey primary key (tenant_id, account_id, taken_at)',
      accountForeignKey('equity_snapshots'),
    ],
    suffix: 'partition by range (taken_at)',
  });
  for (const table of ['balance_snapshots', 'equity_snapshots']) {
    await knex.raw(`create table ${table}_default partition of ${table} default`);
    await isolateByTenant(knex, `${table}_default`);
  }
};
