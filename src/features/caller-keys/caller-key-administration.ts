/** Use cases on the caller keys of a tenant, for callers whose key may manage keys, and for operators. */
import { randomUUID } from 'node:crypto';
import type { AccountMode, Actor, Scope } from '../../auth/actor.ts';
import type { FindCallerKey, SignatureAlgorithm } from '../../auth/caller-key.ts';
import type { Profile } from '../../auth/profile.ts';
import type { KeyMaterial } from '../../auth/registered-key.ts';
import type { RefuseReplay } from '../../auth/replay-guard.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { makeKeyId } from './caller-key-issuer.ts';
import { makeKeyProof } from './caller-key-proof.ts';
import {
  createCallerAuthority,
  createOperatorAuthority,
  type KeyAuthority,
  type KeyManager,
  type KeyOperator,
} from './key-authority.ts';
import { checkFloor, checkSpan, refuseExcess, refuseStronger } from './caller-key-rules.ts';
import { higherProfile, leastProfile, type ManagedKey, type Powers } from './managed-key.ts';
import { type KeyRecord, recordKeyChange } from './key-record.ts';
import { createManagedKeyStore } from './managed-key-store.ts';

interface Asked {
  /** When the caller says that it asks, milliseconds since the epoch; needed of a request that could be a replay. */
  readonly askedAt: number | undefined;
}

export interface KeyIntake extends Asked {
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  /** For every algorithm but HMAC. */
  readonly publicKey: KeyMaterial | null;
  readonly scopes: readonly Scope[];
  /** undefined here and below: as the key that signs. */
  readonly profileFloor: Profile | undefined;
  readonly ipAllowlist: readonly string[] | undefined;
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null | undefined;
  readonly allowedAccountIds: readonly number[] | null | undefined;
  readonly userId: string | null | undefined;
  readonly mode: AccountMode;
  readonly explained: boolean;
}

/** What is undefined stays as it is. */
export interface KeyChange extends Asked {
  readonly name?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  readonly profileFloor?: Profile | undefined;
  readonly ipAllowlist?: readonly string[] | undefined;
  readonly notBefore?: Date | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly allowedAccountIds?: readonly number[] | null | undefined;
  readonly mode?: AccountMode | undefined;
  readonly explained?: boolean | undefined;
}

export interface Rotation extends Asked {
  /** How long what was used before works on; 0: it ends at once. */
  readonly overlapMs: number;
  readonly publicKey: KeyMaterial | null;
}

/** `secret`, of an HMAC key, is told this once; null for a registered public key. */
export interface IssuedKey {
  readonly key: ManagedKey;
  readonly secret: string | null;
}

export interface KeyPage {
  readonly keys: readonly ManagedKey[];
  /** Of all pages. */
  readonly total: number;
}

/**
 * All but reading throw access_denied for what goes beyond the actor's own key, and for an access token; what a replay
 * would harm is refused as RefuseReplay says.
 */
export interface CallerKeyAdministration<Manager extends KeyManager = Actor> {
  /** Oldest first. */
  list(
    manager: Manager,
    page: { readonly withRevoked: boolean; readonly limit: number; readonly offset: number },
  ): Promise<KeyPage>;
  get(manager: Manager, id: string): Promise<ManagedKey>;
  create(manager: Manager, intake: KeyIntake): Promise<IssuedKey>;
  /** Throws conflict for a revoked key, and when no key could manage keys afterwards. */
  update(manager: Manager, id: string, change: KeyChange): Promise<ManagedKey>;
  /** Ends an overlap that still runs. Throws conflict for a revoked key. */
  rotate(manager: Manager, id: string, rotation: Rotation): Promise<IssuedKey>;
  /** Idempotent. Throws conflict when no key could manage keys afterwards. */
  revoke(manager: Manager, id: string): Promise<void>;
}

export interface KeyAdministrationDeps {
  readonly database: TenantDatabase;
  /** The gateway's key, 32 bytes. */
  readonly gatewayKek: Buffer;
  /** Drops what this process keeps of a key; the others hear of a change by NOTIFY. */
  readonly forgetCallerKey: (keyId: string) => void;
  readonly clock: Clock;
}

