/** What must hold before the gateway and its admin API serve: read from the catalog, as the role of each. */
import { MIGRATION_NAMES } from './migration-source.ts';
import { ADMIN_ROLE } from './roles.ts';
import {
  GATEWAY_SECRET_COLUMNS,
  SEALED_COLUMNS,
  TABLES_WITHOUT_TENANT,
  tenantColumn,
  WITHOUT_ACCOUNT_LIMIT,
} from './tenant-tables.ts';
import type { Session, Statement } from './tenant-database.ts';

/** Every problem, one sentence each; empty when the gateway may start. `session` is `TenantDatabase.shared`. */
export const findUnsafe = async (session: Session): Promise<string[]> => {
  const pending = await findPendingMigrations(session);
  const problems = await Promise.all([
    findRoleProblems(session),
    findOpenTables(session),
    findReadableSecrets(session, SEALED_COLUMNS),
    findIndexesWithoutTenant(session),
  ]);
  return [...pending, ...problems.flat()];
};

/** The same for the admin API; `session` is of its own role. */
export const findUnsafeForAdmin = async (session: Session): Promise<string[]> => {
  const problems = await Promise.all([
    findRoleProblems(session),
    findOpenTables(session),
    findReadableSecrets(session, [...SEALED_COLUMNS, ...GATEWAY_SECRET_COLUMNS]),
  ]);
  return problems.flat();
};

/** Sentences about migrations that are not applied, or are applied and unknown to this version; empty at head. */
export const findPendingMigrations = async (session: Session): Promise<string[]> => {
  const known = await session.query<{ present: boolean }>(HAS_MIGRATIONS, []);
  const rows =
    known[0]?.present === true ? await session.query<{ name: string }>(APPLIED_MIGRATIONS, []) : [];
  const applied = new Set(rows.map((row) => row.name));
  const names = new Set(MIGRATION_NAMES);
  return [
    ...[...names].filter((name) => !applied.has(name)).map((name) => `migration ${name} is not applied`),
    ...[...applied]
      .filter((name) => !names.has(name))
      .map((name) => `migration ${name} is of a newer version`),
  ];
};

const findRoleProblems = async (session: Session): Promise<string[]> => {
  const rows = await session.query<{ problem: string }>(ROLE_PROBLEMS, []);
  return rows.map((row) => row.problem);
};

interface Policy {
  readonly name: string;
  readonly command: string;
  readonly permissive: boolean;
  readonly forAll: boolean;
  /** The only role that it is for; null: another number of them. */
  readonly role: string | null;
  readonly using: string;
  readonly check: string | null;
}

interface TableRow {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: readonly Policy[];
  /** Whether rows belong to an account or to the keys of some. */
  readonly hasAccount: boolean;
  readonly truncatable: boolean;
  readonly owned: boolean;
  readonly role: string;
}

const findOpenTables = async (session: Session): Promise<string[]> => {
  const tables = await session.query<TableRow>(TABLES, []);
  return tables.flatMap((table) => [
    ...(table.owned ? [`table ${table.name} is owned by role ${table.role}`] : []),
    ...(table.truncatable ? [`table ${table.name} can be truncated by role ${table.role}`] : []),
    ...(TABLES_WITHOUT_TENANT.has(table.name) ? [] : findIsolationProblems(table)),
  ]);
};

const findIsolationProblems = (table: TableRow): string[] => {
  const problems: string[] = [];
  if (!table.enabled || !table.forced) problems.push(`table ${table.name} has no forced row level security`);
  const own = policyText(tenantColumn(table.name));
  const isLimit = ({ name }: Policy): boolean => name === 'account_limit';
  const [policy, ...others] = table.policies.filter((each) => !isLimit(each) && !isAdminRead(each));
  if (policy === undefined) problems.push(`table ${table.name} has no policy`);
  else if (others.length > 0) problems.push(`table ${table.name} has more than one policy`);
  else if (!isWhole(policy) || !policy.permissive || policy.using !== own || policy.check !== own)
    problems.push(`table ${table.name} has a policy that is not the tenant's`);
  if (table.hasAccount && !WITHOUT_ACCOUNT_LIMIT.has(table.name) && !isLimited(table.policies.find(isLimit)))
    problems.push(`table ${table.name} is open to keys that are limited to certain accounts`);
  return problems;
};

