/**
 * Verifies audit chains: recomputes every hash, follows the links, and holds the result against the signed checkpoints, in
 * the database and outside of it. In pages, so that a chain may be of any length.
 */
import type { KeyObject } from 'node:crypto';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { CHAIN_START, type ChainEnd, type ChainProblem, diagnose, follows } from './audit-chain.ts';
import { createAuditReadingStore } from './audit-reading-store.ts';
import type { AuditRow } from './audit-row.ts';
import { type Checkpoint, isSignedBy, readPublicKey, type SigningKeyLine } from './checkpoint.ts';
import type { OutsideCheckpoints } from './outside-checkpoints.ts';

export interface ChainReport {
  readonly tenantId: string;
  /** Rows that were read: all of them, or up to the one that is wrong. */
  readonly rows: number;
  /** Signed checkpoints of the database that the chain was held against. */
  readonly checkpoints: number;
  readonly ok: boolean;
  readonly problem: ChainProblem | null;
}

export interface AuditVerificationDeps {
  readonly database: TenantDatabase;
  /** Public halves of the keys that sign checkpoints, as the database names them. */
  readonly signingKeys: readonly SigningKeyLine[];
  /** What custody wrote outside the database; undefined: it is not at hand, and the database is taken at its word. */
  readonly outside: OutsideCheckpoints | undefined;
}

export interface VerificationProgress {
  /** Called after each page with the rows read so far, of all chains. */
  readonly onRows?: (rows: number) => void;
  readonly signal?: AbortSignal;
}

export interface AuditVerification {
  verifyChain(tenantId: string, progress?: VerificationProgress): Promise<ChainReport>;
}

export const CHAIN_PAGE_ROWS = 1_000;
/** After every row of the same number. */
const LAST_HASH = 'ff'.repeat(33);

/** `read` answers the rows after that number and hash; the walk ends at the first problem, which it answers. */
export const walkChain = async (
  read: (afterSeq: number, afterHash: string) => Promise<readonly AuditRow[]>,
  start: ChainEnd,
  onRow: (row: AuditRow) => Promise<ChainProblem | undefined> | ChainProblem | undefined,
): Promise<{ readonly end: ChainEnd; readonly problem: ChainProblem | undefined }> => {
  let end = start;
  for (;;) {
    const page = await read(end.seq, end.hash ?? '');
    for (const [index, row] of page.entries()) {
      if (!follows(end, row)) {
        const next = page[index + 1] ?? (await read(row.seq, row.hash))[0];
        return { end, problem: diagnose(end, row, next) };
      }
      end = { seq: row.seq, hash: row.hash };
      const problem = await onRow(row);
      if (problem !== undefined) return { end, problem };
    }
    if (page.length < CHAIN_PAGE_ROWS) return { end, problem: undefined };
  }
};

export const createAuditVerification = (deps: AuditVerificationDeps): AuditVerification => {
  const { database, outside } = deps;
  // Who can write to the database can put a key of his own there, but not where custody writes.
  const trusted = outside === undefined || outside.keys.length === 0 ? deps.signingKeys : outside.keys;
  const keys = new Map<string, KeyObject>(
    trusted.map(({ keyId, publicJwk }) => [keyId, readPublicKey(publicJwk)]),
  );
  let rowsOfAll = 0;

  const verifyChain = async (
    tenantId: string,
    { onRows, signal }: VerificationProgress = {},
  ): Promise<ChainReport> => {
    const store = createAuditReadingStore(database.session(tenantId));
    const newest = findNewest(tenantId);
    const marks = createMarks((number) => store.checkpointPage(number, CHAIN_PAGE_ROWS), keys);
    let known = CHAIN_START.seq;

    const compare = async (row: AuditRow): Promise<ChainProblem | undefined> => {
      const problem = await marks.compare(row, known);
      if (problem !== undefined) return problem;
      if (marks.passed?.seq === row.seq) known = row.seq;
      return newest?.seq === row.seq && newest.hash !== row.hash ? forked(known + 1, newest) : undefined;
    };
    const read = async (afterSeq: number, afterHash: string): Promise<AuditRow[]> => {
      signal?.throwIfAborted();
      const page = await store.chainPage(afterSeq, afterHash, CHAIN_PAGE_ROWS);
      onRows?.(rowsOfAll + afterSeq + page.length);
      return page;
    };

    const { end, problem } = await walkChain(read, CHAIN_START, compare);
    rowsOfAll += end.seq;
    const found =
      problem?.kind === 'forked'
        ? ((await findFirstFork(tenantId, problem.seq)) ?? problem)
        : (problem ?? (await marks.findBeyond(end.seq)) ?? againstOutside(tenantId, end, marks.count));
    return {
      tenantId,
      rows: end.seq,
      checkpoints: marks.count,
      ok: found === undefined,
      problem: found ?? null,
    };
  };

  /** The newest checkpoint outside the database, when it is truly custody's. */
  const findNewest = (tenantId: string): Checkpoint | undefined => {
    const newest = outside?.newest.get(tenantId);
    return newest !== undefined && isSignedBy(newest, keys.get(newest.keyId)) ? newest : undefined;
  };

  const againstOutside = (tenantId: string, end: ChainEnd, checkpoints: number): ChainProblem | undefined => {
    const newest = outside?.newest.get(tenantId);
    if (newest === undefined) return undefined;
    if (findNewest(tenantId) === undefined)
      return unsigned(newest, 'outside the database, it is not signed by a key of custody');
    if (newest.seq > end.seq) return truncated(end.seq + 1, newest);
    return newest.number > checkpoints
      ? {
          kind: 'checkpoint',
          seq: newest.seq,
          message: `Checkpoint ${newest.number}, of row ${newest.seq}, is gone from the database; it stands outside of it`,
        }
      : undefined;
  };

  /** Where checkpoints outside the database narrow the fork down further than what is left of those inside. */
  const findFirstFork = async (tenantId: string, latest: number): Promise<ChainProblem | undefined> => {
    const store = createAuditReadingStore(database.session(tenantId));
    let known = 0;
    for (const checkpoint of (await outside?.ofChain(tenantId)) ?? []) {
      if (!isSignedBy(checkpoint, keys.get(checkpoint.keyId))) continue;
      const [row] = await store.chainPage(checkpoint.seq - 1, LAST_HASH, 1);
      if (row?.seq !== checkpoint.seq || row.hash !== checkpoint.hash)
        return known + 1 > latest ? forked(known + 1, checkpoint) : undefined;
      known = checkpoint.seq;
    }
    return undefined;
  };

  return { verifyChain };
};

