/**
 * The login roles: the gateway's, which reads no sealed column, custody's, which reads nothing of callers, and that of the
 * admin API, which reads across tenants and no secret of anybody.
 */
import { createHmac, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';

export const GATEWAY_ROLE = 'countersign_gateway';
export const CUSTODY_ROLE = 'countersign_custody';
export const ADMIN_ROLE = 'countersign_admin';

export interface RolePasswords {
  /** undefined: an administrator keeps the role and its password. */
  readonly gatewayPassword?: string | undefined;
  readonly custodyPassword?: string | undefined;
  readonly adminPassword?: string | undefined;
}

/**
 * Creates the roles or gives them these passwords. Throws, with what an administrator has to run, when the owner may
 * not create a role or change its password, and when a role that exists has rights that it must not have.
 */
export const ensureLoginRoles = async (owner: Knex, passwords: RolePasswords): Promise<void> => {
  await ensureRole(owner, GATEWAY_ROLE, passwords.gatewayPassword);
  await ensureRole(owner, CUSTODY_ROLE, passwords.custodyPassword);
  await ensureRole(owner, ADMIN_ROLE, passwords.adminPassword);
};

interface RoleRow {
  readonly rolcanlogin: boolean;
  readonly dangerous: boolean;
}

const ensureRole = async (owner: Knex, role: string, password: string | undefined): Promise<void> => {
  const found = (await owner
    .select('rolcanlogin', owner.raw('rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as dangerous'))
    .from<RoleRow>('pg_roles')
    .where('rolname', role)
    .first()) as RoleRow | undefined;
  if (found?.dangerous === true) {
    throw new Error(
      `role ${role} has rights it must not have; as an administrator run: ` +
        `ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB`,
    );
  }
  if (password === undefined && found?.rolcanlogin === true) return;
  const verb = found === undefined ? 'create' : 'alter';
  // Naming these attributes in ALTER is for superusers alone, even to say no; they were checked above.
  const attributes = found === undefined ? 'nosuperuser nobypassrls nocreaterole nocreatedb' : '';
  const secret = password === undefined ? '' : `password '${scramVerifier(password)}'`;
  try {
    await owner.raw(`${verb} role ${role} login ${attributes} ${secret}`);
  } catch (error) {
    throw new Error(
      `the database owner may not ${verb} role ${role}; as an administrator run: ` +
        `${verb.toUpperCase()} ROLE ${role} LOGIN PASSWORD '...'`,
      { cause: error },
    );
  }
};

const SCRAM_ITERATIONS = 4096;

/** What Postgres itself would store (RFC 5803), so that the password never travels in a statement. Printable ASCII only. */
const scramVerifier = (password: string): string => {
  // Other text would have to go through SASLprep first.
  if (!/^[\x21-\x7e]+$/.test(password)) throw new Error('a role password is printable ASCII without spaces');
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${String(SCRAM_ITERATIONS)}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
};
