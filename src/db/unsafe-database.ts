/** Keeps a process from working on a database that is not as it must be. */
import { findUnsafe } from './safety-checks.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** The database does not hold what a process relies on: it must not serve. */
export class UnsafeDatabaseError extends Error {
  override readonly name = 'UnsafeDatabaseError';

  constructor(problems: readonly string[]) {
    super(
      `The database is not safe to serve from:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/** Throws UnsafeDatabaseError, and lets go of the database, when row security, roles, grants or migrations are not as they must be. */
export const assertSafe = async (
  database: Pick<TenantDatabase, 'shared' | typeof Symbol.asyncDispose>,
): Promise<void> => {
  const problems = await findUnsafe(database.shared);
  if (problems.length === 0) return;
  await database[Symbol.asyncDispose]();
  throw new UnsafeDatabaseError(problems);
};
