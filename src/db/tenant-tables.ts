/** Which tables stand outside row level security, and which columns no one but custody reads. */

/** Every other table of the schema holds tenants' rows and must be isolated. */
export const TABLES_WITHOUT_TENANT = new Set([
  'admin_keys',
  'admin_links',
  'admin_reads',
  'admin_sessions',
  'audit_signing_keys',
  'audit_unsigned',
  'caller_key_tenants',
  'custody_freezes',
  'jobs',
  'key_rotations',
  'prices',
  'root_keys',
  'sealing_key_index',
  'token_keys',
  'webhook_queues',
  'venue_notices',
  'venue_pauses',
  'venue_states',
  'knex_migrations',
  'knex_migrations_lock',
]);

/**
 * Tables with an account or a credential that a session limited to certain accounts reaches all the same: they tell
 * nothing of accounts (fingerprints of old keys), or the gateway does not read them.
 */
export const WITHOUT_ACCOUNT_LIMIT = new Set([
  'superseded_keys',
  'paper_ledgers',
  'canary_credentials',
  'event_counters',
  'credential_generations',
]);

/** The tenant's column where it is not `tenant_id`. */
export const tenantColumn = (table: string): string => (table === 'tenants' ? 'id' : 'tenant_id');

/** Columns with sealed exchange keys or wrapped private keys. */
export const SEALED_COLUMNS = [
  ['credentials', 'sealed'],
  ['tenant_keys', 'private_wrapped'],
  ['audit_signing_keys', 'private_wrapped'],
] as const;

/** Columns with what callers and receivers prove themselves by, sealed under the gateway's own key: not for the admin API. */
export const GATEWAY_SECRET_COLUMNS = [
  ['caller_keys', 'secret_jwe'],
  ['caller_keys', 'previous_secret_jwe'],
  ['token_keys', 'private_jwe'],
  ['webhook_endpoints', 'secret_jwe'],
  ['webhook_endpoints', 'previous_secret_jwe'],
  ['idempotency_keys', 'body'],
] as const;
