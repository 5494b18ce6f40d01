/**
 * What each login role may do, applied after the migrations at each start. Not part of them: roles belong to the
 * whole server and may come later than the tables.
 */
import type { Knex } from 'knex';
import { ADMIN_ROLE, CUSTODY_ROLE, GATEWAY_ROLE } from './roles.ts';

// Listed, not "all but the sealed ones": a column that is added later stays closed until somebody opens it here.
const GATEWAY_CREDENTIAL_COLUMNS = `tenant_id, id, user_id, venue, name, generation, tenant_key_id, fingerprint,
  key_prefix, key_suffix, has_passphrase, can_read, can_trade, can_withdraw, ip_restricted, rights_source,
  key_expires_at, ip_whitelist, metadata, is_active, validation_status, validation_error, last_validated_at,
  last_used_at, shredded_at, is_kept, exchange_name, declared_permissions, created_at, updated_at`;

const AUDIT_APPEND = 'function audit_append(uuid, text, text, text, text, text, timestamptz)';
const EVENT_APPEND = 'function event_append(uuid, text, bigint, jsonb, text)';

// Part of a policy of credentials: Postgres asks for the right even of sessions that do not come to call it.
const CREDENTIAL_IN_REACH = 'execute on function credential_in_reach(uuid, uuid)';

const GATEWAY_GRANTS: readonly string[] = [
  'select on tenants, caller_key_tenants, knex_migrations',
  'select, insert, update on users, caller_keys, accounts, prices',
  'select (tenant_id, id, public_jwk, kek_id, state, created_at, updated_at) on tenant_keys',
  `select (${GATEWAY_CREDENTIAL_COLUMNS}), insert, update on credentials`,
  'select, insert, update, delete on balances, idempotency_keys, portfolios, portfolio_weights',
  // Histories are deleted with the exchange keys that they were read with, when the caller asks for it.
  'select, insert, delete on balance_snapshots, equity_snapshots, transfers',
  'select, insert, delete on trades',
  'select, insert, update, delete on trade_days, trade_blocks, trade_cursors, trade_syncs',
  'select, insert on superseded_keys',
  `select, update (due_at, asked_at, lease_id, lease_until, failures, last_started_at, last_finished_at, last_outcome,
    last_error, progress) on jobs`,
  'select on audit_log',
  'select, delete on events',
  'select, insert, update on webhook_endpoints',
  'select, insert, update, delete on deliveries',
  'select, update (next_due_at, lease_id, lease_until, is_failing, paused_until) on webhook_queues',
  'insert on paper_ledgers',
  'select, insert on token_keys',
  'select, insert, update on venue_states, venue_tellings',
  'select on venue_pauses',
  'select, insert, update, delete on venue_notices',
  'execute on function ensure_partitions(timestamptz), drop_old_partition(timestamptz)',
  'usage on sequence account_id_seq',
  `execute on ${AUDIT_APPEND}`,
  `execute on ${EVENT_APPEND}`,
  'execute on function event_bounds(uuid)',
  CREDENTIAL_IN_REACH,
  'execute on function wallet_in_reach(uuid, uuid, text)',
  'execute on function webhook_hears(text[], text[], bigint[], text, bigint), event_scope(text)',
  'execute on function webhook_wake(uuid, uuid[], timestamptz)',
  'execute on function credential_is_used(uuid, uuid), credential_serves_others(uuid, uuid)',
];

const CUSTODY_GRANTS: readonly string[] = [
  `select (tenant_id, id, venue, generation, sealed, tenant_key_id, metadata, is_active, shredded_at)
    on credentials`,
  'select, insert, update (private_wrapped, kek_id, state, retired_at, updated_at) on tenant_keys',
  // Sealed anew to another key of the tenant; everything else of a credential is not custody's to change.
  'update (sealed, tenant_key_id) on credentials',
  'select on credential_generations, sealing_key_index',
  'select, insert, delete, update (is_primary, seen_at) on root_keys',
  'select, update (state, done, total, failed, problem, finished_at, lease_id, lease_until) on key_rotations',
  'select, insert, update (private_wrapped, kek_id) on audit_signing_keys',
  'select, insert, update (written_at) on audit_checkpoints',
  'select, delete, update (since) on audit_unsigned',
  'select (id, openings_per_minute) on tenants',
  'select on audit_log',
  'select, update on paper_ledgers',
  // Custody may freeze itself, and not set itself free.
  'select, insert on custody_freezes',
  'select on canary_credentials, knex_migrations',
  `execute on ${AUDIT_APPEND}`,
  'execute on function custody_open(uuid, uuid[], text[], text[])',
  CREDENTIAL_IN_REACH,
];

