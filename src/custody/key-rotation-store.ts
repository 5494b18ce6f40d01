/** Custody's SQL of work on sealing keys: the rotation that an operator asked for, and what it changes. */
import type { Statement, TenantDatabase, TenantSession } from '../db/tenant-database.ts';
import type { SealingKey } from '../exchanges/exchange.ts';
import type { NewTenantKey, TenantKeyRow } from './custody-store.ts';

export interface Rotation {
  readonly id: string;
  readonly kind: 'rotate' | 'rewrap' | 'retire';
  /** null: of all tenants. */
  readonly tenantId: string | null;
  /** Of kind `retire`. */
  readonly keyId: string | null;
  readonly total: number;
}

/** Which of a tenant's sealing keys. */
export interface KeyPlace {
  readonly tenantId: string;
  readonly keyId: string;
}

export interface SealedRow {
  readonly id: string;
  readonly venue: string;
  readonly generation: number;
  readonly sealed: string;
}

/** A row's keys, sealed anew. */
export interface ResealedRow extends SealedRow {
  readonly resealed: string;
}

const LEASE_SECONDS = 15;
export const NO_ID = '00000000-0000-0000-0000-000000000000';

const CLAIM: Statement = {
  name: 'rotations.claim',
  text: `
    update key_rotations set lease_id = $1, lease_until = now() + interval '${LEASE_SECONDS} seconds'
     where state = 'running' and (lease_until is null or lease_until < now())
    returning id, kind, tenant_id as "tenantId", key_id as "keyId", total`,
};

const RENEW: Statement = {
  name: 'rotations.renew',
  text: `
    update key_rotations
       set done = done + $3, failed = failed + $4, total = greatest(total + $5, done + failed + $3 + $4),
           problem = coalesce($6, problem), lease_until = now() + interval '${LEASE_SECONDS} seconds'
     where id = $1 and lease_id = $2 and state = 'running' returning id`,
};

const FINISH: Statement = {
  name: 'rotations.finish',
  text: `
    update key_rotations
       set state = case when failed = 0 and $3::text is null then 'done' else 'failed' end,
           problem = case when failed = 0 then $3 else coalesce($3, problem) end,
           finished_at = now(), lease_id = null, lease_until = null
     where id = $1 and lease_id = $2 and state = 'running' returning id`,
};

const RELEASE: Statement = {
  name: 'rotations.release',
  text: 'update key_rotations set lease_id = null, lease_until = null where id = $1 and lease_id = $2',
};

const LIST_TO_ROTATE: Statement = {
  name: 'rotations.list-to-rotate',
  text: `
    select i.tenant_id as "tenantId", i.key_id as "keyId" from sealing_key_index i
     where i.state = 'active' and i.tenant_id > $3 and ($2::uuid is null or i.tenant_id = $2)
       and i.created_at < (select started_at from key_rotations where id = $1)
     order by i.tenant_id limit 200`,
};

const LIST_RETIRED: Statement = {
  name: 'rotations.list-retired',
  text: `
    select tenant_id as "tenantId", key_id as "keyId" from sealing_key_index
     where state = 'retired' and (tenant_id, key_id) > ($2, $3) and ($1::uuid is null or tenant_id = $1)
       and retired_at <= now() - make_interval(secs => $4::float8 / 1000)
     order by tenant_id, key_id limit 200`,
};

const LIST_TO_REWRAP: Statement = {
  name: 'rotations.list-to-rewrap',
  text: `
    select tenant_id as "tenantId", key_id as "keyId" from sealing_key_index
     where state <> 'destroyed' and kek_id <> $1 and (tenant_id, key_id) > ($2, $3)
     order by tenant_id, key_id limit 200`,
};

const COUNT_TO_REWRAP: Statement = {
  name: 'rotations.count-to-rewrap',
  text: `select count(*)::int as count from sealing_key_index where state <> 'destroyed' and kek_id <> $1`,
};

const LIST_ROOT_KEYS: Statement = {
  name: 'rotations.list-root-keys',
  text: `
    select kek_id as "kekId", count(*)::int as count
      from (select kek_id from sealing_key_index where state <> 'destroyed'
            union all select kek_id from audit_signing_keys) wrapped
     group by kek_id order by kek_id`,
};

const FORGET_ROOT_KEYS: Statement = {
  name: 'rotations.forget-root-keys',
  text: 'delete from root_keys where kek_id <> all ($1::text[])',
};

const NOTE_ROOT_KEYS: Statement = {
  name: 'rotations.note-root-keys',
  text: `
    insert into root_keys (kek_id, is_primary)
    select held.id, held.id = $2 from unnest($1::text[]) as held (id)
    on conflict (kek_id) do update set is_primary = excluded.is_primary, seen_at = excluded.seen_at`,
};

