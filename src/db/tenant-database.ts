/** What stores see of Postgres: sessions that belong to one tenant, under row level security. */

/** A statement prepared once per connection; `name` is unique to its text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs a statement and answers its rows: timestamptz as Date, bigint as number, numeric as string. */
export interface Session {
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

export interface TenantSession extends Session {
  readonly tenantId: string;
}

/** The transactions of one request, held open until its answer is known. */
export interface UnitOfWork {
  /** Whether anything was written, be it committed yet or not. */
  hasEffect(): boolean;
  /** Runs `last` in the transaction that is open, or in a new one, and commits; all is undone when it throws. */
  finish(last: (session: TenantSession) => Promise<void>): Promise<void>;
}

export interface TenantDatabase {
  /** Each statement is a transaction of its own, in one round trip, with the tenant set for it alone. */
  session(tenantId: string): TenantSession;
  /** One transaction with the tenant set; rolled back when `work` throws. No network and no waiting inside. */
  transact<T>(tenantId: string, work: (session: TenantSession) => Promise<T>): Promise<T>;
  /**
   * Runs `work` so that its sessions of the tenant reach these accounts alone, and what hangs on them; row level
   * security sees to it. What `work` leaves running when it returns is no longer held to that.
   */
  limitToAccounts<T>(tenantId: string, accountIds: readonly number[], work: () => Promise<T>): Promise<T>;
  /**
   * Runs `work` so that its transactions of the tenant become one, which `finish` commits; without it all is undone.
   * Its sessions see what is not committed yet.
   */
  runUnit<T>(tenantId: string, work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
  /** Runs `work` with no transaction of the unit open, if there is one: for whatever waits for the world outside. */
  outsideUnit<T>(work: () => Promise<T>): Promise<T>;
  /** Calls `done` once the transaction of the unit that is open now is committed; at once when none is. */
  afterCommit(done: () => void): void;
  /** For the few tables that belong to no tenant (prices, the look-up of a caller key's tenant). */
  readonly shared: Session;
  /** Of its pool, at this moment. `waiting`: what asked for one and has to wait. */
  connections(): { readonly total: number; readonly idle: number; readonly waiting: number };
  [Symbol.asyncDispose](): Promise<void>;
}
