/** Writes the rows of a backup as they were: without triggers, which have acted on them before, and for any tenant. */
import type pg from 'pg';
import { columnList, quoted, readTables, type Table } from './table-catalog.ts';

export interface RowWriter {
  /** `row` is JSON. Tables come one after the other. */
  add(table: string, row: string): Promise<void>;
  /** Writes what is left, and puts triggers and row security back. */
  finish(): Promise<void>;
}

const ROWS_AT_ONCE = 500;
// A row may hold a stored answer of tens of kilobytes.
const CHARACTERS_AT_ONCE = 4_000_000;

/** Empties the tables. In a transaction; throws when they are not those of the backup. */
export const createRowWriter = async (client: pg.Client, wanted: readonly Table[]): Promise<RowWriter> => {
  const present = await readTables(client);
  refuseOtherTables(wanted, present);
  const { rows: relations } = await client.query<{ name: string; forced: boolean }>(RELATIONS);
  for (const { name, forced } of relations) {
    await client.query(`alter table public.${quoted(name)} disable trigger user`);
    if (forced) await client.query(`alter table public.${quoted(name)} no force row level security`);
  }
  await client.query(`truncate ${present.map(({ name }) => `public.${quoted(name)}`).join(', ')}`);

  const columnsOf = new Map(wanted.map(({ name, columns }) => [name, columns]));
  let batch: string[] = [];
  let batchTable = '';
  let characters = 0;

  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const columns = columnList(columnsOf.get(batchTable) ?? []);
    const table = `public.${quoted(batchTable)}`;
    await client.query(
      `insert into ${table} (${columns}) overriding system value
       select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
      [`[${batch.join(',')}]`],
    );
    batch = [];
    characters = 0;
  };

  return {
    async add(table, row) {
      if (!columnsOf.has(table))
        throw new Error(`the backup is damaged: it has rows of ${table}, which it does not list`);
      if (table !== batchTable || batch.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE)
        await flush();
      batchTable = table;
      batch.push(row);
      characters += row.length;
    },

    async finish() {
      await flush();
      // Checks of foreign keys may still be to come, and a table that waits for them cannot be altered.
      await client.query('set constraints all immediate');
      for (const { name, forced } of relations) {
        await client.query(`alter table public.${quoted(name)} enable trigger user`);
        if (forced) await client.query(`alter table public.${quoted(name)} force row level security`);
      }
    },
  };
};

const refuseOtherTables = (wanted: readonly Table[], present: readonly Table[]): void => {
  const shapes = (tables: readonly Table[]): Map<string, string> =>
    new Map(tables.map(({ name, columns }) => [name, [...columns].sort().join(', ')]));
  const [theirs, ours] = [shapes(wanted), shapes(present)];
  for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
    if (theirs.get(name) !== ours.get(name))
      throw new Error(
        `table ${name} of the backup has the columns ${theirs.get(name) ?? 'none'}, and here ${ours.get(name) ?? 'none'}`,
      );
  }
};

/** Partitions too: the triggers of their table are theirs. */
const RELATIONS = `
  select c.relname as name, c.relforcerowsecurity as forced
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and c.relname not in ('knex_migrations', 'knex_migrations_lock')
  order by c.relispartition, c.relname`;