/** The checkpoints of the database, read alongside the rows. */
const createMarks = (
  readPage: (afterNumber: number) => Promise<readonly Checkpoint[]>,
  keys: ReadonlyMap<string, KeyObject>,
) => {
  let page: Checkpoint[] | undefined;
  let isLast = false;
  let number = 0;
  let passed: Checkpoint | undefined;

  const peek = async (): Promise<Checkpoint | undefined> => {
    if (page === undefined || (page.length === 0 && !isLast)) {
      page = [...(await readPage(number))];
      isLast = page.length < CHAIN_PAGE_ROWS;
    }
    return page[0];
  };

  const checkItself = (checkpoint: Checkpoint): ChainProblem | undefined => {
    if (checkpoint.number !== number + 1)
      return {
        kind: 'checkpoint',
        seq: checkpoint.seq,
        message: `Checkpoint ${number + 1} is gone from the database`,
      };
    if (checkpoint.seq <= (passed?.seq ?? 0))
      return unsigned(checkpoint, 'it is of a row before the last one');
    return isSignedBy(checkpoint, keys.get(checkpoint.keyId))
      ? undefined
      : unsigned(checkpoint, 'it is not signed by a key of custody');
  };

  return {
    /** How many were found in order. */
    get count() {
      return number;
    },
    get passed() {
      return passed;
    },
    /** `known`: the newest row before this one that was signed as it stands. */
    async compare(row: AuditRow, known: number): Promise<ChainProblem | undefined> {
      const next = await peek();
      if (next === undefined || next.seq > row.seq) return undefined;
      const problem = checkItself(next);
      if (problem !== undefined) return problem;
      if (next.hash !== row.hash) return forked(known + 1, next);
      passed = next;
      number = next.number;
      page?.shift();
      return undefined;
    },
    /** What is signed that the chain does not have. */
    async findBeyond(lastSeq: number): Promise<ChainProblem | undefined> {
      const next = await peek();
      return next === undefined ? undefined : (checkItself(next) ?? truncated(lastSeq + 1, next));
    },
  };
};

const unsigned = ({ number, seq }: Checkpoint, why: string): ChainProblem => ({
  kind: 'checkpoint',
  seq,
  message: `Checkpoint ${number}, of row ${seq}, was tampered with: ${why}`,
});

const truncated = (first: number, { seq, at }: Checkpoint): ChainProblem => ({
  kind: 'truncated',
  seq: first,
  message: `The chain ends before row ${first}, and row ${seq} was signed at ${at}: its newest rows were removed, or an older copy of the database was put in its place`,
});

const forked = (first: number, { seq, at }: Checkpoint): ChainProblem => ({
  kind: 'forked',
  seq: first,
  message: `Rows ${first} to ${seq} are not those that were signed at ${at}: another history was put in their place`,
});
