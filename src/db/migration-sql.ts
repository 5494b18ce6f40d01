/** The words migrations are written in: tables whose every column says what it is, and isolation by tenant. */
import type { Knex } from 'knex';

/** Name, type with its column constraints, and what it means. */
export type Column = readonly [name: string, type: string, comment: string];

export interface Table {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
  /** Named table constraints, e.g. `constraint users_pkey primary key (tenant_id, id)`. */
  readonly constraints: readonly string[];
  /** What follows the closing bracket, e.g. `partition by range (taken_at)`. */
  readonly suffix?: string;
}

export const createTable = async (knex: Knex, table: Table): Promise<void> => {
  const columns = table.columns.map(([name, type]) => `${name} ${type}`);
  await knex.raw(
    `create table ${table.name} (\n  ${[...columns, ...table.constraints].join(',\n  ')}\n) ${table.suffix ?? ''}`,
  );
  await comment(knex, `table ${table.name}`, table.comment);
  for (const [name, , text] of table.columns) await comment(knex, `column ${table.name}.${name}`, text);
};

/** A table of one tenant's rows each: created, then closed by row level security, to its owner too. */
export const createTenantTable = async (knex: Knex, table: Table): Promise<void> => {
  await createTable(knex, table);
  await isolateByTenant(knex, table.name, table.name === 'tenants' ? 'id' : 'tenant_id');
};

export const isolateByTenant = async (knex: Knex, table: string, column = 'tenant_id'): Promise<void> => {
  // After a transaction that set it, the setting is '' and not null: both must mean "no tenant".
  const own = `${column} = nullif(current_setting('app.tenant_id', true), '')::uuid`;
  await knex.raw(`alter table ${table} enable row level security`);
  await knex.raw(`alter table ${table} force row level security`);
  await knex.raw(`create policy tenant_isolation on ${table} using (${own}) with check (${own})`);
};

// '' and null both mean that the session is not limited. Asked by a SELECT of its own it is asked once per statement and
// not once per row, which trades/stats over a million rows would feel.
const LISTED = "(select nullif(current_setting('app.account_ids', true), ''))";

/** What says to which accounts a row belongs. */
export type Belonging =
  | { readonly account: string }
  /** An array: a row belongs to all of them; null is every account. */
  | { readonly accounts: string }
  /** Keys belong to every account that uses them, removed or not. */
  | { readonly credential: string }
  /** What was read with keys belongs to the one account of that type. */
  | { readonly credential: string; readonly market: string };

/** Lets a session that is limited to certain accounts reach their rows alone; `by` names the table's columns. */
export const limitToAccounts = async (knex: Knex, table: string, by: Belonging): Promise<void> => {
  await knex.raw(
    `create policy account_limit on ${table} as restrictive using (${LISTED} is null or ${reached(by)})`,
  );
};

const reached = (by: Belonging): string => {
  if ('account' in by) return `${by.account} = any (${LISTED}::bigint[])`;
  if ('accounts' in by) return `${by.accounts} <@ ${LISTED}::bigint[]`;
  if ('market' in by) return `wallet_in_reach(tenant_id, ${by.credential}, ${by.market})`;
  return `credential_in_reach(tenant_id, ${by.credential})`;
};

export const unlimitAccounts = async (knex: Knex, table: string): Promise<void> => {
  await knex.raw(`drop policy account_limit on ${table}`);
};

export const addColumns = async (knex: Knex, table: string, columns: readonly Column[]): Promise<void> => {
  await knex.raw(
    `alter table ${table} ${columns.map(([name, type]) => `add column ${name} ${type}`).join(', ')}`,
  );
  for (const [name, , text] of columns) await comment(knex, `column ${table}.${name}`, text);
};

export const dropTables = async (knex: Knex, names: readonly string[]): Promise<void> => {
  for (const name of names) await knex.raw(`drop table ${name}`);
};

const comment = async (knex: Knex, object: string, text: string): Promise<void> => {
  await knex.raw(`comment on ${object} is '${text.replaceAll("'", "''")}'`);
};
