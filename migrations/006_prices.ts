/** Prices that accounts are valued with; they belong to no tenant. */
import type { Knex } from 'knex';
import { createTable, dropTables } from '../src/db/migration-sql.ts';

export const up = (knex: Knex): Promise<void> =>
  createTable(knex, {
    name: 'prices',
    comment: 'Last known price of an asset at a venue',
    columns: [
      ['venue', 'text not null', 'Exchange that the price is from'],
      ['asset', 'text not null', 'Code of the asset, e.g. ETH'],
      ['btc', 'numeric', 'Price in BTC; null: none known'],
      ['usd', 'numeric', 'Price in USD; null: none known'],
      ['as_of', 'timestamptz not null', 'When the exchange said so'],
    ],
    constraints: ['constraint prices_pkey primary key (venue, asset)'],
  });

export const down = (knex: Knex): Promise<void> => dropTables(knex, ['prices']);
