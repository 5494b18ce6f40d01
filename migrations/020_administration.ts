/** Operators: their keys, one-time links and sessions, the chain of what they do, and the life of tenants in their hands. */
import type { Knex } from 'knex';
import { addColumns, createTable, dropTables } from '../src/db/migration-sql.ts';

const OPERATOR = '00000000-0000-0000-0000-000000000000';

/** What a request that began before its tenant was deleted must not leave behind. */
const NOT_OF_DELETED = [
  'accounts',
  'caller_keys',
  'credentials',
  'portfolios',
  'tenant_keys',
  'users',
  'webhook_endpoints',
] as const;

/** Tables that have nothing to do with the operator. */
const TENANTS_ONLY = ['users', 'caller_keys', 'credentials', 'accounts'] as const;

export const up = async (knex: Knex): Promise<void> => {
  await addColumns(knex, 'tenants', [
    ['requests_per_minute', 'integer', 'Requests a minute of all its keys; null: as configured'],
    ['openings_per_minute', 'integer', 'Exchange keys opened for it in a minute; null: as configured'],
    ['deleted_at', 'timestamptz', 'When all that was its was destroyed'],
  ]);
  await knex.raw('alter table tenants drop constraint tenants_status_known');
  await knex.raw(`
    alter table tenants
      add constraint tenants_status_known check (status in ('active', 'suspended', 'deleted')),
      add constraint tenants_deleted_once check ((status = 'deleted') = (deleted_at is not null)),
      add constraint tenants_limits_positive check (requests_per_minute > 0 and openings_per_minute > 0)`);
  await describeStatus(
    knex,
    'active; suspended: refused everywhere; deleted: nothing is left but its audit chain',
  );
  await notifyOfLimits(knex);
  await createOperator(knex);
  await createIdentities(knex);
  await createDelete(knex);
  await refuseDeleted(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  for (const table of NOT_OF_DELETED) await knex.raw(`drop trigger ${table}_of_living_tenant on ${table}`);
  await knex.raw('drop function tenant_must_live()');
  await knex.raw('drop function tenant_delete(uuid)');
  await dropTables(knex, ['admin_reads', 'admin_sessions', 'admin_links', 'admin_keys']);
  for (const table of TENANTS_ONLY)
    await knex.raw(`alter table ${table} drop constraint ${table}_of_a_tenant`);
  await knex.raw(`select set_config('app.tenant_id', '${OPERATOR}', true)`);
  for (const table of ['audit_log', 'event_counters', 'events'])
    await knex.raw(`delete from ${table} where tenant_id = '${OPERATOR}'`);
  await knex.raw(`delete from tenants where id = '${OPERATOR}'`);
  await knex.raw(`select set_config('app.tenant_id', '', true)`);
  await knex.raw('drop trigger tenant_limits_notify_update on tenants');
  await knex.raw('drop trigger tenant_changed_notify_update on tenants');
  await knex.raw('drop function tenant_changed_notify()');
  await knex.raw(`
    alter table tenants drop constraint tenants_status_known, drop constraint tenants_deleted_once,
      drop constraint tenants_limits_positive`);
  await knex.raw(
    "alter table tenants add constraint tenants_status_known check (status in ('active', 'suspended'))",
  );
  await knex.raw(
    'alter table tenants drop column requests_per_minute, drop column openings_per_minute, drop column deleted_at',
  );
  await describeStatus(knex, 'active, or suspended: refused everywhere');
};

const describeStatus = async (knex: Knex, text: string): Promise<void> => {
  await knex.raw(`comment on column tenants.status is '${text}'`);
};

/** Gateways keep a limit with each key, and custody with each tenant. */
const notifyOfLimits = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create trigger tenant_limits_notify_update after update on tenants for each row
    when (old.requests_per_minute is distinct from new.requests_per_minute)
    execute function tenant_status_notify()`);
  await knex.raw(`
    create function tenant_changed_notify() returns trigger language plpgsql as $$
    begin
      perform pg_notify('tenant_changed', new.id::text);
      return null;
    end $$`);
  await knex.raw(`
    create trigger tenant_changed_notify_update after update on tenants for each row
    when ((old.status, old.openings_per_minute) is distinct from (new.status, new.openings_per_minute))
    execute function tenant_changed_notify()`);
};

/** The chain of what operators do is that of a tenant that has nothing else, and cannot get it. */
const createOperator = async (knex: Knex): Promise<void> => {
  await knex.raw(`select set_config('app.tenant_id', '${OPERATOR}', true)`);
  await knex.raw(`insert into tenants (id, name) values ('${OPERATOR}', 'operator')`);
  await knex.raw(`select set_config('app.tenant_id', '', true)`);
  for (const table of TENANTS_ONLY)
    await knex.raw(
      `alter table ${table} add constraint ${table}_of_a_tenant check (tenant_id <> '${OPERATOR}')`,
    );
};

const createIdentities = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'admin_keys',
    comment: 'Public keys of operators; only the owner of the database adds one',
    columns: [
      ['id', 'uuid not null', 'Id of the key'],
      ['key_id', 'text not null', 'Public id that requests name'],
      ['name', 'text not null', 'Name for people'],
      ['public_key', 'text not null', 'Ed25519 public key, SPKI PEM'],
      ['created_by', 'text not null', 'Who added it'],
      ['created_at', 'timestamptz not null default now()', 'When it was added'],
      ['last_used_at', 'timestamptz', 'When it last signed a request, to the minute'],
      ['revoked_at', 'timestamptz', 'When it was revoked'],
    ],
    constraints: [
      'constraint admin_keys_pkey primary key (id)',
      'constraint admin_keys_key_id_key unique (key_id)',
    ],
  });
  await createTable(knex, {
    name: 'admin_links',
    comment: 'One-time links to the console; only the owner of the database makes one',
    columns: [
      ['id', 'uuid not null', 'Id of the link'],
      ['token_hash', 'bytea not null', 'SHA-256 of its token'],
      ['created_by', 'text not null', 'Who made it: the name of whom it signs in'],
      ['created_at', 'timestamptz not null', 'When it was made'],
      ['expires_at', 'timestamptz not null', 'When it ends, used or not'],
      ['used_at', 'timestamptz', 'When it was used'],
    ],
    constraints: [
      'constraint admin_links_pkey primary key (id)',
      'constraint admin_links_token_hash_key unique (token_hash)',
    ],
  });
  await createTable(knex, {
    name: 'admin_sessions',
    comment: 'Sessions of operators in the console',
    columns: [
      ['id', 'uuid not null', 'Id of the session'],
      ['token_hash', 'bytea not null', 'SHA-256 of the token in the cookie'],
      ['kind', 'text not null', 'How its operator signed in: link or oidc'],
      ['admin_id', 'text not null', 'Id of the link, or subject at the identity provider'],
      ['name', 'text not null', 'Name for people'],
      [
        'admitted_by',
        'text',
        'Provider and entry of the configuration that let its operator in; null: a link did',
      ],
      ['created_at', 'timestamptz not null', 'When it began'],
      ['last_seen_at', 'timestamptz not null', 'When it was last used, to the minute'],
      ['expires_at', 'timestamptz not null', 'When it ends, used or not'],
    ],
    constraints: [
      'constraint admin_sessions_pkey primary key (id)',
      'constraint admin_sessions_token_hash_key unique (token_hash)',
      "constraint admin_sessions_kind_known check (kind in ('link', 'oidc'))",
      "constraint admin_sessions_admitted check ((kind = 'oidc') = (admitted_by is not null))",
    ],
  });
  await knex.raw('create index admin_sessions_expires_at_idx on admin_sessions (expires_at)');
  await createTable(knex, {
    name: 'admin_reads',
    comment:
      'Minute of the last audit row by reader and kind of read, so that a page that polls writes one a minute',
    columns: [
      ['actor', 'text not null', 'Who reads, as audit rows name them'],
      ['action', 'text not null', 'What is read'],
      ['object', 'text not null', 'Of whom'],
      ['minute', 'timestamptz not null', 'Minute of the last audit row'],
    ],
    constraints: ['constraint admin_reads_pkey primary key (actor, action, object)'],
  });
  await knex.raw('create index admin_reads_minute_idx on admin_reads (minute)');
};

/**
 * `tenant_delete(tenant)` leaves of a tenant its row, its audit chain and its sealing keys without their private halves.
 * Every table with a tenant_id, also one that is made later, is emptied, in an order that foreign keys allow; what is kept
 * of sealing keys and of the audit chain elsewhere is kept. Answers false
 * when there is no such tenant, or none any more. Security definer: no login role may delete most of it.
 */
const createDelete = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function tenant_delete(tenant uuid) returns boolean language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      remaining text[];
      blocked text[];
      held text;
    begin
      if tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'the tenant is another than that of the session' using errcode = '42501';
      end if;
      if tenant = '${OPERATOR}' then return false; end if;
      perform from tenants where id = tenant and status <> 'deleted' for update;
      if not found then return false; end if;
      -- At once: whoever writes an event or an audit row meanwhile would hold it, and wait for the tenant's row.
      perform pg_advisory_xact_lock(hashtextextended('audit_log:' || tenant::text, 0));
      -- First, as triggers write down what there is to do for it.
      update tenants set status = 'deleted', deleted_at = now(), updated_at = now() where id = tenant;
      update credentials set sealed = null, shredded_at = coalesce(shredded_at, now()) where tenant_id = tenant;
      update tenant_keys set private_wrapped = null, state = 'destroyed', updated_at = now() where tenant_id = tenant;
      select array_agg(c.relname::text order by c.oid desc) into remaining
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname not like 'audit\\_%'
         and c.relname not in ('tenants', 'tenant_keys', 'sealing_key_index', 'key_rotations',
                               'credential_generations');
      while remaining is not null loop
        blocked := null;
        foreach held in array remaining loop
          begin
            execute format('delete from %I where tenant_id = $1', held) using tenant;
          exception when foreign_key_violation then
            blocked := blocked || held;
          end;
        end loop;
        if array_length(blocked, 1) = array_length(remaining, 1) then
          raise exception 'rows of the tenant hold each other: %', array_to_string(blocked, ', ');
        end if;
        remaining := blocked;
      end loop;
      return true;
    end $$`);
};

/**
 * Waits for a deletion that is under way, where a foreign key alone would find the row that stays. Security definer: the
 * lock asks for a right that the gateway does not have.
 */
const refuseDeleted = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function tenant_must_live() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      perform from tenants where id = new.tenant_id and status <> 'deleted' for key share;
      if not found then
        raise exception 'the tenant is deleted' using errcode = '23503', constraint = tg_table_name || '_tenant_fkey';
      end if;
      return new;
    end $$`);
  for (const table of NOT_OF_DELETED)
    await knex.raw(`
      create trigger ${table}_of_living_tenant before insert on ${table} for each row
      ${table === 'tenant_keys' ? "when (new.state <> 'destroyed')" : ''} execute function tenant_must_live()`);
};
