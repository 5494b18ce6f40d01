/** Accounts without exchange keys: addresses, each once in a tenant, and the ledgers of paper accounts. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create unique index accounts_address_key on accounts (tenant_id, market_code, address)
    where address is not null and removed_at is null`);
  await createTenantTable(knex, {
    name: 'paper_ledgers',
    comment: 'What paper accounts hold and did; the simulated venue in custody keeps its books here',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['credential_id', 'uuid not null', 'Credential that the paper account is used with'],
      ['opening', 'jsonb not null', 'Amounts by asset that the account started with, as texts'],
      ['state', 'jsonb', 'Balances, orders and trades; null: nothing has happened yet'],
      ['version', 'integer not null default 1', 'Counts the changes of the state, so that none is lost'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint paper_ledgers_pkey primary key (tenant_id, credential_id)',
      `constraint paper_ledgers_credential_fkey foreign key (tenant_id, credential_id)
        references credentials (tenant_id, id)`,
      'constraint paper_ledgers_version_positive check (version >= 1)',
    ],
  });
};

export const down = async (knex: Knex): Promise<void> => {
  await dropTables(knex, ['paper_ledgers']);
  await knex.raw('drop index accounts_address_key');
};