export interface CallerKeyAdministrationDeps extends KeyAdministrationDeps {
  readonly findCallerKey: FindCallerKey;
  readonly refuseReplay: RefuseReplay;
}

/** A key never grants what it lacks. */
export const createCallerKeyAdministration = (deps: CallerKeyAdministrationDeps): CallerKeyAdministration =>
  createAdministration(deps, createCallerAuthority(deps));

/** All but creating throw not_found also for a tenant that is not there; replays are the business of who lets operators in. */
export const createOperatorKeyAdministration = (
  deps: KeyAdministrationDeps,
): CallerKeyAdministration<KeyOperator> => createAdministration(deps, createOperatorAuthority());

const createAdministration = <Manager extends KeyManager>(
  deps: KeyAdministrationDeps,
  authority: KeyAuthority<Manager>,
): CallerKeyAdministration<Manager> => {
  const { database, clock } = deps;
  const keysOf = ({ tenantId }: Manager) => createManagedKeyStore(database.session(tenantId));
  const now = (): string => new Date(clock.now()).toISOString();

  return {
    async list(manager, page) {
      const store = keysOf(manager);
      const [keys, total] = await Promise.all([store.list(page), store.count(page.withRevoked)]);
      return { keys, total };
    },

    async get(manager, id) {
      return found(UUID.test(id) ? await keysOf(manager).find(id) : undefined);
    },

    async create(manager, intake) {
      const own = await authority.powersOf(manager);
      await authority.refuseReplay(manager, intake.askedAt, 'key.create');
      const id = randomUUID();
      const { algorithm } = intake;
      const least = higherProfile(leastProfile(algorithm), own.profileFloor);
      const wanted: Powers = {
        scopes: [...new Set(intake.scopes)],
        profileFloor: checkFloor(algorithm, intake.profileFloor ?? least),
        expiresAt: intake.expiresAt === undefined ? own.expiresAt : intake.expiresAt,
        allowedAccountIds: distinct(
          intake.allowedAccountIds === undefined ? own.allowedAccountIds : intake.allowedAccountIds,
        ),
      };
      const userExternalId = intake.userId === undefined ? own.userExternalId : intake.userId;
      checkSpan({ ...wanted, notBefore: intake.notBefore });
      refuseExcess(own, wanted);
      // Before the transaction: no cryptography while rows are held.
      const proof = await makeKeyProof(deps.gatewayKek, placeOf(manager, id), algorithm, intake.publicKey);
      const ipAllowlist = intake.ipAllowlist ?? own.ipAllowlist;
      return await change(manager, async (session) => {
        const store = createManagedKeyStore(session);
        await checkAccounts(store, wanted.allowedAccountIds);
        const key = await store.insert({
          ...intake,
          ...wanted,
          ...proof.stored,
          ipAllowlist,
          id,
          keyId: makeKeyId(),
          userId: userExternalId === null ? null : await store.ensureUser(randomUUID(), userExternalId),
          at: now(),
        });
        return { result: { key, secret: proof.secret }, changed: key, action: 'key.created' };
      });
    },

    async update(manager, id, { askedAt, ...wanted }) {
      const own = await authority.powersOf(manager);
      assertId(id);
      await authority.refuseReplay(manager, askedAt, `key.update ${id}`);
      return await change(manager, async (session) => {
        const store = createManagedKeyStore(session);
        const before = await lockLive(store, own, id);
        const after: ManagedKey = {
          ...before,
          ...definedOf(wanted),
          scopes: [...new Set(wanted.scopes ?? before.scopes)],
          allowedAccountIds: distinct(
            wanted.allowedAccountIds === undefined ? before.allowedAccountIds : wanted.allowedAccountIds,
          ),
        };
        checkFloor(before.algorithm, after.profileFloor);
        checkSpan(after);
        refuseExcess(own, after);
        if (wanted.allowedAccountIds !== undefined) await checkAccounts(store, after.allowedAccountIds);
        const key = await store.update(after, now());
        await keepManager(store);
        return { result: key, changed: key, action: 'key.updated' };
      });
    },

    async rotate(manager, id, { overlapMs, publicKey, askedAt }) {
      const own = await authority.powersOf(manager);
      assertId(id);
      await authority.refuseReplay(manager, askedAt, `key.rotate ${id}`);
      const { algorithm } = await this.get(manager, id);
      const proof = await makeKeyProof(deps.gatewayKek, placeOf(manager, id), algorithm, publicKey);
      return await change(manager, async (session) => {
        const store = createManagedKeyStore(session);
        await lockLive(store, own, id);
        const previousEndsAt = overlapMs === 0 ? null : new Date(clock.now() + overlapMs);
        const key = await store.rotate(id, { ...proof.stored, previousEndsAt, at: now() });
        return { result: { key, secret: proof.secret }, changed: key, action: 'key.rotated' };
      });
    },

    async revoke(manager, id) {
      const own = await authority.powersOf(manager);
      await change(manager, async (session) => {
        const store = createManagedKeyStore(session);
        const key = found(UUID.test(id) ? await store.lock(id) : undefined);
        refuseStronger(own, key);
        if (!(await store.revoke(id, now()))) return { result: undefined };
        await keepManager(store);
        return { result: undefined, changed: key, action: 'key.revoked' };
      });
    },
  };

  async function keepManager(store: Store): Promise<void> {
    if (authority.keepsManager && !(await store.hasManager(now()))) throw lastManager();
  }

  async function change<T>(
    manager: Manager,
    work: (session: TenantSession) => Promise<Changed<T>>,
  ): Promise<T> {
    const { result, changed } = await database.transact(manager.tenantId, async (session) => {
      // Changes of keys come one after the other.
      const managers = await createManagedKeyStore(session).lockManagers();
      await authority.admit(session, manager, managers);
      const done = await work(session);
      if (done.action !== undefined)
        await recordKeyChange(session, {
          type: done.action,
          keyId: done.changed.id,
          actor: authority.actorOf(manager),
          requestId: manager.requestId,
        });
      return done;
    });
    if (changed !== undefined) database.afterCommit(() => deps.forgetCallerKey(changed.keyId));
    return result;
  }
};

