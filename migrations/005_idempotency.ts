/** Answers kept for requests that are sent again. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'idempotency_keys',
    comment: 'Answers by Idempotency-Key, kept for a day',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['caller_key_id', 'uuid not null', 'Caller key that made the request'],
      ['key', 'text not null', 'Value of the Idempotency-Key header'],
      [
        'request_hash',
        'bytea not null',
        'Hash of the request; another request under the same key is refused',
      ],
      ['state', "text not null default 'running'", 'running, or done: the answer is stored'],
      ['status', 'integer', 'Status of the answer'],
      ['headers', 'jsonb', 'Headers of the answer'],
      ['body', 'bytea', 'Body of the answer'],
      ['created_at', 'timestamptz not null default now()', 'When the request came'],
      ['expires_at', 'timestamptz not null', 'When the row may be removed'],
    ],
    constraints: [
      'constraint idempotency_keys_pkey primary key (tenant_id, caller_key_id, key)',
      `constraint idempotency_keys_caller_key_fkey foreign key (tenant_id, caller_key_id)
        references caller_keys (tenant_id, id)`,
      "constraint idempotency_keys_state_known check (state in ('running', 'done'))",
      "constraint idempotency_keys_answered check ((state = 'done') = (status is not null))",
    ],
  });
  await knex.raw('create index idempotency_keys_expiry_idx on idempotency_keys (tenant_id, expires_at)');
};

export const down = (knex: Knex): Promise<void> => dropTables(knex, ['idempotency_keys']);