const RETIRE_ACTIVE: Statement = {
  name: 'rotations.retire-active',
  text: `
    update tenant_keys set state = 'retired', retired_at = clock_timestamp(), updated_at = clock_timestamp()
     where tenant_id = $1 and id = $2 and state = 'active' returning id`,
};

const INSERT_ACTIVE: Statement = {
  name: 'rotations.insert-active',
  text: `
    insert into tenant_keys (tenant_id, id, public_jwk, private_wrapped, kek_id, state)
    values ($1, $2, $3, $4, $5, 'active')`,
};

const COUNT_SEALED: Statement = {
  name: 'rotations.count-sealed',
  text: `
    select count(*)::int as count from credentials
     where tenant_id = $1 and tenant_key_id <> $2 and sealed is not null`,
};

const LIST_SEALED: Statement = {
  name: 'rotations.list-sealed',
  text: `
    select id, venue, generation, sealed from credentials
     where tenant_id = $1 and tenant_key_id = $2 and id > $3 and sealed is not null order by id limit $4`,
};

// Keys that were replaced meanwhile are not those that were opened: they stay as they are, for the next look.
const RESEAL: Statement = {
  name: 'rotations.reseal',
  text: `
    update credentials c set sealed = r.resealed, tenant_key_id = $2
      from unnest($3::uuid[], $4::int[], $5::text[], $6::text[]) as r (id, generation, sealed, resealed)
     where c.tenant_id = $1 and c.id = r.id and c.generation = r.generation and c.sealed = r.sealed
    returning c.id`,
};

const RECORD: Statement = {
  name: 'rotations.record',
  text: `
    select audit_append($1, 'custody', $2, about, $4, $5) from unnest($3::text[]) as objects (about)`,
};

const REWRAP: Statement = {
  name: 'rotations.rewrap',
  text: `
    update tenant_keys set private_wrapped = $3, kek_id = $4, updated_at = now()
     where tenant_id = $1 and id = $2 and private_wrapped = $5 returning id`,
};

const LOCK_RETIRED: Statement = {
  name: 'rotations.lock-retired',
  text: `select id from tenant_keys where tenant_id = $1 and id = $2 and state = 'retired' for update`,
};

const IS_USED: Statement = {
  name: 'rotations.is-used',
  text: `
    select exists (select from credentials
                    where tenant_id = $1 and tenant_key_id = $2 and sealed is not null) as "isUsed"`,
};

const DESTROY: Statement = {
  name: 'rotations.destroy',
  text: `
    update tenant_keys set state = 'destroyed', private_wrapped = null, updated_at = now()
     where tenant_id = $1 and id = $2`,
};

export interface RotationProgress {
  readonly done?: number;
  readonly failed?: number;
  readonly total?: number;
  readonly problem?: string;
}

