/** Brings a database to the newest schema, with its roles, grants and partitions; safe to run from many at once. */
import knexPkg from 'knex';
import type { Knex } from 'knex';
import pg from 'pg';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { applyGrants } from './grants.ts';
import { migrationSource } from './migration-source.ts';
import { ensurePartitions } from './partitions.ts';
import type { RolePasswords } from './roles.ts';
import { ensureLoginRoles } from './roles.ts';

const { knex } = knexPkg;

/** Postgres 15 is the first that lets no one but the owner create things in schema public. */
const OLDEST_POSTGRES = 150_000;

// Any number, the same in every process: whoever holds this lock migrates.
const MIGRATION_LOCK = 7_216_004;

// This month and those to come; a process that runs longer falls back on the default partition.
const MONTHS_AHEAD = 4;

/** A Knex of one connection as the owner; the caller destroys it. */
export const connectOwner = (ownerUrl: string): Knex =>
  knex({
    client: 'pg',
    connection: { connectionString: ownerUrl, application_name: 'countersign-owner' },
    pool: { min: 0, max: 1 },
    migrations: { migrationSource },
  });

export const migrateDatabase = async (
  ownerUrl: string,
  deps: RolePasswords & { clock: Clock; logger: Logger },
): Promise<void> => {
  const lock = new pg.Client({ connectionString: ownerUrl, application_name: 'countersign-owner' });
  lock.on('error', () => undefined);
  await lock.connect();
  const owner = connectOwner(ownerUrl);
  try {
    await refuseOldPostgres(owner);
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureLoginRoles(owner, deps);
    // Under our lock nobody migrates: a mark that is still there was left by a process that was killed.
    await owner.migrate.forceFreeMigrationsLock();
    const [, applied] = (await owner.migrate.latest()) as [number, string[]];
    await applyGrants(owner);
    await ensurePartitions(owner, new Date(deps.clock.now()), MONTHS_AHEAD);
    if (applied.length > 0) deps.logger.info('database migrated', { applied: applied.join(' ') });
  } finally {
    await owner.destroy();
    await lock.end();
  }
};

/** Applies these migrations, and none after them, where they are missing. */
export const applyMigrations = async (ownerUrl: string, names: readonly string[]): Promise<void> => {
  const owner = connectOwner(ownerUrl);
  try {
    await refuseOldPostgres(owner);
    // Migrations name the roles.
    await ensureLoginRoles(owner, {});
    for (const name of names) await owner.migrate.up({ name });
  } finally {
    await owner.destroy();
  }
};

const refuseOldPostgres = async (owner: Knex): Promise<void> => {
  const { rows } = await owner.raw<{ rows: { version: number; name: string }[] }>(
    "select current_setting('server_version_num')::int as version, current_setting('server_version') as name",
  );
  const found = rows[0];
  if (found !== undefined && found.version < OLDEST_POSTGRES)
    throw new Error(`Postgres 15 or newer is needed; this one is ${found.name}`);
};
