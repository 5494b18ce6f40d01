/** Makes the session that stores see out of a function that runs statements. */
import type { Session, Statement } from './tenant-database.ts';

export interface TextStatement {
  readonly name?: string;
  readonly text: string;
}

export type RunStatement = <Row extends object>(
  statement: TextStatement,
  values: readonly unknown[],
) => Promise<Row[]>;

export const createSession = (runStatement: RunStatement): Session => ({
  query: <Row extends object>(statement: Statement, values: readonly unknown[]) =>
    runStatement<Row>(statement, values),
});
