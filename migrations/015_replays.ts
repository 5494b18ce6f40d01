/** What requests and tokens that come back from the past are told by: deleted exchange keys, and secrets that ended. */
import type { Knex } from 'knex';
import { addColumns } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await addColumns(knex, 'caller_keys', [
    [
      'tokens_valid_from',
      'timestamptz',
      'Access tokens issued before are refused: a secret ended at that time; null: none did',
    ],
  ]);
  await knex.raw(`
    create index credentials_deleted_idx on credentials (tenant_id, venue, fingerprint)
    where shredded_at is not null`);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop index credentials_deleted_idx');
  await knex.raw('alter table caller_keys drop column tokens_valid_from');
};
