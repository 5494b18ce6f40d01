/** Connections of the pool, taken for some work and given back; one that is lost, or still in a transaction, is not. */
import type pg from 'pg';
import { AppError } from '../shared/errors.ts';
import { isUnavailable, toDatabaseError, unavailable } from './database-errors.ts';

export interface PooledConnection {
  readonly client: pg.PoolClient;
  /** Once; `failure` is what the work on it threw. */
  release(failure?: unknown): void;
}

/** Throws AppError service_unavailable. */
export const takeConnection = async (pool: pg.Pool): Promise<PooledConnection> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw unavailable(error);
  });
  let lost: Error | undefined;
  const onError = (error: Error): void => void (lost = error);
  client.on('error', onError);
  return {
    client,
    release: (failure) => {
      if (isUnavailable(failure) || isUnavailable(causeOf(failure))) lost ??= new Error('connection lost');
      client.off('error', onError);
      client.release(lost ?? client.getTransactionStatus() !== 'I');
    },
  };
};

/** Takes a connection for `work` and gives it back. */
export const withConnection = async <T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const connection = await takeConnection(pool);
  let failure: unknown;
  try {
    return await work(connection.client);
  } catch (error) {
    failure = error;
    return rethrowDatabaseError(error);
  } finally {
    connection.release(failure);
  }
};

const causeOf = (error: unknown): unknown => (error instanceof AppError ? error.cause : undefined);

export const rethrowDatabaseError = (error: unknown): never => {
  throw toDatabaseError(error);
};
