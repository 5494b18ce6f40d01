/**
 * The transactions of one request, made one: what a use case commits stays open until the answer is known, so that
 * the answer is stored with the effect or not at all. Nothing stays open while the request waits for anything outside.
 */
import type pg from 'pg';
import { type PooledConnection, takeConnection, withConnection } from './pooled-connection.ts';
import type { RunStatement, TextStatement } from './session.ts';
import type { SessionSettings } from './session-query.ts';
import type { TenantSession, UnitOfWork } from './tenant-database.ts';
import { beginTransaction, createQueue, type OpenTransaction } from './transaction.ts';

/** What the database does with a unit, beside what its owner may. */
export interface RunningUnit extends UnitOfWork, AsyncDisposable {
  transact<T>(work: (session: TenantSession) => Promise<T>): Promise<T>;
  /** For single statements: they see what the unit has not committed yet. */
  readonly runStatement: RunStatement;
  /** Commits what is open before `work`, and at once what is transacted meanwhile. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  afterCommit(done: () => void): void;
}

interface Held extends PooledConnection {
  readonly transaction: OpenTransaction;
}

// Finds locking reads too: harmless, and cheaper than telling them apart.
const WRITES = /\b(?:insert|update|delete|merge)\b/i;

/** `runAlone` runs a statement in a transaction of its own. */
export const createUnitOfWork = (
  pool: pg.Pool,
  settings: SessionSettings,
  runAlone: RunStatement,
): RunningUnit => {
  const inTurn = createQueue();
  let held: Held | undefined;
  let isOver = false;
  let hasEffect = false;
  let outsideNow = 0;
  let callbacks: (() => void)[] = [];

  const open = async (): Promise<Held> => {
    const connection = await takeConnection(pool);
    return { ...connection, transaction: beginTransaction(connection.client, settings) };
  };

  /** No longer held first: a statement that comes meanwhile must not find itself behind the end of the transaction. */
  const end = async (how: 'commit' | 'rollback', failure?: unknown): Promise<void> => {
    const ending = held;
    held = undefined;
    if (ending === undefined) return;
    try {
      await ending.transaction[how]();
      ending.release(failure);
    } catch (error) {
      await ending.transaction.rollback();
      ending.release(error);
      throw error;
    }
  };

  const commit = async (): Promise<void> => {
    await end('commit');
    const due = callbacks;
    callbacks = [];
    for (const done of due) done();
  };

  const inTransaction = async <T>(work: (session: TenantSession) => Promise<T>): Promise<T> => {
    if (held !== undefined) return await held.transaction.runGuarded(work);
    held = await open();
    try {
      return await held.transaction.run(work);
    } catch (error) {
      await end('rollback', error);
      throw error;
    }
  };

  const transact = <T>(work: (session: TenantSession) => Promise<T>): Promise<T> => {
    if (isOver) return transactAlone(pool, settings, work);
    return inTurn(async () => {
      const result = await inTransaction(work);
      hasEffect = true;
      if (outsideNow > 0) await commit();
      return result;
    });
  };

  return {
    transact,

    runStatement: <Row extends object>(statement: TextStatement, values: readonly unknown[]) => {
      if (isOver) return runAlone<Row>(statement, values);
      const run = (): Promise<Row[]> => (held?.transaction.runStatement ?? runAlone)<Row>(statement, values);
      return WRITES.test(statement.text) ? transact(run) : run();
    },

    async outside(work) {
      outsideNow += 1;
      try {
        await inTurn(commit);
        return await work();
      } finally {
        outsideNow -= 1;
      }
    },

    afterCommit: (done) => {
      if (held === undefined) done();
      else callbacks.push(done);
    },

    hasEffect: () => hasEffect,

    finish: (last) =>
      inTurn(async () => {
        isOver = true;
        await inTransaction(last);
        await commit();
      }),

    async [Symbol.asyncDispose]() {
      isOver = true;
      await inTurn(() => end('rollback'));
    },
  };
};

/** One transaction on a connection of its own. */
export const transactAlone = <T>(
  pool: pg.Pool,
  settings: SessionSettings,
  work: (session: TenantSession) => Promise<T>,
): Promise<T> =>
  withConnection(pool, async (client) => {
    const transaction = beginTransaction(client, settings);
    try {
      const result = await transaction.run(work);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  });
