/** The keys that sign access tokens, and which caller keys may have their refused requests explained in production. */
import type { Knex } from 'knex';
import { createTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'token_keys',
    comment: 'Ed25519 keys that sign access tokens, of all tenants; each follows the one before it',
    columns: [
      [
        'generation',
        'integer not null',
        'Place in the row of keys, from 1: of two processes one makes the next',
      ],
      ['kid', 'text not null', 'Name of the key in tokens: the JWK thumbprint of its public half'],
      ['public_jwk', 'jsonb not null', 'Public half, as /.well-known/jwks.json shows it'],
      ['private_jwe', 'text not null', "Private half, sealed under the gateway's own key"],
      ['not_before', 'timestamptz not null', 'When it starts to sign; it is shown before'],
      ['retires_at', 'timestamptz not null', 'When it stops to sign; its last tokens live a little longer'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
    ],
    constraints: [
      'constraint token_keys_pkey primary key (generation)',
      'constraint token_keys_kid_key unique (kid)',
      'constraint token_keys_times_in_order check (not_before < retires_at)',
    ],
  });
  await knex.raw('create index token_keys_retires_at_idx on token_keys (retires_at)');
  await knex.raw('alter table caller_keys add column explained boolean not null default false');
  await knex.raw(`
    comment on column caller_keys.explained is
    'Whether POST /api/auth/explain says in production what was wrong with a request of the key'`);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('alter table caller_keys drop column explained');
  await dropTables(knex, ['token_keys']);
};
