/** An account's own trades, their sums by day, and how far reading them has come. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTrades(knex);
  await createDays(knex);
  await createBlocks(knex);
  await createCursors(knex);
  await createSyncs(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await dropTables(knex, ['trade_syncs', 'trade_cursors', 'trade_blocks', 'trade_days', 'trades']);
};

// No foreign keys to credentials: history outlives the keys that it was read with.
const CREDENTIAL = [
  'credential_id',
  'uuid not null',
  'Exchange keys that it was read with, perhaps gone',
] as const;
const MARKET = ['market_code', 'text not null', 'Account type, e.g. binance or binance_futures'] as const;
const TENANT = ['tenant_id', 'uuid not null', 'Tenant of the row'] as const;

const createTrades = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'trades',
    comment: 'Fills of orders as the exchange tells them, each once',
    columns: [
      TENANT,
      [
        'id',
        'bigint generated always as identity',
        'Grows in the order of storing within a tenant and market code, where writers take turns',
      ],
      CREDENTIAL,
      ['venue', 'text not null', 'Exchange'],
      MARKET,
      ['exchange_trade_id', 'text not null', "The exchange's own id of it"],
      ['symbol', 'text not null', 'Unified symbol, e.g. BTC/USDT'],
      ['side', 'text not null', 'buy or sell'],
      ['price', 'numeric not null', 'Price'],
      ['amount', 'numeric not null', 'Amount of the base asset; of contracts their number'],
      ['total', 'numeric not null', 'What it came to, in the quote asset; of inverse contracts in the base'],
      ['fee', 'numeric', 'Fee; negative: a rebate, null: none was told'],
      ['fee_currency', 'text', 'Asset that the fee was taken in'],
      ['traded_at', 'timestamptz not null', 'When, as the exchange says'],
      ['btc_value', 'numeric', 'The total in BTC at the prices of storing; null: there was no price'],
      ['usd_value', 'numeric', 'The same in USD'],
      ['sync_status', "text not null default 'synced'", 'synced or failed'],
      ['created_at', 'timestamptz not null default now()', 'When it was stored'],
    ],
    constraints: [
      'constraint trades_pkey primary key (tenant_id, market_code, id)',
      // An exchange is named by its market code. The symbol, because Binance numbers each market apart; the side,
      // because both sides of one match have one id and may be one's own.
      'constraint trades_exchange_id_key unique (tenant_id, market_code, symbol, exchange_trade_id, side)',
      "constraint trades_side_known check (side in ('buy', 'sell'))",
      "constraint trades_sync_status_known check (sync_status in ('synced', 'failed'))",
      'constraint trades_fee_whole check ((fee is null) = (fee_currency is null))',
    ],
  });
  await knex.raw(`
    create index trades_time_idx on trades (tenant_id, traded_at, market_code)`);
};

const createDays = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'trade_days',
    comment:
      'Sums of trades by UTC day, kept in the transaction that stores them: statistics never add up trades',
    columns: [
      TENANT,
      CREDENTIAL,
      MARKET,
      ['utc_date', 'date not null', 'Day of the trades'],
      ['trade_count', 'bigint not null', 'Trades of the day'],
      ['buy_count', 'bigint not null', 'Those that bought'],
      ['synced_count', 'bigint not null', 'Those whose sync_status is synced'],
      ['volume', 'numeric not null', 'Sum of total'],
      ['fees', 'numeric not null', 'Sum of fee'],
      ['btc_volume', 'numeric not null', 'Sum of btc_value, where there is one'],
      ['usd_volume', 'numeric not null', 'Sum of usd_value, where there is one'],
      ['first_at', 'timestamptz not null', 'First trade of the day'],
      ['last_at', 'timestamptz not null', 'Last trade of the day'],
    ],
    constraints: [
      'constraint trade_days_pkey primary key (tenant_id, market_code, utc_date, credential_id)',
      'constraint trade_days_counted check (trade_count >= greatest(buy_count, synced_count))',
    ],
  });
};

const createBlocks = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'trade_blocks',
    comment:
      'How many trades have ids in each block of 8,192, so that a page far in is found without counting to it',
    columns: [
      TENANT,
      CREDENTIAL,
      MARKET,
      ['block', 'bigint not null', 'Ids from block * 8192 on'],
      ['trade_count', 'bigint not null', 'Trades with such ids'],
    ],
    constraints: [
      'constraint trade_blocks_pkey primary key (tenant_id, market_code, block, credential_id)',
      'constraint trade_blocks_counted check (trade_count > 0)',
    ],
  });
};

const createCursors = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'trade_cursors',
    comment: 'Up to where trades were read, moved in the transaction that stores a page of them',
    columns: [
      TENANT,
      CREDENTIAL,
      MARKET,
      ['symbol', 'text not null', 'Market that is read alone; empty: all that the exchange lists together'],
      [
        'since',
        'timestamptz not null',
        'Moment that a caller had it read from, and the row goes when that is done; -infinity: all there is',
      ],
      ['cursor', 'text not null', 'Where reading goes on, in words of custody'],
      ['completed_at', 'timestamptz', 'When it last came to its end; null: it never has'],
      ['updated_at', 'timestamptz not null', 'When it last moved'],
    ],
    constraints: [
      'constraint trade_cursors_pkey primary key (tenant_id, credential_id, market_code, since, symbol)',
    ],
  });
};

const createSyncs = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'trade_syncs',
    comment:
      'Which process reads the trades of a credential now, and since when all its symbols are being read',
    columns: [
      TENANT,
      CREDENTIAL,
      MARKET,
      ['lease_id', 'uuid', 'Lease of the sync that runs; null: none does'],
      ['lease_until', 'timestamptz', 'When that sync counts as dead'],
      ['round_started_at', 'timestamptz', 'Since when all symbols are being read; null: all have been'],
    ],
    constraints: [
      'constraint trade_syncs_pkey primary key (tenant_id, credential_id, market_code)',
      'constraint trade_syncs_leased check ((lease_id is null) = (lease_until is null))',
    ],
  });
};