const placeOf = ({ tenantId }: KeyManager, id: string) => ({ tenantId, callerKeyId: id });

type Changed<T> =
  | { readonly result: T; readonly changed: ManagedKey; readonly action: KeyRecord['type'] }
  | { readonly result: T; readonly changed?: undefined; readonly action?: undefined };

type Store = ReturnType<typeof createManagedKeyStore>;

const lockLive = async (store: Store, own: Powers, id: string): Promise<ManagedKey> => {
  const key = found(await store.lock(id));
  refuseStronger(own, key);
  if (key.revokedAt !== null) throw new AppError('conflict', 'The key is revoked');
  return key;
};

/** Also an account that another tenant has is one that is not there. */
const checkAccounts = async (store: Store, ids: readonly number[] | null): Promise<void> => {
  if (ids !== null && !(await store.hasAccounts(ids)))
    throw new AppError('not_found', 'allowed_account_ids names an account that does not exist');
};

const distinct = (ids: readonly number[] | null): readonly number[] | null =>
  ids === null ? null : [...new Set(ids)];

/** Without what is undefined, which would stand above what is there. */
const definedOf = (change: Omit<KeyChange, 'askedAt'>): Partial<ManagedKey> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Before it is noted: a path may be longer than all that is kept of other requests. */
const assertId = (id: string): void => {
  if (!UUID.test(id)) throw notFound();
};

const notFound = (): AppError => new AppError('not_found', 'Not Found');

const found = (key: ManagedKey | undefined): ManagedKey => {
  if (key === undefined) throw notFound();
  return key;
};

const lastManager = (): AppError =>
  new AppError(
    'conflict',
    'No key of the tenant could manage keys any more; give another one KEYS_WRITE first',
  );
