/** SQL of what operators see of sealing keys, and of the work on them that custody does; no key is among it. */
import type { Session } from '../../db/tenant-database.ts';

export type RotationKind = 'rotate' | 'rewrap' | 'retire';

export interface KeyRotation {
  readonly id: string;
  readonly kind: RotationKind;
  /** null: of all tenants. */
  readonly tenantId: string | null;
  readonly keyId: string | null;
  readonly state: 'running' | 'done' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly problem: string | null;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Whether a custody process works on it, as far as its lease tells. */
  readonly isWorkedOn: boolean;
}

export interface RootKeyUse {
  readonly kekId: string;
  /** Whether custody wraps new keys by it. */
  readonly isPrimary: boolean;
  /** Whether custody was started with it. */
  readonly isHeld: boolean;
  /** How many sealing keys of tenants it wraps. */
  readonly count: number;
}

export interface SealingKeyRow {
  readonly tenantId: string;
  readonly keyId: string;
  readonly kekId: string;
  readonly state: 'active' | 'retired' | 'destroyed';
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

const ROTATION_COLUMNS = `id, kind, tenant_id as "tenantId", key_id as "keyId", state, done, total, failed, problem,
  started_by as "startedBy", started_at as "startedAt", finished_at as "finishedAt",
  coalesce(lease_until > now(), false) as "isWorkedOn"`;

const LATEST = {
  name: 'sealing-keys.latest-rotation',
  text: `select ${ROTATION_COLUMNS} from key_rotations order by started_at desc limit 1`,
};
const FIND = {
  name: 'sealing-keys.find-rotation',
  text: `select ${ROTATION_COLUMNS} from key_rotations where id = $1`,
};
const START = {
  name: 'sealing-keys.start-rotation',
  text: `
    insert into key_rotations (kind, tenant_id, key_id, started_by) values ($1, $2, $3, $4)
    returning ${ROTATION_COLUMNS}`,
};
const COUNT_STATES = {
  name: 'sealing-keys.count-states',
  text: 'select state, count(*)::int as count from sealing_key_index group by state',
};
const COUNT_ROOTS = {
  name: 'sealing-keys.count-roots',
  text: `
    with used as (
      select kek_id, count(*)::int as count from sealing_key_index where state <> 'destroyed' group by kek_id
    )
    select coalesce(r.kek_id, u.kek_id) as "kekId", coalesce(r.is_primary, false) as "isPrimary",
           r.kek_id is not null as "isHeld", coalesce(u.count, 0) as count
      from root_keys r full join used u on u.kek_id = r.kek_id order by 2 desc, 1`,
};
const FIND_KEY = {
  name: 'sealing-keys.find-key',
  text: `
    select tenant_id as "tenantId", key_id as "keyId", kek_id as "kekId", state, created_at as "createdAt",
           retired_at as "retiredAt"
      from sealing_key_index where key_id = $1`,
};
const HAS_KEY = {
  name: 'sealing-keys.has-key',
  text: `select key_id from sealing_key_index where tenant_id = $1 and state = 'active'`,
};
const LIST_RETIRED = {
  name: 'sealing-keys.list-retired',
  text: `
    select tenant_id as "tenantId", key_id as "keyId", kek_id as "kekId", state, created_at as "createdAt",
           retired_at as "retiredAt"
      from sealing_key_index where state = 'retired' order by tenant_id, key_id limit 100`,
};

/** `session` is of the admin API's role, or of the owner; the tables belong to no tenant. */
export const createSealingKeyStore = (session: Session) => ({
  async findLatest(): Promise<KeyRotation | undefined> {
    const [row] = await session.query<KeyRotation>(LATEST, []);
    return row;
  },
  async findRotation(id: string): Promise<KeyRotation | undefined> {
    const [row] = await session.query<KeyRotation>(FIND, [id]);
    return row;
  },
  /** One that runs already violates key_rotations_one_at_a_time. */
  async start(
    kind: RotationKind,
    tenantId: string | null,
    keyId: string | null,
    by: string,
  ): Promise<KeyRotation> {
    const [row] = await session.query<KeyRotation>(START, [kind, tenantId, keyId, by]);
    if (row === undefined) throw new Error('the rotation was not stored');
    return row;
  },
  async countStates(): Promise<ReadonlyMap<string, number>> {
    const rows = await session.query<{ state: string; count: number }>(COUNT_STATES, []);
    return new Map(rows.map(({ state, count }) => [state, count]));
  },
  /** The primary one first. */
  countRoots: (): Promise<RootKeyUse[]> => session.query<RootKeyUse>(COUNT_ROOTS, []),
  async findKey(keyId: string): Promise<SealingKeyRow | undefined> {
    const [row] = await session.query<SealingKeyRow>(FIND_KEY, [keyId]);
    return row;
  },
  async hasKey(tenantId: string): Promise<boolean> {
    return (await session.query(HAS_KEY, [tenantId])).length > 0;
  },
  /** Those that do not seal any more and are not destroyed yet, 100 at most. */
  listRetired: (): Promise<SealingKeyRow[]> => session.query<SealingKeyRow>(LIST_RETIRED, []),
});
