/** What stores see of Postgres: sessions that belong to one tenant, under row level security. */
import type { Knex } from 'knex';

/** A statement prepared once per connection; `name` is unique to its text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs a statement and answers its rows: timestamptz as Date, bigint as number, numeric as string. */
export interface Session {
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
  /** The same for a query composed with `sql` (sql-builder.ts). */
  run<Row extends object>(builder: Knex.QueryBuilder): Promise<Row[]>;
}

export interface TenantSession extends Session {
  readonly tenantId: string;
}

export interface TenantDatabase {
  /** Each statement is a transaction of its own, in one round trip, with the tenant set for it alone. */
  session(tenantId: string): TenantSession;
  /** One transaction with the tenant set; rolled back when `work` throws. No network and no waiting inside. */
  transact<T>(tenantId: string, work: (session: TenantSession) => Promise<T>): Promise<T>;
  /** For the few tables that belong to no tenant (prices, the look-up of a caller key's tenant). */
  readonly shared: Session;
  [Symbol.asyncDispose](): Promise<void>;
}
