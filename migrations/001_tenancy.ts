/** Tenants, their users and the keys that sign callers' requests. */
import type { Knex } from 'knex';
import { createTable, createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'tenants',
    comment: 'Isolation boundaries, e.g. one bot platform each',
    columns: [
      ['id', 'uuid not null', 'Id of the tenant'],
      ['name', 'text not null', 'Name for people'],
      ['status', "text not null default 'active'", 'active, or suspended: refused everywhere'],
      [
        'withdrawal_policy',
        "text not null default 'refuse'",
        'What becomes of keys that can withdraw, at intake',
      ],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint tenants_pkey primary key (id)',
      "constraint tenants_status_known check (status in ('active', 'suspended'))",
      "constraint tenants_withdrawal_policy_known check (withdrawal_policy in ('refuse', 'warn', 'allow'))",
    ],
  });
  await createTenantTable(knex, {
    name: 'users',
    comment: 'People or customers inside a tenant, as the tenant names them',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', 'uuid not null', 'Id of the user'],
      ['external_id', 'text not null', "The tenant's own id of the user, the user_id of requests"],
      ['name', 'text', 'Name for people'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
    ],
    constraints: [
      'constraint users_pkey primary key (tenant_id, id)',
      'constraint users_external_id_key unique (tenant_id, external_id)',
      'constraint users_tenant_fkey foreign key (tenant_id) references tenants (id)',
    ],
  });
  await createCallerKeys(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await dropTables(knex, ['caller_keys', 'caller_key_tenants', 'users', 'tenants']);
  await knex.raw('drop function caller_key_index()');
  await knex.raw('drop function caller_key_notify()');
  await knex.raw('drop function tenant_status_notify()');
};

const createCallerKeys = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'caller_keys',
    comment: 'API keys that sign requests',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', 'uuid not null', 'Id of the caller key'],
      ['user_id', 'uuid', 'User that the key acts for; null: the whole tenant'],
      ['key_id', 'text not null', 'Public id that the caller sends as Apikey'],
      ['name', 'text not null', 'Name for people'],
      ['algorithm', 'text not null', 'Signature algorithm'],
      ['profile_floor', "text not null default 'legacy'", 'Least signature profile that the key may use'],
      ['secret_jwe', 'text', "HMAC secret, sealed under the gateway's own key; null for a public key"],
      ['previous_secret_jwe', 'text', 'HMAC secret before the last rotation'],
      ['previous_secret_expires_at', 'timestamptz', 'When the previous secret stops to work'],
      ['public_key', 'text', 'Public key, SPKI PEM; null for HMAC'],
      ['scopes', "text[] not null default '{}'", 'What the key may do'],
      ['ip_allowlist', "cidr[] not null default '{}'", 'Addresses that may use the key; empty: any'],
      ['not_before', 'timestamptz', 'When the key starts to work; null: at once'],
      ['expires_at', 'timestamptz', 'When the key stops to work; null: never'],
      ['revoked_at', 'timestamptz', 'When the key was revoked'],
      [
        'mode',
        "text not null default 'real'",
        'Accounts that the key sees unless the request says otherwise',
      ],
      ['last_used_at', 'timestamptz', 'When the key last signed a request, roughly'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint caller_keys_pkey primary key (tenant_id, id)',
      'constraint caller_keys_key_id_key unique (tenant_id, key_id)',
      'constraint caller_keys_tenant_fkey foreign key (tenant_id) references tenants (id)',
      'constraint caller_keys_user_fkey foreign key (tenant_id, user_id) references users (tenant_id, id)',
      'constraint caller_keys_verifiable check (secret_jwe is not null or public_key is not null)',
      `constraint caller_keys_algorithm_known check
        (algorithm in ('hmac-sha256', 'ed25519', 'rsa-pss-sha512', 'rsa-v1_5-sha256'))`,
      "constraint caller_keys_profile_floor_known check (profile_floor in ('legacy', 'strict', 'rfc9421'))",
      "constraint caller_keys_mode_known check (mode in ('real', 'paper'))",
    ],
  });
  await createTable(knex, {
    name: 'caller_key_tenants',
    comment:
      'Look-up of the tenant of a public key id, before any tenant is known; a trigger of caller_keys keeps it',
    columns: [
      ['key_id', 'text not null', 'Public id that the caller sends as Apikey, unique over all tenants'],
      ['tenant_id', 'uuid not null', 'Tenant of the caller key'],
      ['caller_key_id', 'uuid not null', 'Id of the caller key'],
    ],
    constraints: ['constraint caller_key_tenants_pkey primary key (key_id)'],
  });
  await createCallerKeyTriggers(knex);
};

const createCallerKeyTriggers = async (knex: Knex): Promise<void> => {
  // Security definer: no login role may write the look-up, so it cannot disagree with caller_keys.
  await knex.raw(`
    create function caller_key_index() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op <> 'INSERT' then
        delete from caller_key_tenants where key_id = old.key_id and caller_key_id = old.id;
      end if;
      if tg_op <> 'DELETE' then
        insert into caller_key_tenants (key_id, tenant_id, caller_key_id) values (new.key_id, new.tenant_id, new.id);
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger caller_key_index_insert_delete after insert or delete on caller_keys
    for each row execute function caller_key_index()`);
  await knex.raw(`
    create trigger caller_key_index_update after update on caller_keys for each row
    when ((old.tenant_id, old.id, old.key_id) is distinct from (new.tenant_id, new.id, new.key_id))
    execute function caller_key_index()`);
  await knex.raw(`
    create function caller_key_notify() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then perform pg_notify('caller_key_changed', old.key_id); end if;
      if tg_op <> 'DELETE' then perform pg_notify('caller_key_changed', new.key_id); end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger caller_key_notify_insert_delete after insert or delete on caller_keys
    for each row execute function caller_key_notify()`);
  // A suspended tenant's keys are forgotten everywhere as fast as revoked ones.
  await knex.raw(`
    create function tenant_status_notify() returns trigger language plpgsql as $$
    begin
      perform pg_notify('caller_key_changed', key_id) from caller_keys where tenant_id = new.id;
      return null;
    end $$`);
  await knex.raw(`
    create trigger tenant_status_notify_update after update on tenants for each row
    when (old.status is distinct from new.status) execute function tenant_status_notify()`);
  // Noting a use is no change: it would empty every process' cache all the time.
  await knex.raw(`
    create trigger caller_key_notify_update after update on caller_keys for each row
    when ((to_jsonb(old) - 'last_used_at' - 'updated_at') is distinct from
          (to_jsonb(new) - 'last_used_at' - 'updated_at'))
    execute function caller_key_notify()`);
};
