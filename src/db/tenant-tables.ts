/** Which tables stand outside row level security, and which columns no one but custody reads. */

/** Every other table of the schema holds tenants' rows and must be isolated. */
export const TABLES_WITHOUT_TENANT = new Set([
  'caller_key_tenants',
  'credential_checks',
  'custody_freezes',
  'prices',
  'token_keys',
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
]);

/** The tenant's column where it is not `tenant_id`. */
export const tenantColumn = (table: string): string => (table === 'tenants' ? 'id' : 'tenant_id');

/** Columns with sealed exchange keys or wrapped private keys. */
export const SEALED_COLUMNS = [
  ['credentials', 'sealed'],
  ['tenant_keys', 'private_wrapped'],
] as const;
