/** The one way to Postgres for stores: every session belongs to a tenant, and row level security holds it to it. */
import type { Knex } from 'knex';
import pg from 'pg';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { errorFields } from '../shared/logger.ts';
import { isUnavailable, toDatabaseError, unavailable } from './database-errors.ts';
import { runQuery, TENANT_SETTER } from './session-query.ts';
import type { Session, Statement, TenantDatabase, TenantSession } from './tenant-database.ts';
import { exactTypes } from './type-parsers.ts';

export interface TenantDatabaseOptions {
  /** Connection string of a login role that neither owns the tables nor passes by row level security. */
  readonly url: string;
  readonly logger: Logger;
  /** Shown in pg_stat_activity, e.g. `countersign-gateway`. */
  readonly applicationName: string;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
}

export const createTenantDatabase = (options: TenantDatabaseOptions): TenantDatabase => {
  const pool = createPool(options);
  return {
    session: (tenantId) => ({ tenantId, ...createSession(singleStatements(pool, checkedTenant(tenantId))) }),
    transact: (tenantId, work) => transact(pool, checkedTenant(tenantId), work),
    shared: createSession(singleStatements(pool, null)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
};

interface TextStatement {
  readonly name?: string;
  readonly text: string;
}

type RunStatement = <Row extends object>(
  statement: TextStatement,
  values: readonly unknown[],
) => Promise<Row[]>;

const createSession = (runStatement: RunStatement): Session => ({
  query: <Row extends object>(statement: Statement, values: readonly unknown[]) =>
    runStatement<Row>(statement, values),
  run: <Row extends object>(builder: Knex.QueryBuilder) => {
    const { sql, bindings } = builder.toSQL().toNative();
    return runStatement<Row>({ text: sql }, bindings);
  },
});

const singleStatements =
  (pool: pg.Pool, tenantId: string | null): RunStatement =>
  <Row extends object>(statement: TextStatement, values: readonly unknown[]) =>
    withClient(pool, (client) => runQuery<Row>(client, tenantId, statement, values));

const transact = <T>(
  pool: pg.Pool,
  tenantId: string,
  work: (session: TenantSession) => Promise<T>,
): Promise<T> =>
  withClient(pool, async (client) => {
    const inTurn = createQueue();
    let over = false;
    const session = createSession(
      async <Row extends object>(statement: TextStatement, values: readonly unknown[]) => {
        if (over) throw new Error('the transaction of this session is over');
        return inTurn(() => runQuery<Row>(client, null, statement, values)).catch(rethrowDatabaseError);
      },
    );
    try {
      // The tenant is a checked uuid; one simple query carries both statements.
      await inTurn(() => client.query(`begin; select set_config('app.tenant_id', '${tenantId}', true)`));
      const result = await work({ tenantId, ...session });
      over = true;
      const { command } = await inTurn(() => client.query('commit'));
      // Postgres answers COMMIT with ROLLBACK when a statement failed, also one whose error `work` swallowed.
      if (command !== 'COMMIT')
        throw new Error('the transaction was rolled back: a statement in it had failed');
      return result;
    } catch (error) {
      over = true;
      await inTurn(() => client.query('rollback')).catch(() => undefined);
      throw error;
    }
  });

/** Runs steps one after the other, whatever becomes of each: pg deprecates its own queue. */
const createQueue = (): (<R>(step: () => Promise<R>) => Promise<R>) => {
  let last: Promise<unknown> = Promise.resolve();
  return <R>(step: () => Promise<R>): Promise<R> => {
    const result = last.then(step);
    last = result.catch(() => undefined);
    return result;
  };
};

/** A connection of the pool for `work`; one that is lost, or still in a transaction, does not go back. */
const withClient = async <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw unavailable(error);
  });
  let lost: Error | undefined;
  const onError = (error: Error): void => void (lost = error);
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    if (isUnavailable(error) || isUnavailable(causeOf(error))) lost ??= new Error('connection lost');
    return rethrowDatabaseError(error);
  } finally {
    client.off('error', onError);
    client.release(lost ?? client.getTransactionStatus() !== 'I');
  }
};

const causeOf = (error: unknown): unknown => (error instanceof AppError ? error.cause : undefined);

const rethrowDatabaseError = (error: unknown): never => {
  throw toDatabaseError(error);
};

const createPool = (options: TenantDatabaseOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    min: 0,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 10_000,
    keepAlive: true,
    types: exactTypes(),
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool awaits it; its type does not say so
    onConnect: async (client) => {
      await client.query({ ...TENANT_SETTER, values: [''] });
    },
  });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', (error) =>
    options.logger.warn('an idle database connection was lost', errorFields(error)),
  );
  return pool;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const checkedTenant = (tenantId: string): string => {
  if (!UUID.test(tenantId)) throw new TypeError('a tenant id is a uuid');
  return tenantId;
};