const ADMIN_CALLER_KEY_COLUMNS = `tenant_id, id, user_id, key_id, name, algorithm, profile_floor, public_key, scopes,
  ip_allowlist, not_before, expires_at, revoked_at, mode, explained, allowed_account_ids, previous_secret_expires_at,
  last_used_at, created_at, updated_at`;

// Reads across tenants what no one can use, and changes tenants; what becomes of their keys the gateway's role does.
const ADMIN_GRANTS: readonly string[] = [
  'select, insert on tenants',
  `update (name, status, withdrawal_policy, requests_per_minute, openings_per_minute, updated_at) on tenants`,
  'select, insert on users',
  `select (${ADMIN_CALLER_KEY_COLUMNS}) on caller_keys`,
  'select (tenant_id, id, kek_id, state, created_at, updated_at) on tenant_keys',
  `select (${GATEWAY_CREDENTIAL_COLUMNS}) on credentials`,
  'select on accounts, balances, equity_snapshots, audit_log, custody_freezes, knex_migrations',
  'insert (frozen_by, reason), update (lifted_at, lifted_by) on custody_freezes',
  'select on audit_checkpoints, sealing_key_index, key_rotations, root_keys',
  'select (id, public_jwk, kek_id, created_at) on audit_signing_keys',
  'insert (kind, tenant_id, key_id, started_by) on key_rotations',
  'select, update (last_used_at, revoked_at) on admin_keys',
  'select, update (used_at) on admin_links',
  'select, insert, delete, update (last_seen_at) on admin_sessions',
  'select, insert, delete, update (minute) on admin_reads',
  `select (tenant_id, id, url, description, event_types, scopes, account_ids, signature, public_key, previous_ends_at,
    disabled_at, disabled_reason, failing_since, created_by, removed_at, created_at, updated_at) on webhook_endpoints`,
  'select on deliveries, webhook_queues',
  'select on venue_states',
  'select, update (due_at, asked_at) on jobs',
  'select, insert, update, delete on venue_pauses',
  'execute on function tenant_delete(uuid)',
  `execute on ${AUDIT_APPEND}`,
  `execute on ${EVENT_APPEND}`,
  CREDENTIAL_IN_REACH,
  'execute on function wallet_in_reach(uuid, uuid, text)',
];

/** Replaces all that the login roles may do, in one transaction. `owner` is connected as the owner of the tables. */
export const applyGrants = (owner: Knex): Promise<void> =>
  owner.transaction(async (transaction) => {
    await transaction.raw('revoke all on all tables in schema public from public');
    await transaction.raw('revoke all on all functions in schema public from public');
    await grantTo(transaction, GATEWAY_ROLE, GATEWAY_GRANTS);
    await grantTo(transaction, CUSTODY_ROLE, CUSTODY_GRANTS);
    await grantTo(transaction, ADMIN_ROLE, ADMIN_GRANTS);
    await openToAdmin(transaction);
    await grantConnect(transaction);
  });

const grantTo = async (transaction: Knex, role: string, grants: readonly string[]): Promise<void> => {
  for (const kind of ['tables', 'sequences', 'functions'])
    await transaction.raw(`revoke all on all ${kind} in schema public from ${role}`);
  await transaction.raw(`grant usage on schema public to ${role}`);
  for (const grant of grants) await transaction.raw(`grant ${grant} to ${role}`);
};

/** Lets the admin API's role read the rows of all tenants, in the columns that it is granted. */
const openToAdmin = async (transaction: Knex): Promise<void> => {
  const { rows } = await transaction.raw<{ rows: { table: string }[] }>(`
    select quote_ident(c.relname) as "table" from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
       and not c.relispartition
       and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'admin_read')`);
  for (const { table } of rows)
    await transaction.raw(`create policy admin_read on ${table} for select to ${ADMIN_ROLE} using (true)`);
};

/** Lets the login roles, and nobody else, connect; left to the administrator where the database is not the owner's. */
export const grantConnect = async (owner: Knex): Promise<void> => {
  const { rows } = await owner.raw<{ rows: { name: string; own: boolean }[] }>(`
    select quote_ident(datname) as name, pg_has_role(datdba, 'usage') as own
    from pg_database where datname = current_database()`);
  const database = rows[0];
  if (database?.own !== true) return;
  await owner.raw(`revoke connect, temporary on database ${database.name} from public`);
  await owner.raw(
    `grant connect on database ${database.name} to ${GATEWAY_ROLE}, ${CUSTODY_ROLE}, ${ADMIN_ROLE}`,
  );
};
