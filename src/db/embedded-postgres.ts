/** A real Postgres on this machine with nothing installed: finds or starts it, notices its end, starts it again. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import pg from 'pg';
import type { Logger } from '../shared/logger.ts';
import { preparePostgresBinaries, SYSTEM_FOLDER } from './postgres-binaries.ts';
import type { PostgresFolders } from './postgres-folders.ts';
import { initializeData, prepareFolders } from './postgres-folders.ts';
import type { OsUser } from './postgres-os-user.ts';
import { findPostgresUser } from './postgres-os-user.ts';
import type { PostgresProcess } from './postgres-process.ts';
import { spawnPostgres } from './postgres-process.ts';

export interface EmbeddedPostgresOptions {
  /** Absolute. Created when missing; `pgdata`, the socket and the log live in it, or under /var/lib (see the log). */
  readonly dataDir: string;
  readonly logger: Logger;
  /** false: a throwaway cluster, without fsync, whose `dataDir` is removed when this process ends. */
  readonly durable?: boolean;
  /** Who runs Postgres when we are root: `$EMBEDDED_PG_USER`. */
  readonly runAsUser?: string | undefined;
  /** Postgres settings beside our own, e.g. `{ synchronous_commit: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Connection string for `pg` and libpq, over the Unix socket. `postgres` is the superuser. */
  url(role: string, database: string, password?: string): string;
  /** Process id of the postmaster; undefined when there is none. */
  pid(): Promise<number | undefined>;
  /** Creates the database when it is missing; nobody but the roles that are granted it may connect. */
  ensureDatabase(name: string): Promise<void>;
  /** Answers once Postgres takes connections; starts it when it is gone, after its old backends are. */
  ensureRunning(): Promise<void>;
  /** Called each time Postgres ends without `stop`, however it ends. */
  onExit(listener: () => void): void;
  /** Fast shutdown, when this process started it; a Postgres that it merely attached to is left running. */
  stop(): Promise<void>;
}

// Recovery after kill -9 replays at most max_wal_size, which takes seconds; the rest is for slow disks.
const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 20_000;
const ANSWER_DEADLINE_MS = 5_000;
const FIRST_RETRY_MS = 25;
const LAST_RETRY_MS = 1_000;

export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { logger, durable = true } = options;
  if (process.platform === 'win32')
    throw new Error(
      'the embedded Postgres runs on Linux and macOS: set DATABASE_URL to a Postgres 15 or newer',
    );
  const user = await findPostgresUser(options.runAsUser);
  const folders = await prepareFolders(options.dataDir, user, logger);
  const copyFolder = user === undefined ? path.dirname(folders.base) : SYSTEM_FOLDER;
  const native = await preparePostgresBinaries({ user, copyFolder, logger });
  const spawn = (): Promise<PostgresProcess> =>
    spawnPostgres({ folders, native, user, durable, settings: options.settings ?? {} });
  try {
    await initializeData({ folders, native, user, durable });
    const cluster = createCluster({ folders, user, spawn, durable, logger });
    await cluster.ensureRunning();
    return cluster;
  } catch (error) {
    if (!durable) await rm(folders.base, { recursive: true, force: true });
    throw error;
  }
};

