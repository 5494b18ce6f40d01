/**
 * Reads the whole database as it is at one moment, while it is used: one repeatable-read transaction, no lock that
 * anybody waits for. What is sealed stays sealed: no key is needed, and none is in the backup.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { newHeader, rowLine } from './backup-format.ts';
import { columnList, quoted, readTables, type Table } from './table-catalog.ts';
import { TABLES_WITHOUT_TENANT, tenantColumn } from './tenant-tables.ts';

export interface BackupOptions {
  /** Owner of the tables; it need not be a superuser. */
  readonly ownerUrl: string;
  readonly createdAt: string;
  /** Takes a line with its line feed; resolves when it can take more. */
  readonly write: (line: string) => Promise<void>;
  readonly onProgress: (tables: number, of: number) => void;
}

export interface BackupResult {
  readonly rows: number;
  readonly tables: number;
  readonly tenants: number;
}

const ROWS_AT_ONCE = 1_000;

export const writeBackup = async (options: BackupOptions): Promise<BackupResult> => {
  const client = new pg.Client({
    connectionString: options.ownerUrl,
    application_name: 'countersign-backup',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const tenants = await findTenants(client);
    await client.query('begin transaction isolation level repeatable read read only');
    // Times, numbers and bytes are written in one way, whatever the server is set to.
    await client.query(
      "set local timezone = 'UTC'; set local datestyle = 'ISO'; set local bytea_output = 'hex'; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0",
    );
    return await writeAll(client, tenants, options);
  } finally {
    await client.end();
  }
};

const writeAll = async (
  client: pg.Client,
  tenants: Tenants,
  { write, onProgress, createdAt }: BackupOptions,
): Promise<BackupResult> => {
  const hash = createHash('sha256');
  const emit = async (text: string): Promise<void> => {
    const line = `${text}\n`;
    hash.update(line);
    await write(line);
  };
  const tables = await readTables(client);
  const migrations = await list<{ name: string }>(client, 'select name from knex_migrations order by id');
  const months = await list<{ month: string }>(client, MONTHS);
  await emit(
    JSON.stringify(
      newHeader({
        createdAt,
        migrations: migrations.map(({ name }) => name),
        tables,
        months: months.map(({ month }) => month),
      }),
    ),
  );
  let rows = 0;
  for (const [index, table] of tables.entries()) {
    onProgress(index, tables.length);
    for (const part of partsOf(table, tenants)) {
      if (part.tenantId !== undefined) await client.query(SET_TENANT, [part.tenantId]);
      for await (const row of readRows(client, part.select)) {
        await emit(rowLine(table.name, row));
        rows += 1;
      }
    }
  }
  onProgress(tables.length, tables.length);
  const sequences = await readSequences(client);
  const trailer = {
    end: true,
    rows,
    sha256: hash.digest('hex'),
    sequences,
  };
  await write(`${JSON.stringify(trailer)}\n`);
  return { rows, tables: tables.length, tenants: tenants.ids.length };
};

/**
 * Their last values, of those that were used. Read last: a number that was handed out since the snapshot is only skipped.
 * Asked one by one, as pg_sequences is silent about those that one may not read.
 */
const readSequences = async (client: pg.Client): Promise<Record<string, string>> => {
  const values: Record<string, string> = {};
  for (const { name } of await list<{ name: string }>(client, SEQUENCES)) {
    const [state] = await list<{ value: string; used: boolean }>(
      client,
      `select last_value::text as value, is_called as used from public.${quoted(name)}`,
    );
    if (state?.used === true) values[name] = state.value;
  }
  return values;
};

interface Tenants {
  readonly ids: readonly string[];
  /** Row level security does not hold the owner: it is a superuser. */
  readonly seesAll: boolean;
}

/** An owner that is no superuser is held to row security too, unless it lifts it: for this look alone. */
const findTenants = async (client: pg.Client): Promise<Tenants> => {
  const [role] = await list<{ seesAll: boolean }>(client, SEES_ALL);
  const seesAll = role?.seesAll === true;
  await client.query('begin');
  if (!seesAll) await client.query('alter table tenants no force row level security');
  const rows = await list<{ id: string }>(client, 'select id from tenants order by id');
  if (!seesAll) await client.query('alter table tenants force row level security');
  await client.query('commit');
  return { ids: rows.map(({ id }) => id), seesAll };
};

interface Part {
  readonly tenantId?: string;
  readonly select: string;
}

/** A tenant that is made while the backup begins is left out whole, also where no row security leaves it out. */
const partsOf = ({ name, columns }: Table, { ids, seesAll }: Tenants): Part[] => {
  const from = `select row_to_json(t)::text as row from (select ${columnList(columns)} from public.${quoted(name)}`;
  if (!TABLES_WITHOUT_TENANT.has(name) && !seesAll)
    return ids.map((tenantId) => ({
      tenantId,
      select: `${from} where ${tenantColumn(name)} = '${tenantId}') t`,
    }));
  const limit = columns.includes('tenant_id') || name === 'tenants';
  const known = ids.map((id) => `'${id}'`).join(', ');
  return [
    { select: limit && known !== '' ? `${from} where ${tenantColumn(name)} in (${known})) t` : `${from}) t` },
  ];
};

async function* readRows(client: pg.Client, select: string): AsyncGenerator<string> {
  await client.query(`declare backup_rows no scroll cursor for ${select}`);
  for (;;) {
    const rows = await list<{ row: string }>(client, `fetch ${String(ROWS_AT_ONCE)} from backup_rows`);
    for (const { row } of rows) yield row;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('close backup_rows');
}

const list = async <Row extends object>(client: pg.Client, text: string): Promise<Row[]> =>
  (await client.query<Row>(text)).rows;

const SET_TENANT = "select set_config('app.tenant_id', $1, true), set_config('app.account_ids', '', true)";

const SEES_ALL = `select rolsuper or rolbypassrls as "seesAll" from pg_roles where rolname = current_user`;

const MONTHS = `
  select distinct replace(right(c.relname, 7), '_', '-') || '-01' as month
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where c.relnamespace = 'public'::regnamespace and c.relname ~ '_\\d{4}_\\d{2}$'
  order by month`;

const SEQUENCES = `
  select sequencename as name from pg_sequences where schemaname = 'public' and sequencename not like 'knex_%'`;
