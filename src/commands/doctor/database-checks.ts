/** Checks of the database as its owner: whether it is there, of the right age, with the right roles and rights. */
import { MIGRATION_NAMES } from '../../db/migration-source.ts';
import { ADMIN_ROLE, CUSTODY_ROLE, GATEWAY_ROLE } from '../../db/roles.ts';
import { findPendingMigrations } from '../../db/safety-checks.ts';
import { GATEWAY_SECRET_COLUMNS, SEALED_COLUMNS } from '../../db/tenant-tables.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { createDoctorStore } from './doctor-store.ts';
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

const OLDEST_POSTGRES = 150_000;
// Signed requests are good for five seconds unless they say otherwise; half of it is a clock's.
const GREATEST_SKEW_MS = 2_000;
const NOTABLE_SKEW_MS = 500;

/** Throws what the connection throws when nobody is there. */
export const checkServer = async ({ shared }: TenantDatabase, clock: Clock): Promise<Finding[]> => {
  const asked = clock.now();
  const facts = await createDoctorStore(shared).readServer();
  // The answer was made half a round trip ago, give or take.
  const skewMs = Math.round(facts.now - (asked + clock.now()) / 2);
  const version =
    facts.versionNumber < OLDEST_POSTGRES
      ? problem('database', `Postgres ${facts.version}`, 'use Postgres 15 or newer')
      : ok('database', `Postgres ${facts.version}`);
  return [version, checkSkew(skewMs)];
};

export const checkSkew = (skewMs: number): Finding => {
  const found = `the clock of the database is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} this one`;
  const mend = 'keep both by NTP: timedatectl set-ntp true, then compare with timedatectl timesync-status';
  if (Math.abs(skewMs) > GREATEST_SKEW_MS) return problem('clock', found, mend);
  return Math.abs(skewMs) > NOTABLE_SKEW_MS ? warning('clock', found, mend) : ok('clock', found);
};

export const checkMigrations = async ({ shared }: TenantDatabase): Promise<Finding> => {
  const pending = await findPendingMigrations(shared);
  const newest = MIGRATION_NAMES.at(-1) ?? '';
  if (pending.length === 0) return ok('migrations', `at ${newest}`);
  const isOlder = pending.some((sentence) => sentence.includes('newer version'));
  return problem(
    'migrations',
    pending.join('; '),
    isOlder ? 'run the newest version of countersign' : 'countersign migrate',
  );
};

const ROLES = [GATEWAY_ROLE, CUSTODY_ROLE, ADMIN_ROLE];

/** What each must not be able to read, and what would be mended by granting anew. */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ...SEALED_COLUMNS.flatMap(([table, column]) => [
    [GATEWAY_ROLE, table, column] as const,
    [ADMIN_ROLE, table, column] as const,
  ]),
  ...GATEWAY_SECRET_COLUMNS.flatMap(([table, column]) => [
    [CUSTODY_ROLE, table, column] as const,
    [ADMIN_ROLE, table, column] as const,
  ]),
];

export const checkRoles = async ({ shared }: TenantDatabase): Promise<Finding[]> => {
  const store = createDoctorStore(shared);
  const found = await store.listRoles(ROLES);
  const problems = ROLES.flatMap((name) => {
    const role = found.find((each) => each.name === name);
    if (role === undefined) return [problem('roles', `there is no role ${name}`, 'countersign migrate')];
    if (role.isMighty)
      return [
        problem(
          'roles',
          `${name} has rights over the whole server`,
          `ALTER ROLE ${name} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION`,
        ),
      ];
    if (!role.canLogin)
      return [problem('roles', `${name} cannot log in`, `ALTER ROLE ${name} LOGIN PASSWORD '…'`)];
    return role.canConnect
      ? []
      : [problem('roles', `${name} may not connect to this database`, 'countersign migrate')];
  });
  const readable = await store.listReadable(FORBIDDEN);
  if (readable.length > 0)
    problems.push(
      problem('roles', `${readable.join('; ')}: a secret of another part`, 'countersign migrate'),
    );
  return problems.length > 0 ? problems : [ok('roles', ROLES.join(', '))];
};

export const checkPartitions = async ({ shared }: TenantDatabase): Promise<Finding> => {
  const missing = await createDoctorStore(shared).listMissingPartitions();
  return missing.length === 0
    ? ok('partitions', 'this month and the next have theirs')
    : warning(
        'partitions',
        `${missing.join(', ')} not there: snapshots pile up in the default partition`,
        'keep a worker running, which makes them; or countersign migrate',
      );
};

/** What connecting as this role throws, in words; `find` answers what is unsafe there. */
export const checkLogin = async (
  check: string,
  variable: string,
  url: string | undefined,
  find: (url: string) => Promise<readonly string[]>,
): Promise<Finding[]> => {
  if (url === undefined) return [skipped(check, `${variable} is not given to this command`)];
  try {
    const unsafe = await find(url);
    if (unsafe.length === 0) return [ok(check, 'logs in, and is held to its tenants and rights')];
    return unsafe.map((sentence) =>
      problem(check, sentence, 'countersign migrate, which grants anew; what stays was changed by hand'),
    );
  } catch (error) {
    return [explainConnection(check, variable, error)];
  }
};

/** SQLSTATE and system codes of connections, as `[what was found, what to do]`. */
export const explainConnection = (check: string, variable: string, error: unknown): Finding => {
  const code = codeOf(error) ?? 'timeout';
  switch (code) {
    case '28P01':
    case '28000':
      return problem(
        check,
        'the server refuses the user or the password',
        `ALTER ROLE … PASSWORD '…' as an administrator, and the same one in ${variable}`,
      );
    case '3D000':
      return problem(
        check,
        'there is no such database on the server',
        'CREATE DATABASE …, then countersign migrate',
      );
    case '42501':
      return problem(check, 'the role may not connect to this database', 'countersign migrate, as the owner');
    case '42P01':
      return problem(check, 'the tables are not there', 'countersign migrate');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return problem(check, 'the name of the server is unknown', `correct the host in ${variable}`);
    default:
      return problem(
        check,
        `no answer (${code})`,
        `start Postgres, and let this machine reach it; the place is in ${variable}`,
      );
  }
};

/** Of the error, or of what it wraps. */
const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (cause !== undefined) return codeOf(cause);
  return typeof code === 'string' ? code : undefined;
};