const createCluster = (deps: {
  folders: PostgresFolders;
  user: OsUser | undefined;
  spawn: () => Promise<PostgresProcess>;
  durable: boolean;
  logger: Logger;
}): EmbeddedPostgres => {
  const { folders, user, spawn, durable, logger } = deps;
  let child: PostgresProcess | undefined;
  let monitor: pg.Client | undefined;
  let stopping = false;
  let starting: Promise<void> | undefined;
  const listeners: (() => void)[] = [];

  const url = (role: string, database: string, password?: string): string => {
    const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
    const host = encodeURIComponent(folders.socket);
    return `postgresql://${encodeURIComponent(role)}${secret}@localhost/${encodeURIComponent(database)}?host=${host}`;
  };

  const lost = (client: pg.Client): void => {
    if (monitor !== client) return;
    monitor = undefined;
    if (stopping) return;
    logger.warn('the embedded Postgres ended');
    for (const listener of listeners) listener();
  };

  /** Holds one connection open: its end tells of Postgres' end at once, whoever started it. */
  const connect = async (): Promise<void> => {
    const client = new pg.Client({
      connectionString: url('postgres', 'postgres'),
      connectionTimeoutMillis: ANSWER_DEADLINE_MS,
      query_timeout: ANSWER_DEADLINE_MS,
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('select 1');
    monitor = client;
    client.once('end', () => lost(client));
    (client as pg.Client & { unref(): void }).unref();
  };

  const answers = async (): Promise<boolean> => {
    const asked = monitor;
    if (asked === undefined) return false;
    const up = await asked.query('select 1').then(
      () => true,
      () => false,
    );
    if (!up) await asked.end().catch(() => undefined);
    return up;
  };

  const start = async (): Promise<void> => {
    if (await answers()) return;
    let retryMs = FIRST_RETRY_MS;
    const deadline = performance.now() + START_DEADLINE_MS;
    for (;;) {
      try {
        await connect();
        logger.info('embedded Postgres is up', { data: folders.data, user: user?.name });
        return;
      } catch (error) {
        if (performance.now() > deadline) {
          throw new Error(`Postgres did not start; its log is ${folders.log}`, { cause: error });
        }
        // Somebody is there, starting, recovering or shutting down: it is not ours to start another beside it.
        if (isNobodyThere(error) && child?.isAlive() !== true) {
          await removeForeignPid(folders);
          child = await spawn();
          // Old backends may still hold the memory, and each attempt then ends at once.
          retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
        }
        await delay(retryMs);
      }
    }
  };

  const ensureRunning = (): Promise<void> => {
    stopping = false;
    starting ??= start().finally(() => (starting = undefined));
    return starting;
  };

  const pid = (): Promise<number | undefined> => readPid(folders);

  return {
    url,
    pid,
    onExit: (listener) => void listeners.push(listener),
    ensureRunning,
    async ensureDatabase(name) {
      await ensureRunning();
      await createDatabase(url('postgres', 'postgres'), name);
    },
    async stop() {
      stopping = true;
      // It was held without keeping this process alive; its end is waited for.
      (monitor as unknown as { ref(): void } | undefined)?.ref();
      await monitor?.end().catch(() => undefined);
      monitor = undefined;
      if (child?.isAlive() !== true) return;
      const postmaster = await pid();
      child.release();
      // The pipe is enough unless somebody killed the watcher.
      signal(postmaster, 'SIGINT');
      const late = setTimeout(() => signal(postmaster, 'SIGQUIT'), STOP_DEADLINE_MS);
      await child.ended;
      clearTimeout(late);
      if (!durable) await rm(folders.base, { recursive: true, force: true });
    },
  };
};

const createDatabase = async (adminUrl: string, name: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
    for (const database of [name, 'postgres', 'template1'])
      await client.query(
        `revoke connect, temporary on database ${pg.escapeIdentifier(database)} from public`,
      );
  } finally {
    await client.end();
  }
};

const isNobodyThere = (error: unknown): boolean =>
  isNativeError(error) && 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED');

const readPid = async (folders: PostgresFolders): Promise<number | undefined> => {
  const text = await readFile(path.join(folders.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text.split('\n')[0] ?? '', 10);
  return Number.isSafeInteger(pid) && pid > 1 && signal(pid, 0) ? pid : undefined;
};

/**
 * After a restart of a container the id in postmaster.pid can belong to some other program of ours, and Postgres
 * would refuse to start for ever. Only /proc can tell; elsewhere the file stays.
 */
const removeForeignPid = async (folders: PostgresFolders): Promise<void> => {
  const pid = await readPid(folders);
  if (pid === undefined) return;
  const program = await readFile(`/proc/${String(pid)}/comm`, 'utf8').catch(() => undefined);
  if (program !== undefined && program.trim() !== 'postgres')
    await rm(path.join(folders.data, 'postmaster.pid'), { force: true });
};

const signal = (pid: number | undefined, name: NodeJS.Signals | 0): boolean => {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
};
