/**
 * Signs where each audit chain stands, a minute after it grew or at every 1,000 rows, in the database and outside of it.
 * What grew since the last checkpoint is verified first: custody signs no chain that was tampered with.
 */
import type { TenantDatabase } from '../db/tenant-database.ts';
import { CHAIN_START } from '../features/audit/audit-chain.ts';
import { createAuditReadingStore } from '../features/audit/audit-reading-store.ts';
import { CHAIN_PAGE_ROWS, walkChain } from '../features/audit/audit-verification.ts';
import { type Checkpoint, isSignedBy, signCheckpoint } from '../features/audit/checkpoint.ts';
import type { Clock } from '../shared/clock.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { CheckpointKey, CheckpointKeys } from './checkpoint-keys.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { startWakingLoop } from './waking-loop.ts';

export interface CheckpointWriterDeps {
  readonly database: TenantDatabase;
  readonly databaseUrl: string;
  readonly store: CheckpointStore;
  readonly keys: CheckpointKeys;
  readonly file: CheckpointFile;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DUE_MS = 60_000;
const LOOK_MS = 10_000;
const CHAINS_AT_ONCE = 4;
const CHAINS_PER_LOOK = 500;

export const startCheckpointWriter = (deps: CheckpointWriterDeps): AsyncDisposable => {
  const { database, store, file, clock, logger } = deps;
  const asked = new Set<string>();

  /** A chain that is broken stays unsigned: what was signed before still proves how it was. */
  const grow = async (tenantId: string, keys: readonly CheckpointKey[]): Promise<Checkpoint | undefined> => {
    const [signer] = keys;
    if (signer === undefined) throw new Error('no key that signs checkpoints opens');
    const last = await store.findLast(tenantId);
    const doubt = findDoubt(last, await file.findNewest(tenantId), keys);
    if (doubt !== undefined) {
      await refuse(tenantId, last?.seq ?? 0, doubt);
      return undefined;
    }
    const reading = createAuditReadingStore(database.session(tenantId));
    const start = last === undefined ? CHAIN_START : { seq: last.seq, hash: last.hash };
    const { end, problem } = await walkChain(
      (seq, hash) => reading.chainPage(seq, hash, CHAIN_PAGE_ROWS),
      start,
      () => undefined,
    );
    if (problem !== undefined) {
      await refuse(tenantId, problem.seq, problem.message);
      return undefined;
    }
    if (end.seq === start.seq || end.hash === null) {
      await store.settle(tenantId, end.seq);
      return undefined;
    }
    return signCheckpoint(
      {
        tenantId,
        number: (last?.number ?? 0) + 1,
        seq: end.seq,
        hash: end.hash,
        at: new Date(clock.now()).toISOString(),
        keyId: signer.id,
      },
      signer.privateKey,
    );
  };

  const refuse = async (tenantId: string, seq: number, problem: string): Promise<void> => {
    logger.error('an audit chain was tampered with, and is not signed: run countersign audit verify', {
      tenantId,
      seq,
      problem,
    });
    await store.postpone(tenantId);
  };

  const sign = async (tenantId: string, keys: readonly CheckpointKey[]): Promise<void> => {
    try {
      const checkpoint = await grow(tenantId, keys);
      if (checkpoint !== undefined && (await store.insert(checkpoint))) {
        const { number, seq, hash, keyId, signature } = checkpoint;
        logger.info('audit checkpoint', { tenantId, number, seq, hash, keyId, signature });
      }
      // Those too that a crash, or a full disk, kept from being written.
      const unwritten = await store.listUnwritten(tenantId);
      if (unwritten.length === 0) return;
      await file.append(unwritten, keys);
      await store.markWritten(
        tenantId,
        unwritten.map(({ number }) => number),
      );
    } catch (error) {
      logger.error('an audit chain was not signed', { tenantId, ...errorFields(error) });
    }
  };

  const look = async (signal: AbortSignal): Promise<void> => {
    const waiting = new Set([...asked, ...(await store.listDue(DUE_MS, CHAINS_PER_LOOK))]);
    asked.clear();
    if (waiting.size === 0) return;
    const keys = await deps.keys.load();
    const work = [...waiting].values();
    const signNext = async (): Promise<void> => {
      for (const tenantId of work) {
        if (signal.aborted) return;
        await sign(tenantId, keys);
      }
    };
    await Promise.all(Array.from({ length: CHAINS_AT_ONCE }, signNext));
  };

  return startWakingLoop({
    name: 'audit checkpoints',
    everyMs: LOOK_MS,
    work: look,
    databaseUrl: deps.databaseUrl,
    channel: 'audit_checkpoint_due',
    onPayload: (tenantId) => asked.add(tenantId),
    logger,
  });
};

/**
 * Why what the database says was signed last is not believed. Whoever owns it can take checkpoints away, and would have
 * another history signed from its start; what stands outside he cannot take away.
 */
const findDoubt = (
  last: Checkpoint | undefined,
  outside: Checkpoint | undefined,
  keys: readonly CheckpointKey[],
): string | undefined => {
  const isOurs = (checkpoint: Checkpoint): boolean =>
    keys.some(({ id, publicKey }) => id === checkpoint.keyId && isSignedBy(checkpoint, publicKey));
  if (last !== undefined && !isOurs(last)) return `checkpoint ${last.number} is not signed by custody`;
  if (outside === undefined || !isOurs(outside)) return undefined;
  const { number, seq } = outside;
  if (last === undefined || last.number < number)
    return `checkpoint ${number}, of row ${seq}, stands outside the database and not in it: an older copy was put in its place, or it was deleted (after a restore give custody an empty audit.checkpointDir, and keep the old one)`;
  return last.number === number && last.signature !== outside.signature
    ? `checkpoint ${number} is another one outside the database`
    : undefined;
};
