/** Which tables a database has, in an order in which their rows can be written. */
import pg from 'pg';

export interface Table {
  readonly name: string;
  /** Those that are written; the others Postgres computes. */
  readonly columns: string[];
}

/** Every table but the migrations' own, each after those that its foreign keys point at; partitions count as their table. */
export const readTables = async (client: pg.Client): Promise<Table[]> => {
  const { rows: tables } = await client.query<Table>(TABLES);
  const { rows: references } = await client.query<{ from: string; to: string }>(REFERENCES);
  const ordered: Table[] = [];
  let waiting = tables;
  while (waiting.length > 0) {
    const left = new Set(waiting.map(({ name }) => name));
    const isReady = ({ name }: Table): boolean =>
      !references.some(({ from, to }) => from === name && left.has(to));
    const ready = waiting.filter(isReady);
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${[...left].join(', ')}`);
    ordered.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return ordered;
};

export const quoted = (name: string): string => pg.escapeIdentifier(name);

export const columnList = (columns: readonly string[]): string => columns.map(quoted).join(', ');

const TABLES = `
  select c.relname as name,
    (select json_agg(a.attname order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname not in ('knex_migrations', 'knex_migrations_lock')
  order by c.relname`;

const REFERENCES = `
  select distinct a.relname as from, b.relname as to
  from pg_constraint f join pg_class a on a.oid = f.conrelid join pg_class b on b.oid = f.confrelid
  where f.contype = 'f' and f.conrelid <> f.confrelid and not a.relispartition and not b.relispartition`;
