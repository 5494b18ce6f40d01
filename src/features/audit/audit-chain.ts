/** Follows an audit chain row by row, and says which row was tampered with, and how. */
import { type AuditRow, hashOf } from './audit-row.ts';

export type ChainProblemKind =
  /** What the row says, or its hash, was changed. */
  | 'altered'
  /** Rows are gone, and others come after them. */
  | 'missing'
  /** The newest rows are gone. */
  | 'truncated'
  /** Rows stand in each other's place. */
  | 'swapped'
  /** A row stands where there was none. */
  | 'inserted'
  /** Another history stands in the place of the one that was signed, or follows a row that it was not written after. */
  | 'forked'
  /** Not the chain but its signed checkpoints were tampered with. */
  | 'checkpoint';

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** The row that it is about, or the first of them. */
  readonly seq: number;
  readonly message: string;
}

/** The end of the part that was looked at; `hash` is null before the first row. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string | null;
}

export const CHAIN_START: ChainEnd = { seq: 0, hash: null };

/** Whether the row is whole, and the next one after `end`. */
export const follows = (end: ChainEnd, row: AuditRow): boolean =>
  row.seq === end.seq + 1 && row.prevHash === end.hash && hashOf(row) === row.hash;

/** What is wrong with `row`, which does not follow `end`; `next` is the row after it, where there is one. */
export const diagnose = (end: ChainEnd, row: AuditRow, next: AuditRow | undefined): ChainProblem => {
  const expected = end.seq + 1;
  if (row.seq < expected)
    return { kind: 'inserted', seq: row.seq, message: `Two rows bear the number ${row.seq}` };
  if (row.seq > expected) return missing(expected, row.seq - 1);
  const written = hashOf(row) === row.hash ? expected : findNumber(row);
  if (written !== undefined && written < expected) return inserted(written, expected - 1);
  const follower = next === undefined ? undefined : findNumber(next);
  // The row that was there before stands behind it now.
  if ((written === undefined || written === expected) && next?.seq === expected + 1 && follower === expected)
    return inserted(expected, expected);
  if (written === undefined) return altered(row);
  if (written === expected) return unlinked(end, row);
  if (next === undefined || follower === written + 1) return missing(expected, written - 1);
  return {
    kind: 'swapped',
    seq: expected,
    message: `Row ${written} stands in the place of row ${expected}`,
  };
};

const missing = (first: number, last: number): ChainProblem => ({
  kind: 'missing',
  seq: first,
  message: first === last ? `Row ${first} is gone` : `Rows ${first} to ${last} are gone`,
});

const inserted = (first: number, last: number): ChainProblem => ({
  kind: 'inserted',
  seq: first,
  message:
    first === last
      ? `Row ${first} was put between two others`
      : `Rows ${first} to ${last} were put between two others`,
});

const altered = ({ seq }: AuditRow): ChainProblem => ({
  kind: 'altered',
  seq,
  message: `Row ${seq} does not say what it said when it was written`,
});

const unlinked = (end: ChainEnd, { seq }: AuditRow): ChainProblem => ({
  kind: 'forked',
  seq,
  message:
    end.seq === 0
      ? 'Row 1 was written after another row, which is not there'
      : `Row ${seq} was written after another row than the one before it: one of the two is of another history`,
});

// Rows are moved by a few places, or by as many as were removed or put in before them.
const LONGEST_MOVE = 20_000;

/** The number that the row bore when it was written; undefined: none near it gives its hash. */
const findNumber = (row: AuditRow): number | undefined => {
  const isWritten = (seq: number): boolean => seq >= 1 && hashOf({ ...row, seq }) === row.hash;
  for (let move = 0; move <= LONGEST_MOVE; move += 1) {
    if (isWritten(row.seq + move)) return row.seq + move;
    if (move > 0 && isWritten(row.seq - move)) return row.seq - move;
  }
  return undefined;
};
