/** Custody's SQL of audit checkpoints: which chains are due, what was signed last, and the keys that sign. */
import type { TenantDatabase } from '../db/tenant-database.ts';
import { CHECKPOINT_COLUMNS } from '../features/audit/audit-reading-store.ts';
import type { Checkpoint, PublicJwk } from '../features/audit/checkpoint.ts';

export interface SigningKeyRow {
  readonly id: string;
  readonly publicJwk: PublicJwk;
  /** Compact JWE under a root key. */
  readonly privateWrapped: string;
  readonly kekId: string;
}

const LIST_DUE = {
  name: 'checkpoints.list-due',
  text: `
    select tenant_id as "tenantId" from audit_unsigned
     where since <= now() - make_interval(secs => $1::float8 / 1000) order by since limit $2`,
};

const FIND_LAST = {
  name: 'checkpoints.find-last',
  text: `
    select ${CHECKPOINT_COLUMNS}
      from audit_checkpoints where tenant_id = $1 order by number desc limit 1`,
};

const INSERT = {
  name: 'checkpoints.insert',
  text: `
    insert into audit_checkpoints (tenant_id, number, seq, hash, at, key_id, signature)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning number`,
};

const LOCK_CHAIN = {
  name: 'checkpoints.lock-chain',
  text: `select pg_advisory_xact_lock(hashtextextended('audit_log:' || $1::uuid::text, 0))`,
};

const SETTLE = {
  name: 'checkpoints.settle',
  text: `
    delete from audit_unsigned
     where tenant_id = $1 and not exists (select from audit_log where tenant_id = $1 and seq > $2)`,
};

const POSTPONE = {
  name: 'checkpoints.postpone',
  text: 'update audit_unsigned set since = now() where tenant_id = $1',
};

const LIST_UNWRITTEN = {
  name: 'checkpoints.list-unwritten',
  text: `
    select ${CHECKPOINT_COLUMNS}
      from audit_checkpoints where tenant_id = $1 and written_at is null order by number limit 1000`,
};

const MARK_WRITTEN = {
  name: 'checkpoints.mark-written',
  text: `
    update audit_checkpoints set written_at = now()
     where tenant_id = $1 and number = any ($2::bigint[]) and written_at is null`,
};

const LIST_KEYS = {
  name: 'checkpoints.list-keys',
  text: `
    select id, public_jwk as "publicJwk", private_wrapped as "privateWrapped", kek_id as "kekId"
      from audit_signing_keys order by created_at desc, id`,
};

const INSERT_KEY = {
  name: 'checkpoints.insert-key',
  text: 'insert into audit_signing_keys (id, public_jwk, private_wrapped, kek_id) values ($1, $2, $3, $4)',
};

const REWRAP_KEY = {
  name: 'checkpoints.rewrap-key',
  text: `update audit_signing_keys set private_wrapped = $3, kek_id = $4 where id = $1 and private_wrapped = $2`,
};

export const createCheckpointStore = (database: TenantDatabase) => ({
  /** Chains with rows that have been unsigned for so long, longest first. */
  async listDue(ageMs: number, limit: number): Promise<string[]> {
    const rows = await database.shared.query<{ tenantId: string }>(LIST_DUE, [ageMs, limit]);
    return rows.map(({ tenantId }) => tenantId);
  },

  async findLast(tenantId: string): Promise<Checkpoint | undefined> {
    const [row] = await database.session(tenantId).query<Checkpoint>(FIND_LAST, [tenantId]);
    return row;
  },

  /** False: another custody process has signed meanwhile. The chain is due again when it has grown further. */
  insert: (checkpoint: Checkpoint): Promise<boolean> =>
    database.transact(checkpoint.tenantId, async (session) => {
      const { tenantId, number, seq, hash, at, keyId, signature } = checkpoint;
      const inserted = await session.query(INSERT, [
        tenantId,
        number,
        seq,
        Buffer.from(hash, 'hex'),
        at,
        keyId,
        Buffer.from(signature, 'base64url'),
      ]);
      await session.query(LOCK_CHAIN, [tenantId]);
      await session.query(SETTLE, [tenantId, seq]);
      await session.query(POSTPONE, [tenantId]);
      return inserted.length > 0;
    }),

  /** Nothing is new in the chain, as it turned out. */
  settle: (tenantId: string, seq: number): Promise<void> =>
    database.transact(tenantId, async (session) => {
      await session.query(LOCK_CHAIN, [tenantId]);
      await session.query(SETTLE, [tenantId, seq]);
    }),

  async postpone(tenantId: string): Promise<void> {
    await database.session(tenantId).query(POSTPONE, [tenantId]);
  },

  /** In order, 1,000 at most. */
  listUnwritten: (tenantId: string): Promise<Checkpoint[]> =>
    database.session(tenantId).query<Checkpoint>(LIST_UNWRITTEN, [tenantId]),

  async markWritten(tenantId: string, numbers: readonly number[]): Promise<void> {
    await database.session(tenantId).query(MARK_WRITTEN, [tenantId, numbers]);
  },

  /** Newest first. */
  listKeys: (): Promise<SigningKeyRow[]> => database.shared.query<SigningKeyRow>(LIST_KEYS, []),

  async insertKey({ id, publicJwk, privateWrapped, kekId }: SigningKeyRow): Promise<void> {
    await database.shared.query(INSERT_KEY, [id, JSON.stringify(publicJwk), privateWrapped, kekId]);
  },

  async rewrapKey(row: SigningKeyRow, wrapped: string, kekId: string): Promise<void> {
    await database.shared.query(REWRAP_KEY, [row.id, row.privateWrapped, wrapped, kekId]);
  },
});

export type CheckpointStore = ReturnType<typeof createCheckpointStore>;
