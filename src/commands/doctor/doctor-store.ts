/** What the doctor asks the database, as the owner of the tables; it changes nothing. */
import type { Session, TenantSession } from '../../db/tenant-database.ts';

export interface ServerFacts {
  readonly version: string;
  readonly versionNumber: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const SERVER = {
  name: 'doctor.server',
  text: `select current_setting('server_version') as version,
    current_setting('server_version_num')::int as "versionNumber",
    (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
};

export interface RoleFacts {
  readonly name: string;
  readonly canLogin: boolean;
  /** Rights over the whole server that no login role of ours may have. */
  readonly isMighty: boolean;
  /** May reach this database. */
  readonly canConnect: boolean;
}

const ROLES = {
  name: 'doctor.roles',
  text: `select rolname as name, rolcanlogin as "canLogin",
      rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as "isMighty",
      has_database_privilege(rolname, current_database(), 'connect') as "canConnect"
    from pg_roles where rolname = any ($1::text[])`,
};

const READABLE = {
  name: 'doctor.readable',
  text: `select held.role || ' reads ' || held.name || '.' || held.attribute as "what"
    from unnest($1::text[], $2::text[], $3::text[]) as held (role, name, attribute)
    join pg_roles r on r.rolname = held.role
    where to_regclass('public.' || held.name) is not null
      and has_column_privilege(held.role, 'public.' || held.name, held.attribute, 'select')`,
};

const PARTITIONS = {
  name: 'doctor.partitions',
  text: `select wanted.name from (
      select parent || to_char(now() at time zone 'UTC' + ahead * interval '1 month', '_YYYY_MM') as name
        from unnest(array['balance_snapshots', 'equity_snapshots']) parent, generate_series(0, 1) ahead) wanted
    where to_regclass('public.' || wanted.name) is null order by wanted.name`,
};

const FREEZE = {
  name: 'doctor.freeze',
  text: `select frozen_at as "at", frozen_by as "by", reason from custody_freezes where lifted_at is null`,
};

export interface UpkeepFacts {
  /** Audit chains that have waited for a checkpoint for more than five minutes. */
  readonly unsignedChains: number;
  readonly unsignedSince: Date | null;
  /** Jobs that have been due for more than a quarter of an hour, and that nobody does. */
  readonly overdueJobs: number;
  /** Jobs that failed five times in a row or more. */
  readonly failingJobs: number;
  readonly failingKinds: readonly string[];
  /** Webhook endpoints whose last attempts failed. */
  readonly failingEndpoints: number;
}

const UPKEEP = {
  name: 'doctor.upkeep',
  text: `select
      (select count(*)::int from audit_unsigned where since < now() - interval '5 minutes') as "unsignedChains",
      (select min(since) from audit_unsigned) as "unsignedSince",
      (select count(*)::int from jobs
        where due_at < now() - interval '15 minutes' and not is_held and not is_suspended
          and (lease_until is null or lease_until < now())) as "overdueJobs",
      (select count(*)::int from jobs where failures >= 5 and not is_held and not is_suspended) as "failingJobs",
      (select coalesce(array_agg(distinct kind || ' at ' || lane), '{}') from jobs
        where failures >= 5 and not is_held and not is_suspended) as "failingKinds",
      (select count(*)::int from webhook_queues where is_failing) as "failingEndpoints"`,
};

const ROOT_KEYS = {
  name: 'doctor.root-keys',
  text: `select kek_id as "kekId", count(*)::int as count from (
      select kek_id from sealing_key_index where state <> 'destroyed'
      union all select kek_id from audit_signing_keys) wrapped
    group by kek_id order by kek_id`,
};

const KEYS_OF_ROOT = {
  name: 'doctor.keys-of-root',
  text: `select tenant_id as "tenantId", key_id as "keyId" from sealing_key_index
    where kek_id = $1 and state <> 'destroyed' order by created_at desc limit 1`,
};

const WRAPPED = {
  name: 'doctor.wrapped',
  text: 'select private_wrapped as wrapped from tenant_keys where tenant_id = $1 and id = $2',
};

const DEAD_LETTERS = {
  name: 'doctor.dead-letters',
  text: "select count(*)::int as count from deliveries where tenant_id = $1 and state = 'dead'",
};

const CALLER_SECRET = {
  name: 'doctor.caller-secret',
  text: `select id, secret_jwe as sealed from caller_keys
    where tenant_id = $1 and secret_jwe is not null and revoked_at is null order by created_at desc limit 1`,
};

export const createDoctorStore = (session: Session) => ({
  async readServer(): Promise<ServerFacts> {
    const [facts] = await session.query<ServerFacts>(SERVER, []);
    if (facts === undefined) throw new Error('the database answered nothing');
    return facts;
  },
  listRoles: (names: readonly string[]) => session.query<RoleFacts>(ROLES, [names]),
  /** Sentences about columns that these roles can read; each entry is role, table, column. */
  async listReadable(columns: readonly (readonly [string, string, string])[]): Promise<string[]> {
    const rows = await session.query<{ what: string }>(READABLE, [
      columns.map(([role]) => role),
      columns.map(([, table]) => table),
      columns.map(([, , column]) => column),
    ]);
    return rows.map(({ what }) => what);
  },
  /** Of this month and the next. */
  async listMissingPartitions(): Promise<string[]> {
    return (await session.query<{ name: string }>(PARTITIONS, [])).map(({ name }) => name);
  },
  async findFreeze() {
    const [freeze] = await session.query<{ at: Date; by: string; reason: string }>(FREEZE, []);
    return freeze;
  },
  async readUpkeep(): Promise<UpkeepFacts> {
    const [facts] = await session.query<UpkeepFacts>(UPKEEP, []);
    if (facts === undefined) throw new Error('the database answered nothing');
    return facts;
  },
  /** Root keys that wrap something, and how many keys each. */
  listRootKeys: () => session.query<{ kekId: string; count: number }>(ROOT_KEYS, []),
  async findKeyOfRoot(kekId: string) {
    const [key] = await session.query<{ tenantId: string; keyId: string }>(KEYS_OF_ROOT, [kekId]);
    return key;
  },
});

export const createTenantDoctorStore = (session: TenantSession) => ({
  async findWrapped(keyId: string): Promise<string | null> {
    const [row] = await session.query<{ wrapped: string | null }>(WRAPPED, [session.tenantId, keyId]);
    return row?.wrapped ?? null;
  },
  async countDeadLetters(): Promise<number> {
    const [row] = await session.query<{ count: number }>(DEAD_LETTERS, [session.tenantId]);
    return row?.count ?? 0;
  },
  async findCallerSecret() {
    const [row] = await session.query<{ id: string; sealed: string }>(CALLER_SECRET, [session.tenantId]);
    return row;
  },
});