/** What lets the admin API's role read across tenants, and nothing else that bears its name. */
const isAdminRead = ({ name, command, permissive, role, using, check }: Policy): boolean =>
  name === 'admin_read' &&
  command === 'r' &&
  permissive &&
  role === ADMIN_ROLE &&
  using === 'true' &&
  check === null;

/** For every command and every role. */
const isWhole = ({ command, forAll }: Policy): boolean => command === '*' && forAll;

// The rest of it differs by table; what these words leave open to limited sessions, its own tests find.
const isLimited = (limit: Policy | undefined): boolean =>
  limit !== undefined &&
  isWhole(limit) &&
  !limit.permissive &&
  limit.check === null &&
  IS_LIMIT.test(limit.using);

// As Postgres 15 to 18 print the policies that migrations create.
const IS_LIMIT =
  /^\(\(\( SELECT NULLIF\(current_setting\('app\.account_ids'::text, true\), ''::text\)(?: AS "nullif")?\) IS NULL\) OR /;

const policyText = (column: string): string =>
  `(${column} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)`;

const findReadableSecrets = async (
  session: Session,
  secrets: readonly (readonly [table: string, column: string])[],
): Promise<string[]> => {
  const tables = secrets.map(([table]) => table);
  const columns = secrets.map(([, column]) => column);
  const rows = await session.query<{ name: string; role: string }>(READABLE_SECRETS, [tables, columns]);
  return rows.map(({ name, role }) => `column ${name} can be read by role ${role}`);
};

const findIndexesWithoutTenant = async (session: Session): Promise<string[]> => {
  const rows = await session.query<{ table: string; index: string; first: string | null }>(INDEXES, []);
  return rows
    .filter((row) => !TABLES_WITHOUT_TENANT.has(row.table) && row.first !== tenantColumn(row.table))
    .map((row) => `index ${row.index} of table ${row.table} does not start with the tenant`);
};

const HAS_MIGRATIONS: Statement = {
  name: 'safety_has_migrations',
  text: "select to_regclass('public.knex_migrations') is not null as present",
};

const APPLIED_MIGRATIONS: Statement = {
  name: 'safety_applied_migrations',
  text: 'select name from public.knex_migrations order by name',
};

const ROLE_PROBLEMS: Statement = {
  name: 'safety_role_problems',
  text: `
    select 'role ' || rolname || ' ' || problem as problem
    from pg_roles, lateral (values
      (rolsuper, 'is a superuser'),
      (rolbypassrls, 'bypasses row level security'),
      (rolcreaterole, 'can create roles'),
      (has_schema_privilege(rolname, 'public', 'create'), 'can create objects in schema public')
    ) as checks (fails, problem)
    where rolname = current_user and fails`,
};

const TABLES: Statement = {
  name: 'safety_tables',
  text: `
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      has_table_privilege(c.oid, 'truncate') as truncatable,
      pg_has_role(c.relowner, 'member') as owned, current_user as role,
      not c.relispartition and (c.relname in ('accounts', 'credentials') or exists (
        select from pg_attribute a
        where a.attrelid = c.oid and a.attname in ('account_id', 'credential_id') and not a.attisdropped
      )) as "hasAccount",
      coalesce((
        select json_agg(json_build_object(
          'name', p.polname, 'command', p.polcmd, 'permissive', p.polpermissive, 'forAll', p.polroles = '{0}',
          'role', case when array_length(p.polroles, 1) = 1
            then (select rolname from pg_roles where oid = p.polroles[1]) end,
          'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)))
        from pg_policy p where p.polrelid = c.oid), '[]') as policies
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname`,
};

const READABLE_SECRETS: Statement = {
  name: 'safety_readable_secrets',
  text: `
    select c.relname || '.' || a.attname as name, current_user as role
    from unnest($1::text[], $2::text[]) as sealed (relname, attname)
    join pg_class c on c.relname = sealed.relname and c.relnamespace = 'public'::regnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = sealed.attname
    where has_column_privilege(c.oid, a.attnum, 'select')
    order by name`,
};

const INDEXES: Statement = {
  name: 'safety_indexes',
  text: `
    select c.relname as "table", i.relname as index, a.attname as first
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class c on c.oid = x.indrelid
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
    where c.relnamespace = 'public'::regnamespace
    order by c.relname, i.relname`,
};
