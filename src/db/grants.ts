/**
 * What each login role may do, applied after the migrations at each start. Not part of them: roles belong to the
 * whole server and may come later than the tables.
 */
import type { Knex } from 'knex';
import { CUSTODY_ROLE, GATEWAY_ROLE } from './roles.ts';

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
  'select, update (due_at, lease_id, lease_until, failures) on credential_checks',
  'select on audit_log',
  'select, delete on events',
  'insert on paper_ledgers',
  'select, insert on token_keys',
  'usage on sequence account_id_seq',
  `execute on ${AUDIT_APPEND}`,
  `execute on ${EVENT_APPEND}`,
  CREDENTIAL_IN_REACH,
  'execute on function wallet_in_reach(uuid, uuid, text)',
  'execute on function credential_is_used(uuid, uuid), credential_serves_others(uuid, uuid)',
];

const CUSTODY_GRANTS: readonly string[] = [
  `select (tenant_id, id, venue, generation, sealed, tenant_key_id, metadata, is_active, shredded_at)
    on credentials`,
  'select, insert on tenant_keys',
  'select on audit_log',
  'select, update on paper_ledgers',
  // Custody may freeze itself, and not set itself free.
  'select, insert on custody_freezes',
  'select on canary_credentials, knex_migrations',
  `execute on ${AUDIT_APPEND}`,
  'execute on function custody_open(uuid, uuid[], text[], text[])',
  CREDENTIAL_IN_REACH,
];

/** Replaces all that the login roles may do, in one transaction. `owner` is connected as the owner of the tables. */
export const applyGrants = (owner: Knex): Promise<void> =>
  owner.transaction(async (transaction) => {
    await transaction.raw('revoke all on all tables in schema public from public');
    await transaction.raw('revoke all on all functions in schema public from public');
    await grantTo(transaction, GATEWAY_ROLE, GATEWAY_GRANTS);
    await grantTo(transaction, CUSTODY_ROLE, CUSTODY_GRANTS);
    await grantConnect(transaction);
  });

const grantTo = async (transaction: Knex, role: string, grants: readonly string[]): Promise<void> => {
  for (const kind of ['tables', 'sequences', 'functions'])
    await transaction.raw(`revoke all on all ${kind} in schema public from ${role}`);
  await transaction.raw(`grant usage on schema public to ${role}`);
  for (const grant of grants) await transaction.raw(`grant ${grant} to ${role}`);
};

/** Lets the login roles, and nobody else, connect; left to the administrator where the database is not the owner's. */
export const grantConnect = async (owner: Knex): Promise<void> => {
  const { rows } = await owner.raw<{ rows: { name: string; own: boolean }[] }>(`
    select quote_ident(datname) as name, pg_has_role(datdba, 'usage') as own
    from pg_database where datname = current_database()`);
  const database = rows[0];
  if (database?.own !== true) return;
  await owner.raw(`revoke connect, temporary on database ${database.name} from public`);
  await owner.raw(`grant connect on database ${database.name} to ${GATEWAY_ROLE}, ${CUSTODY_ROLE}`);
};
