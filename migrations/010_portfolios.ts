/** Target portfolios that accounts are balanced to, and the exchange keys that were replaced and must not come back. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'portfolios',
    comment: 'Target portfolios: how the value of an account is to be spread over assets',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      // Clients keep portfolio ids in 32 bits, as they do account ids.
      [
        'id',
        'bigint generated always as identity (maxvalue 2147483647 no cycle)',
        'Id of the portfolio, fits 32 bits',
      ],
      ['name', 'text not null', 'Name for people, unique in the tenant'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint portfolios_pkey primary key (tenant_id, id)',
      'constraint portfolios_name_key unique (tenant_id, name)',
      'constraint portfolios_tenant_fkey foreign key (tenant_id) references tenants (id)',
    ],
  });
  await createTenantTable(knex, {
    name: 'portfolio_weights',
    comment: 'Shares of a target portfolio; those of one portfolio sum to 100',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['portfolio_id', 'bigint not null', 'Portfolio'],
      ['asset', 'text not null', 'Code of the asset, e.g. BTC'],
      ['percent', 'numeric not null', 'Share of the value, percent'],
    ],
    constraints: [
      'constraint portfolio_weights_pkey primary key (tenant_id, portfolio_id, asset)',
      `constraint portfolio_weights_portfolio_fkey foreign key (tenant_id, portfolio_id)
        references portfolios (tenant_id, id) on delete cascade`,
      'constraint portfolio_weights_percent_share check (percent > 0 and percent <= 100)',
    ],
  });
  await knex.raw(`
    alter table accounts add constraint accounts_auto_balance_portfolio_fkey
    foreign key (tenant_id, auto_balance_portfolio_id) references portfolios (tenant_id, id)`);
  await knex.raw(`
    create index accounts_auto_balance_portfolio_idx on accounts (tenant_id, auto_balance_portfolio_id)
    where auto_balance_portfolio_id is not null`);
  await createTenantTable(knex, {
    name: 'superseded_keys',
    comment: 'API keys that were replaced by others: a request that is sent again must not put them back',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['venue', 'text not null', 'Exchange that the key is for'],
      ['fingerprint', 'bytea not null', 'Keyed hash of the API key'],
      ['credential_id', 'uuid not null', 'Credential that it was replaced on'],
      ['replaced_at', 'timestamptz not null', 'When it was replaced'],
    ],
    constraints: [
      'constraint superseded_keys_pkey primary key (tenant_id, venue, fingerprint)',
      `constraint superseded_keys_credential_fkey foreign key (tenant_id, credential_id)
        references credentials (tenant_id, id)`,
    ],
  });
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('alter table accounts drop constraint accounts_auto_balance_portfolio_fkey');
  await knex.raw('drop index accounts_auto_balance_portfolio_idx');
  await dropTables(knex, ['superseded_keys', 'portfolio_weights', 'portfolios']);
};
