/** The one way to Postgres for stores: every session belongs to a tenant, and row level security holds it to it. */
import pg from 'pg';
import type { Logger } from '../shared/logger.ts';
import { errorFields } from '../shared/logger.ts';
import { withConnection } from './pooled-connection.ts';
import { createRequestScopes } from './request-scopes.ts';
import { createSession, type RunStatement, type TextStatement } from './session.ts';
import { NO_PRELUDE, prepareConnection, runQuery, type SessionSettings, setTenant } from './session-query.ts';
import type { TenantDatabase } from './tenant-database.ts';
import { exactTypes } from './type-parsers.ts';
import { createUnitOfWork, transactAlone } from './unit-of-work.ts';

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
  const scopes = createRequestScopes();

  return {
    session: (tenantId) => {
      const alone = singleStatements(pool, [checkedTenant(tenantId)]);
      const session = createSession((statement, values) =>
        (scopes.current(tenantId)?.runStatement ?? alone)(statement, values),
      );
      return { tenantId, ...session };
    },

    transact: (tenantId, work) => {
      const scope = scopes.current(tenantId);
      if (scope?.unit !== undefined) return scope.unit.transact(work);
      return transactAlone(pool, scope?.settings ?? [checkedTenant(tenantId)], work);
    },

    limitToAccounts: (tenantId, accountIds, work) => {
      const settings = [checkedTenant(tenantId), arrayLiteral(accountIds)] as const;
      return scopes.run(
        { tenantId, settings, runStatement: singleStatements(pool, settings), unit: undefined },
        work,
      );
    },

    runUnit: async (tenantId, work) => {
      const settings = scopes.current(tenantId)?.settings ?? ([checkedTenant(tenantId)] as const);
      await using unit = createUnitOfWork(pool, settings, singleStatements(pool, settings));
      const { runStatement } = unit;
      return await scopes.run({ tenantId, settings, runStatement, unit }, () => work(unit));
    },

    outsideUnit: (work) => scopes.find()?.unit?.outside(work) ?? work(),
    afterCommit: (done) => {
      const unit = scopes.find()?.unit;
      if (unit === undefined) done();
      else unit.afterCommit(done);
    },
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    shared: createSession(singleStatements(pool, null)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
};

/** `settings` null sets no tenant, for tables that are shared. */
const singleStatements = (pool: pg.Pool, settings: SessionSettings | null): RunStatement => {
  const prelude = settings === null ? NO_PRELUDE : setTenant(settings);
  return <Row extends object>(statement: TextStatement, values: readonly unknown[]) =>
    withConnection(pool, (client) => runQuery<Row>(client, () => prelude, statement, values));
};

const arrayLiteral = (accountIds: readonly number[]): string => {
  if (!accountIds.every((id) => Number.isSafeInteger(id))) throw new TypeError('an account id is an integer');
  return `{${accountIds.join(',')}}`;
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
    onConnect: prepareConnection,
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
