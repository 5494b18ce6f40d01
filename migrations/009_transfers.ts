/** Deposits and withdrawals of accounts, and what an account's stored profits were computed against. */
import type { Knex } from 'knex';
import { type Column, createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'transfers',
    comment: 'Completed deposits and withdrawals as the exchange reports them, each once',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['account_id', 'bigint not null', 'Account that the money came to or left'],
      ['kind', 'text not null', 'deposit or withdrawal'],
      ['venue_transfer_id', 'text not null', "The exchange's id of it, unique with the kind"],
      ['asset', 'text not null', 'Code of the asset, e.g. BTC'],
      ['amount', 'numeric not null', 'Amount that arrived or was sent, without the fee'],
      ['fee_asset', 'text', 'Code of the asset that the fee was taken in; null: none is known'],
      ['fee', 'numeric', 'Fee, besides the amount of a withdrawal; null: none is known'],
      [
        'btc_value',
        'numeric not null',
        'What the equity changed by, in BTC: negative when money left; at the prices of the sync that first saw it',
      ],
      ['usd_value', 'numeric not null', 'The same in USD'],
      ['occurred_at', 'timestamptz not null', 'When it began, as the exchange says'],
      ['counted_at', 'timestamptz not null', 'Since when it is in the equity: profits go by this time'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
    ],
    constraints: [
      'constraint transfers_pkey primary key (tenant_id, account_id, kind, venue_transfer_id)',
      'constraint transfers_account_fkey foreign key (tenant_id, account_id) references accounts (tenant_id, id)',
      "constraint transfers_kind_known check (kind in ('deposit', 'withdrawal'))",
      'constraint transfers_amount_positive check (amount >= 0)',
      'constraint transfers_fee_whole check ((fee is null) = (fee_asset is null))',
    ],
  });
  await knex.raw('create index transfers_counted_idx on transfers (tenant_id, account_id, counted_at)');
  for (const [name, type, comment] of ACCOUNT_COLUMNS) {
    await knex.raw(`alter table accounts add column ${name} ${type}`);
    await knex.raw(`comment on column accounts.${name} is '${comment}'`);
  }
};

export const down = async (knex: Knex): Promise<void> => {
  for (const [name] of ACCOUNT_COLUMNS) await knex.raw(`alter table accounts drop column ${name}`);
  await dropTables(knex, ['transfers']);
};

const ACCOUNT_COLUMNS: readonly Column[] = [
  ['profit_as_of', 'timestamptz', 'Snapshot that the stored profits were computed at; null: none was'],
  [
    'day_base_btc',
    'numeric',
    'Equity in BTC that the profit of the day is compared with; null: there is none',
  ],
  ['day_base_usd', 'numeric', 'The same in USD'],
  [
    'month_base_btc',
    'numeric',
    'Equity in BTC that the profit of 30 days is compared with; null: there is none',
  ],
  ['month_base_usd', 'numeric', 'The same in USD'],
  ['transfers_read_until', 'timestamptz', 'Up to when deposits and withdrawals were read; null: never'],
];
