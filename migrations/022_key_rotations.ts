/** Rotation of sealing and root keys: its progress, look-ups of keys across tenants, and what keeps old rows from coming back. */
import type { Knex } from 'knex';
import { addColumns, createTable, createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await addColumns(knex, 'tenant_keys', [
    ['retired_at', 'timestamptz', 'When it stopped to seal; null: it seals'],
  ]);
  await knex.raw(`
    create index credentials_sealing_key_idx on credentials (tenant_id, tenant_key_id, id) where sealed is not null`);
  await createTable(knex, {
    name: 'root_keys',
    comment: 'Root keys that custody was started with, by name alone',
    columns: [
      ['kek_id', 'text not null', 'First 16 hex digits of the SHA-256 of the key'],
      ['is_primary', 'boolean not null', 'Whether it wraps what is new'],
      ['seen_at', 'timestamptz not null default now()', 'When custody was started with it'],
    ],
    constraints: ['constraint root_keys_pkey primary key (kek_id)'],
  });
  await createRotations(knex);
  await createKeyIndex(knex);
  await createGenerations(knex);
  await refuseDestroyedKeys(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop trigger credential_sealing_key on credentials');
  await knex.raw('drop function credential_sealing_key()');
  await knex.raw('drop trigger credential_generation_update on credentials');
  await knex.raw('drop function credential_generation_keep()');
  for (const event of ['insert_delete', 'update'])
    await knex.raw(`drop trigger sealing_key_index_${event} on tenant_keys`);
  await knex.raw('drop function sealing_key_index_keep()');
  await knex.raw('drop index credentials_sealing_key_idx');
  await dropTables(knex, ['credential_generations', 'sealing_key_index', 'key_rotations', 'root_keys']);
  await knex.raw('drop function key_rotation_record()');
  await knex.raw('alter table tenant_keys drop column retired_at');
};

const createRotations = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'key_rotations',
    comment: 'Work on sealing keys that an operator asked for; custody does it, one at a time',
    columns: [
      ['id', 'uuid not null default gen_random_uuid()', 'Id of the rotation'],
      [
        'kind',
        'text not null',
        'rotate: new sealing keys; rewrap: private halves under the primary root key; retire: destroys one key',
      ],
      ['tenant_id', 'uuid', 'Tenant whose keys it is about; null: all'],
      ['key_id', 'uuid', 'Sealing key that is destroyed; null for other kinds'],
      ['state', "text not null default 'running'", 'running, done or failed'],
      ['done', 'bigint not null default 0', 'Records that were sealed, or keys that were wrapped, anew'],
      ['total', 'bigint not null default 0', 'How many there are to do, as far as is known'],
      ['failed', 'bigint not null default 0', 'How many could not be done'],
      ['problem', 'text', 'What kept it from being done, in words'],
      ['started_by', 'text not null', 'Who asked for it'],
      ['started_at', 'timestamptz not null default now()', 'When it was asked for'],
      ['finished_at', 'timestamptz', 'When it ended; null: it runs'],
      ['lease_id', 'uuid', 'Lease of the custody process that does it; null: none does'],
      ['lease_until', 'timestamptz', 'When that process counts as dead'],
    ],
    constraints: [
      'constraint key_rotations_pkey primary key (id)',
      "constraint key_rotations_kind_known check (kind in ('rotate', 'rewrap', 'retire'))",
      "constraint key_rotations_state_known check (state in ('running', 'done', 'failed'))",
      "constraint key_rotations_finished check ((finished_at is null) = (state = 'running'))",
      "constraint key_rotations_key_named check ((key_id is not null) = (kind = 'retire'))",
      'constraint key_rotations_leased check ((lease_id is null) = (lease_until is null))',
    ],
  });
  await knex.raw(`
    create unique index key_rotations_one_at_a_time on key_rotations ((true)) where state = 'running'`);
  await knex.raw('create index key_rotations_started_idx on key_rotations (started_at)');
  await knex.raw(`
    create function key_rotation_record() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      about text := 'sealing_keys:' || coalesce(new.key_id::text, new.tenant_id::text, 'all');
    begin
      if tg_op = 'INSERT' then
        perform operator_audit_append(new.started_by, 'keys.' || new.kind || '_started', about, 'success', new.id::text);
        perform pg_notify('key_rotation_due', new.id::text);
      elsif old.state = 'running' and new.state <> 'running' then
        perform operator_audit_append('custody', 'keys.' || new.kind || '_finished', about,
          case new.state when 'done' then 'success; ' || new.done || ' done'
            else left('failed; ' || coalesce(new.problem, ''), 500) end, new.id::text);
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger key_rotations_record after insert or update on key_rotations
    for each row execute function key_rotation_record()`);
};

