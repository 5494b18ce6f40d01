/**
 * Brings a backup into an empty database: the schema as it was, the rows as they were, then the newest schema. All rows
 * or none: they are written in one transaction.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import {
  type BackupHeader,
  backupHeaderSchema,
  type BackupTrailer,
  backupTrailerSchema,
  readRowLine,
} from './backup-format.ts';
import { applyMigrations, connectOwner, migrateDatabase } from './migrate.ts';
import { MIGRATION_NAMES } from './migration-source.ts';
import { ensurePartitions } from './partitions.ts';
import { createRowWriter } from './row-writer.ts';
import { quoted } from './table-catalog.ts';

export interface RestoreOptions {
  readonly ownerUrl: string;
  readonly lines: AsyncIterable<string>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onProgress: (rows: number) => void;
}

export interface RestoreResult {
  readonly rows: number;
  readonly createdAt: string;
}

/** Throws, and leaves no row behind, when the backup is not whole or the database is not empty. */
export const restoreBackup = async (options: RestoreOptions): Promise<RestoreResult> => {
  const { ownerUrl, clock, logger } = options;
  const lines = options.lines[Symbol.asyncIterator]();
  const first = await lines.next();
  const firstLine = first.done === true ? '' : first.value;
  const header = readHeader(firstLine);
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'countersign-restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await refuseRows(client);
    await client.query('rollback');
    await applyMigrations(ownerUrl, header.migrations);
    await client.query('begin');
    await refuseRows(client);
    const rows = await load(client, { header, firstLine }, lines, options.onProgress);
    await client.query('commit');
    await migrateDatabase(ownerUrl, { clock, logger });
    await makePartitions(ownerUrl, header);
    return { rows, createdAt: header.createdAt };
  } finally {
    await client.end();
  }
};

const readHeader = (line: string): BackupHeader => {
  const header = backupHeaderSchema.safeParse(parsed(line));
  if (!header.success) throw new Error('this is no backup that countersign backup has written');
  const unknown = header.data.migrations.find((name) => !MIGRATION_NAMES.includes(name));
  if (unknown !== undefined)
    throw new Error(
      `the backup is of a newer version, which has migration ${unknown}: restore it with that version`,
    );
  return header.data;
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

// Of the operator; a migration makes it.
const OWN_TENANT = '00000000-0000-0000-0000-000000000000';

/** Nothing is ever overwritten. Row security would hide the rows from an owner that is no superuser. */
const refuseRows = async (client: pg.Client): Promise<void> => {
  const found = await client.query<{ there: boolean }>(
    "select to_regclass('public.tenants') is not null as there",
  );
  if (found.rows[0]?.there !== true) return;
  await client.query('alter table tenants no force row level security');
  const { rowCount } = await client.query('select id from tenants where id <> $1 limit 1', [OWN_TENANT]);
  await client.query('alter table tenants force row level security');
  if (rowCount !== 0)
    throw new Error(
      'the database holds tenants already: a backup is restored into an empty one (CREATE DATABASE) only',
    );
};

const load = async (
  client: pg.Client,
  backup: { readonly header: BackupHeader; readonly firstLine: string },
  lines: AsyncIterator<string>,
  onProgress: (rows: number) => void,
): Promise<number> => {
  await client.query('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
  const writer = await createRowWriter(client, backup.header.tables);
  const trailer = await readRows(backup.firstLine, lines, async (table, row, count) => {
    await writer.add(table, row);
    onProgress(count);
  });
  await writer.finish();
  for (const [name, value] of Object.entries(trailer.sequences))
    await client.query('select setval($1::regclass, $2::bigint)', [`public.${quoted(name)}`, value]);
  return trailer.rows;
};

/** Hands on each row; answers the last line, once it fits all that came before. */
const readRows = async (
  firstLine: string,
  lines: AsyncIterator<string>,
  take: (table: string, row: string, count: number) => Promise<void>,
): Promise<BackupTrailer> => {
  const hash = createHash('sha256').update(`${firstLine}\n`);
  let count = 0;
  for (;;) {
    const next = await lines.next();
    if (next.done === true) throw new Error(`the backup is cut off after ${count} rows`);
    const found = readRowLine(next.value);
    if (found === undefined) {
      const trailer = backupTrailerSchema.safeParse(parsed(next.value));
      if (!trailer.success) throw new Error(`the backup is damaged: its line ${count + 2} is no row`);
      if (trailer.data.rows !== count || trailer.data.sha256 !== hash.digest('hex'))
        throw new Error('the backup is damaged: its rows are not those that were written');
      return trailer.data;
    }
    hash.update(`${next.value}\n`);
    count += 1;
    await take(found.table, found.row, count);
  }
};

const makePartitions = async (ownerUrl: string, { months }: BackupHeader): Promise<void> => {
  const owner = connectOwner(ownerUrl);
  try {
    for (const month of months) await ensurePartitions(owner, new Date(month), 1);
  } finally {
    await owner.destroy();
  }
};
