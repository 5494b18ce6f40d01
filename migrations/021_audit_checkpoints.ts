/** Signed checkpoints of the audit chains, the keys that sign them, and what the log is searched by. */
import type { Knex } from 'knex';
import { createTable, createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'audit_signing_keys',
    comment: 'Ed25519 key pairs that sign audit checkpoints; only custody reads the private half',
    columns: [
      ['id', 'text not null', 'Thumbprint of the public half (RFC 7638)'],
      ['public_jwk', 'jsonb not null', 'Public half, a JWK'],
      ['private_wrapped', 'text not null', 'Private half, wrapped by the root key'],
      ['kek_id', 'text not null', 'Root key that wraps the private half'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created; the newest key signs'],
    ],
    constraints: ['constraint audit_signing_keys_pkey primary key (id)'],
  });
  await createTenantTable(knex, {
    name: 'audit_checkpoints',
    comment: 'Where an audit chain stood at one time, signed by custody; written outside the database too',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the chain'],
      ['number', 'bigint not null', "Place among the chain's checkpoints, from 1 without gaps"],
      ['seq', 'bigint not null', 'Newest row of the chain at that time'],
      ['hash', 'bytea not null', 'Hash of that row'],
      ['at', 'timestamptz not null', 'When it was signed'],
      ['key_id', 'text not null', 'Key that signed it'],
      ['signature', 'bytea not null', 'Ed25519 signature of the canonical JSON of the other columns'],
      ['written_at', 'timestamptz', 'When it was written outside the database; null: not yet'],
    ],
    constraints: [
      'constraint audit_checkpoints_pkey primary key (tenant_id, number)',
      'constraint audit_checkpoints_seq_key unique (tenant_id, seq)',
      'constraint audit_checkpoints_tenant_fkey foreign key (tenant_id) references tenants (id)',
      'constraint audit_checkpoints_number_positive check (number >= 1)',
      'constraint audit_checkpoints_hash_length check (octet_length(hash) = 32)',
      'constraint audit_checkpoints_signature_length check (octet_length(signature) = 64)',
    ],
  });
  await knex.raw('create index audit_log_at_idx on audit_log (tenant_id, at, seq)');
  await knex.raw('create index audit_log_action_idx on audit_log (tenant_id, action, at, seq)');
  await knex.raw('create index audit_log_actor_idx on audit_log (tenant_id, actor, at, seq)');
  await createUnsigned(knex);
  await createFreezeRecord(knex);
  for (const [before, after] of APPEND_CHANGES) await changeAppend(knex, before, after);
};

export const down = async (knex: Knex): Promise<void> => {
  for (const [before, after] of APPEND_CHANGES) await changeAppend(knex, after, before);
  await knex.raw('drop trigger custody_freezes_record on custody_freezes');
  await knex.raw('drop function custody_freeze_record()');
  await knex.raw('drop function operator_audit_append(text, text, text, text, text)');
  await knex.raw('drop trigger audit_unsigned_mark on audit_log');
  await knex.raw('drop function audit_unsigned_mark()');
  for (const index of ['at', 'action', 'actor']) await knex.raw(`drop index audit_log_${index}_idx`);
  await dropTables(knex, ['audit_unsigned', 'audit_checkpoints', 'audit_signing_keys']);
};

const APPEND_CHANGES: readonly (readonly [string, string])[] = [
  // The admin API's role speaks for custody as little as the gateway's does.
  ["session_user = 'countersign_gateway'", "session_user in ('countersign_gateway', 'countersign_admin')"],
  // Operators at the command line are connected as the owner.
  [
    'perform pg_advisory_xact_lock',
    `if actor like 'operator %' and session_user in ('countersign_gateway', 'countersign_admin', 'countersign_custody') then
        raise exception 'only the owner of the database speaks for operators at the command line' using errcode = '42501';
      end if;
      perform pg_advisory_xact_lock`,
  ],
];

const changeAppend = async (knex: Knex, from: string, to: string): Promise<void> => {
  const { rows } = await knex.raw<{ rows: { text: string }[] }>(
    "select pg_get_functiondef('audit_append(uuid, text, text, text, text, text, timestamptz)'::regprocedure) as text",
  );
  const text = rows[0]?.text ?? '';
  if (!text.includes(from)) throw new Error(`audit_append does not say ${from}`);
  await knex.raw(text.replace(from, to));
};

/**
 * Which chains have grown since their last checkpoint. Only custody removes a row, under the lock that appending takes,
 * so that no growth goes unnoticed; a chain that is marked already costs an append one look into the index.
 */
const createUnsigned = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'audit_unsigned',
    comment:
      'Audit chains that have grown since their last checkpoint; a trigger of audit_log keeps the rows',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the chain'],
      ['since', 'timestamptz not null default clock_timestamp()', 'When the first unsigned row was written'],
    ],
    constraints: ['constraint audit_unsigned_pkey primary key (tenant_id)'],
  });
  await knex.raw('create index audit_unsigned_since_idx on audit_unsigned (since)');
  await knex.raw(`
    create function audit_unsigned_mark() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      insert into audit_unsigned (tenant_id) values (new.tenant_id) on conflict do nothing;
      if new.seq % 1000 = 0 then perform pg_notify('audit_checkpoint_due', new.tenant_id::text); end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger audit_unsigned_mark after insert on audit_log
    for each row execute function audit_unsigned_mark()`);
  // Forced row security would hide the rows from an owner that is no superuser.
  await knex.raw('alter table audit_log no force row level security');
  await knex.raw('insert into audit_unsigned (tenant_id) select distinct tenant_id from audit_log');
  await knex.raw('alter table audit_log force row level security');
};

/** What concerns no tenant stands in the operator's own chain: that custody is frozen and set free, whoever does it. */
const createFreezeRecord = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function operator_audit_append(actor text, action text, object text, outcome text, request_id text)
    returns void language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      operator constant text := '00000000-0000-0000-0000-000000000000';
      tenant_before text := current_setting('app.tenant_id', true);
    begin
      perform set_config('app.tenant_id', operator, true);
      perform audit_append(operator::uuid, actor, action, object, outcome, request_id);
      perform set_config('app.tenant_id', coalesce(tenant_before, ''), true);
    end $$`);
  await knex.raw(`
    create function custody_freeze_record() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op = 'INSERT' then
        perform operator_audit_append(
          new.frozen_by, 'custody.frozen', 'custody', left('success; ' || new.reason, 500), 'freeze ' || new.id);
      elsif old.lifted_at is null and new.lifted_at is not null then
        perform operator_audit_append(new.lifted_by, 'custody.unfrozen', 'custody', 'success', 'freeze ' || new.id);
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger custody_freezes_record after insert or update on custody_freezes
    for each row execute function custody_freeze_record()`);
};