/** Custody and the operator look across tenants here; a trigger keeps it, so that it cannot disagree with tenant_keys. */
const createKeyIndex = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'sealing_key_index',
    comment: 'Sealing keys of all tenants, without the keys; a trigger of tenant_keys keeps the rows',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the key pair'],
      ['key_id', 'uuid not null', 'Id of the key pair'],
      ['kek_id', 'text not null', 'Root key that wraps the private half'],
      ['state', 'text not null', 'As in tenant_keys'],
      ['created_at', 'timestamptz not null', 'When the key pair was made'],
      ['retired_at', 'timestamptz', 'When it stopped to seal; null: it seals'],
    ],
    constraints: ['constraint sealing_key_index_pkey primary key (tenant_id, key_id)'],
  });
  await knex.raw('create index sealing_key_index_state_idx on sealing_key_index (state, tenant_id, key_id)');
  await knex.raw(`
    create function sealing_key_index_keep() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        delete from sealing_key_index where tenant_id = old.tenant_id and key_id = old.id;
        return null;
      end if;
      insert into sealing_key_index (tenant_id, key_id, kek_id, state, created_at, retired_at)
        values (new.tenant_id, new.id, new.kek_id, new.state, new.created_at, new.retired_at)
        on conflict (tenant_id, key_id) do update
          set kek_id = excluded.kek_id, state = excluded.state, retired_at = excluded.retired_at;
      perform pg_notify('tenant_key_changed', new.tenant_id::text);
      return null;
    end $$`);
  await knex.raw('alter table tenant_keys no force row level security');
  await knex.raw("update tenant_keys set retired_at = updated_at where state <> 'active'");
  await knex.raw(`
    insert into sealing_key_index (tenant_id, key_id, kek_id, state, created_at, retired_at)
    select tenant_id, id, kek_id, state, created_at, retired_at from tenant_keys`);
  await knex.raw('alter table tenant_keys force row level security');
  await knex.raw(`
    create trigger sealing_key_index_insert_delete after insert or delete on tenant_keys
    for each row execute function sealing_key_index_keep()`);
  await knex.raw(`
    create trigger sealing_key_index_update after update on tenant_keys for each row
    when ((old.kek_id, old.state, old.retired_at) is distinct from (new.kek_id, new.state, new.retired_at))
    execute function sealing_key_index_keep()`);
};

/**
 * What a credential's row says of its generation goes away when an older row is put in its place; this table does not.
 * Keys that were never replaced or shredded have no row here: theirs is generation 1.
 */
const createGenerations = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'credential_generations',
    comment:
      'Least generation at which each credential may be opened; a trigger of credentials keeps the rows',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['credential_id', 'uuid not null', 'Credential whose keys were replaced or shredded'],
      ['least', 'integer not null', 'Generations below this one were replaced or shredded'],
    ],
    constraints: ['constraint credential_generations_pkey primary key (tenant_id, credential_id)'],
  });
  await knex.raw(`
    create function credential_generation_keep() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      insert into credential_generations as g (tenant_id, credential_id, least)
        values (old.tenant_id, old.id,
          case when new.shredded_at is not null then old.generation + 1 else new.generation end)
        on conflict (tenant_id, credential_id) do update set least = greatest(g.least, excluded.least);
      return null;
    end $$`);
  await knex.raw('alter table credentials no force row level security');
  await knex.raw('alter table credential_generations no force row level security');
  await knex.raw(`
    insert into credential_generations (tenant_id, credential_id, least)
    select tenant_id, id, generation + (shredded_at is not null)::int from credentials
     where generation > 1 or shredded_at is not null`);
  await knex.raw('alter table credential_generations force row level security');
  await knex.raw('alter table credentials force row level security');
  await knex.raw(`
    create trigger credential_generation_update after update on credentials for each row
    when ((old.generation, old.shredded_at) is distinct from (new.generation, new.shredded_at))
    execute function credential_generation_keep()`);
};

/**
 * Nothing is stored that could never be opened. The lock lets the destroyer of a key wait for those that store at this
 * moment, and them for it. Security definer: it needs the right to update, which the gateway's role must not have.
 */
const refuseDestroyedKeys = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function credential_sealing_key() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      found text;
    begin
      select state into found from tenant_keys where tenant_id = new.tenant_id and id = new.tenant_key_id for share;
      if found = 'destroyed' then
        raise exception 'the sealing key % is destroyed', new.tenant_key_id using errcode = 'CS001';
      end if;
      return new;
    end $$`);
  await knex.raw(`
    create trigger credential_sealing_key before insert or update of sealed, tenant_key_id on credentials
    for each row when (new.sealed is not null) execute function credential_sealing_key()`);
};