/** Another custody process has taken the rotation over, or it is over: this one stops. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('the lease of the key rotation is lost');
  }
}

export const createKeyRotationStore = (database: TenantDatabase) => {
  const { shared } = database;
  const record = (
    session: TenantSession,
    action: string,
    objects: readonly string[],
    outcome: string,
    requestId: string,
  ) => session.query(RECORD, [session.tenantId, action, objects, outcome, requestId]);
  const renewIn = async (
    session: Pick<TenantSession, 'query'>,
    lease: Lease,
    { done = 0, failed = 0, total = 0, problem }: RotationProgress,
  ): Promise<void> => {
    const values = [lease.rotationId, lease.leaseId, done, failed, total, problem ?? null];
    if ((await session.query(RENEW, values)).length === 0) throw new LeaseLost();
  };

  return {
    /** The rotation that runs and that nobody works on. */
    async claim(leaseId: string): Promise<Rotation | undefined> {
      const [row] = await shared.query<Rotation>(CLAIM, [leaseId]);
      return row;
    },
    /** Throws LeaseLost. */
    renew: (lease: Lease, progress: RotationProgress = {}): Promise<void> => renewIn(shared, lease, progress),
    /** `problem` null: failed records alone decide whether it is done. */
    async finish({ rotationId, leaseId }: Lease, problem: string | null): Promise<void> {
      await shared.query(FINISH, [rotationId, leaseId, problem]);
    },
    async release({ rotationId, leaseId }: Lease): Promise<void> {
      await shared.query(RELEASE, [rotationId, leaseId]);
    },

    /** Tenants whose active key is older than the rotation, after that tenant, 200 at most. */
    listToRotate: ({ id, tenantId }: Rotation, after: string): Promise<KeyPlace[]> =>
      shared.query<KeyPlace>(LIST_TO_ROTATE, [id, tenantId, after]),
    /** Keys that stopped to seal so long ago; `tenantId` null: of all tenants. */
    listRetired: (tenantId: string | null, after: KeyPlace, ageMs: number): Promise<KeyPlace[]> =>
      shared.query<KeyPlace>(LIST_RETIRED, [tenantId, after.tenantId, after.keyId, ageMs]),
    /** Keys under another root key. */
    listToRewrap: (primary: string, after: KeyPlace): Promise<KeyPlace[]> =>
      shared.query<KeyPlace>(LIST_TO_REWRAP, [primary, after.tenantId, after.keyId]),
    async countToRewrap(primary: string): Promise<number> {
      const [row] = await shared.query<{ count: number }>(COUNT_TO_REWRAP, [primary]);
      return row?.count ?? 0;
    },
    /** Root keys that wrap private halves of any kind, and how many each. */
    listRootKeys: (): Promise<{ readonly kekId: string; readonly count: number }[]> =>
      shared.query(LIST_ROOT_KEYS, []),

    /** Tells operators which root keys custody holds. */
    async noteRootKeys(ids: readonly string[], primary: string): Promise<void> {
      await shared.query(FORGET_ROOT_KEYS, [ids]);
      await shared.query(NOTE_ROOT_KEYS, [ids, primary]);
    },

    /** From the commit on the new key seals in place of the other; false: the other does not seal any more. */
    addKey: (place: KeyPlace, made: NewTenantKey, lease: Lease): Promise<boolean> =>
      database.transact(place.tenantId, async (session) => {
        const { tenantId, keyId } = place;
        if ((await session.query(RETIRE_ACTIVE, [tenantId, keyId])).length === 0) return false;
        const { id, publicJwk, privateWrapped, kekId } = made;
        await session.query(INSERT_ACTIVE, [tenantId, id, JSON.stringify(publicJwk), privateWrapped, kekId]);
        const [row] = await session.query<{ count: number }>(COUNT_SEALED, [tenantId, id]);
        await renewIn(session, lease, { total: row?.count ?? 0 });
        const outcome = `success; in place of ${keyId}`;
        await record(session, 'sealing_key.rotated', [`sealing_key:${id}`], outcome, lease.rotationId);
        return true;
      }),

    /** What is sealed to the key, after that id. */
    listSealed: ({ tenantId, keyId }: KeyPlace, after: string, limit: number): Promise<SealedRow[]> =>
      database.session(tenantId).query<SealedRow>(LIST_SEALED, [tenantId, keyId, after, limit]),

    /** Answers how many were written: those that have not changed meanwhile. `lease` undefined: outside of a rotation. */
    reseal: (
      from: KeyPlace,
      to: SealingKey,
      rows: readonly ResealedRow[],
      lease: Lease | undefined,
      progress: RotationProgress,
    ): Promise<number> =>
      database.transact(from.tenantId, async (session) => {
        const resealed = await session.query<{ id: string }>(RESEAL, [
          from.tenantId,
          to.keyId,
          rows.map(({ id }) => id),
          rows.map(({ generation }) => generation),
          rows.map(({ sealed }) => sealed),
          rows.map((row) => row.resealed),
        ]);
        if (lease !== undefined) await renewIn(session, lease, { ...progress, done: resealed.length });
        const objects = resealed.map(({ id }) => `credential:${id}`);
        const outcome = `success; from key ${from.keyId} to ${to.keyId}`;
        await record(session, 'secret.resealed', objects, outcome, lease?.rotationId ?? 'upkeep');
        return resealed.length;
      }),

    /** False: the row changed meanwhile. */
    rewrap: (
      place: KeyPlace,
      row: TenantKeyRow,
      wrapped: string,
      kekId: string,
      lease: Lease,
    ): Promise<boolean> =>
      database.transact(place.tenantId, async (session) => {
        const values = [place.tenantId, place.keyId, wrapped, kekId, row.privateWrapped];
        if ((await session.query(REWRAP, values)).length === 0) return false;
        await renewIn(session, lease, { done: 1 });
        const outcome = `success; from root key ${row.kekId} to ${kekId}`;
        const about = [`sealing_key:${place.keyId}`];
        await record(session, 'sealing_key.rewrapped', about, outcome, lease.rotationId);
        return true;
      }),

    /** Waits for those that store keys at this moment. False: something is still sealed to it, or it is not retired. */
    destroy: ({ tenantId, keyId }: KeyPlace, requestId: string): Promise<boolean> =>
      database.transact(tenantId, async (session) => {
        if ((await session.query(LOCK_RETIRED, [tenantId, keyId])).length === 0) return false;
        const [row] = await session.query<{ isUsed: boolean }>(IS_USED, [tenantId, keyId]);
        if (row?.isUsed !== false) return false;
        await session.query(DESTROY, [tenantId, keyId]);
        await record(session, 'sealing_key.destroyed', [`sealing_key:${keyId}`], 'success', requestId);
        return true;
      }),
  };
};

export interface Lease {
  readonly rotationId: string;
  readonly leaseId: string;
}

export type KeyRotationStore = ReturnType<typeof createKeyRotationStore>;
