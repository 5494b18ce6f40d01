/** One open transaction of a tenant on one connection: the only file that begins and ends them. */
import type pg from 'pg';
import { rethrowDatabaseError } from './pooled-connection.ts';
import {
  NO_PRELUDE,
  openTransaction,
  type Prelude,
  runQuery,
  type SessionSettings,
} from './session-query.ts';
import { createSession, type RunStatement, type TextStatement } from './session.ts';
import type { TenantSession } from './tenant-database.ts';

export interface OpenTransaction {
  readonly runStatement: RunStatement;
  /** `work` on a session that is over when it returns. */
  run<T>(work: (session: TenantSession) => Promise<T>): Promise<T>;
  /** The same; what it did is undone when it throws, and all before it stays. */
  runGuarded<T>(work: (session: TenantSession) => Promise<T>): Promise<T>;
  /** Throws when Postgres rolled back instead, because a statement had failed. */
  commit(): Promise<void>;
  /** Never throws: a connection that cannot roll back is not used again. */
  rollback(): Promise<void>;
}

/** It begins with its first statement, in one round trip; one that runs none costs nothing. */
export const beginTransaction = (client: pg.ClientBase, settings: SessionSettings): OpenTransaction => {
  const inTurn = createQueue();
  let isBegun = false;
  const opening = (): Prelude => {
    if (isBegun) return NO_PRELUDE;
    isBegun = true;
    return openTransaction(settings);
  };
  const command = (text: string): Promise<pg.QueryResult> =>
    inTurn(() => client.query(text)).catch(rethrowDatabaseError);
  const runStatement: RunStatement = <Row extends object>(
    statement: TextStatement,
    values: readonly unknown[],
  ) => inTurn(() => runQuery<Row>(client, opening, statement, values)).catch(rethrowDatabaseError);

  const run = async <T>(work: (session: TenantSession) => Promise<T>): Promise<T> => {
    let over = false;
    const session = createSession(async (statement, values) => {
      if (over) throw new Error('the transaction of this session is over');
      return runStatement(statement, values);
    });
    try {
      return await work({ tenantId: settings[0], ...session });
    } finally {
      over = true;
    }
  };

  return {
    runStatement,
    run,
    async runGuarded(work) {
      await runStatement({ text: 'savepoint guarded' }, []);
      try {
        const result = await run(work);
        await command('release savepoint guarded');
        return result;
      } catch (error) {
        await command('rollback to savepoint guarded');
        throw error;
      }
    },
    async commit() {
      if (!isBegun) return;
      const { command: done } = await command('commit');
      // Postgres answers COMMIT with ROLLBACK when a statement failed, also one whose error `work` swallowed.
      if (done !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it had failed');
    },
    async rollback() {
      if (isBegun) await command('rollback').catch(() => undefined);
    },
  };
};

/** Runs steps one after the other, whatever becomes of each: pg deprecates its own queue. */
export const createQueue = (): (<R>(step: () => Promise<R>) => Promise<R>) => {
  let last: Promise<unknown> = Promise.resolve();
  return <R>(step: () => Promise<R>): Promise<R> => {
    const result = last.then(step);
    last = result.catch(() => undefined);
    return result;
  };
};
