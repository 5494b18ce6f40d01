/** SQL of caller keys as those see them who manage them; no statement here answers a secret. */
import type { AccountMode, Scope } from '../../auth/actor.ts';
import type { SignatureAlgorithm } from '../../auth/caller-key.ts';
import type { Profile } from '../../auth/profile.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { ManagedKey } from './managed-key.ts';

export interface NewCallerKey {
  readonly id: string;
  readonly keyId: string;
  readonly userId: string | null;
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  readonly profileFloor: Profile;
  readonly secretJwe: string | null;
  readonly publicKey: string | null;
  readonly scopes: readonly Scope[];
  readonly ipAllowlist: readonly string[];
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly allowedAccountIds: readonly number[] | null;
  readonly mode: AccountMode;
  readonly explained: boolean;
  /** null: now, as the database has it. */
  readonly at: string | null;
}

const COLUMNS = `k.id, k.key_id as "keyId", k.name, k.algorithm, k.profile_floor as "profileFloor", k.scopes,
  k.ip_allowlist::text[] as "ipAllowlist", k.not_before as "notBefore", k.expires_at as "expiresAt",
  k.revoked_at as "revokedAt", k.allowed_account_ids as "allowedAccountIds", k.mode, k.explained, k.public_key as "publicKey",
  (select u.external_id from users u where u.tenant_id = $1 and u.id = k.user_id) as "userExternalId",
  k.previous_secret_expires_at as "previousEndsAt", k.last_used_at as "lastUsedAt",
  k.created_at as "createdAt", k.updated_at as "updatedAt"`;

const LIST = {
  name: 'caller-keys.list',
  text: `
    select ${COLUMNS} from caller_keys k
     where k.tenant_id = $1 and ($2 or k.revoked_at is null)
     order by k.created_at, k.id limit $3 offset $4`,
};

const COUNT = {
  name: 'caller-keys.count',
  text: 'select count(*) as total from caller_keys where tenant_id = $1 and ($2 or revoked_at is null)',
};

const FIND = {
  name: 'caller-keys.find-managed',
  text: `select ${COLUMNS} from caller_keys k where k.tenant_id = $1 and k.id = $2`,
};

const LOCK = {
  name: 'caller-keys.lock',
  text: `select ${COLUMNS} from caller_keys k where k.tenant_id = $1 and k.id = $2 for update of k`,
};

// In order, so that two who change keys wait for each other instead of locking each other out.
const LOCK_MANAGERS = {
  name: 'caller-keys.lock-managers',
  text: `
    select id from caller_keys
     where tenant_id = $1 and revoked_at is null and 'KEYS_WRITE' = any (scopes) order by id for update`,
};

const HAS_MANAGER = {
  name: 'caller-keys.has-manager',
  text: `
    select id from caller_keys
     where tenant_id = $1 and revoked_at is null and 'KEYS_WRITE' = any (scopes)
       and (not_before is null or not_before <= $2) and (expires_at is null or expires_at > $2) limit 1`,
};

// The addresses of a network with a host's part are those of the network.
const NETWORKS = (parameter: string): string =>
  `array(select network(a::inet) from unnest(${parameter}::text[]) with ordinality as r (a, n) order by n)`;

// A trigger keeps caller_key_tenants, the look-up from key id to tenant, true.
const INSERT = {
  name: 'caller-keys.insert',
  text: `
    insert into caller_keys as k (tenant_id, id, key_id, user_id, name, algorithm, profile_floor, secret_jwe,
      public_key, scopes, ip_allowlist, not_before, expires_at, allowed_account_ids, mode, explained, created_at,
      updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${NETWORKS('$11')}, $12, $13, $14, $15, $16,
      coalesce($17, now()), coalesce($17, now()))
    returning ${COLUMNS}`,
};

// A trigger tells every process of a change.
const UPDATE = {
  name: 'caller-keys.update',
  text: `
    update caller_keys k
       set name = $3, profile_floor = $4, scopes = $5, ip_allowlist = ${NETWORKS('$6')}, not_before = $7,
           expires_at = $8, allowed_account_ids = $9, mode = $10, explained = $11, updated_at = $12
     where k.tenant_id = $1 and k.id = $2
    returning ${COLUMNS}`,
};

// The secret before the last one ends here, whatever is left of its time, and with each secret its tokens do.
const ROTATE = {
  name: 'caller-keys.rotate',
  text: `
    update caller_keys k
       set previous_secret_jwe = case when $5::timestamptz is null then null else k.secret_jwe end,
           previous_public_key = case when $5::timestamptz is null then null else k.public_key end,
           previous_secret_expires_at = $5, secret_jwe = $3, public_key = $4, updated_at = $6,
           tokens_valid_from = case
             when $5::timestamptz is null or k.previous_secret_expires_at > $6::timestamptz then $6::timestamptz
             else greatest(k.tokens_valid_from, k.previous_secret_expires_at) end
     where k.tenant_id = $1 and k.id = $2
    returning ${COLUMNS}`,
};

const REVOKE = {
  name: 'caller-keys.revoke',
  text: `
    update caller_keys k set revoked_at = $3, updated_at = $3
     where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null returning k.key_id as "keyId"`,
};

const COUNT_ACCOUNTS = {
  name: 'caller-keys.count-accounts',
  text: 'select count(*) as total from accounts where tenant_id = $1 and id = any ($2::bigint[]) and removed_at is null',
};

const ENSURE_USER = {
  name: 'caller-keys.ensure-user',
  text: `
    insert into users (tenant_id, id, external_id) values ($1, $2, $3)
    on conflict (tenant_id, external_id) do nothing`,
};

const FIND_USER = {
  name: 'caller-keys.find-user',
  text: 'select id from users where tenant_id = $1 and external_id = $2',
};

export const createManagedKeyStore = (session: TenantSession) => {
  const { tenantId } = session;
  const first = async (
    statement: typeof FIND,
    values: readonly unknown[],
  ): Promise<ManagedKey | undefined> => {
    const [row] = await session.query<ManagedKey>(statement, [tenantId, ...values]);
    return row;
  };
  const written = async (statement: typeof FIND, values: readonly unknown[]): Promise<ManagedKey> => {
    const row = await first(statement, values);
    if (row === undefined) throw new Error(`${statement.name} returned no row`);
    return row;
  };

  return {
    /** Oldest first. */
    list(page: {
      readonly withRevoked: boolean;
      readonly limit: number;
      readonly offset: number;
    }): Promise<ManagedKey[]> {
      return session.query<ManagedKey>(LIST, [tenantId, page.withRevoked, page.limit, page.offset]);
    },

    async count(withRevoked: boolean): Promise<number> {
      const [row] = await session.query<{ total: number }>(COUNT, [tenantId, withRevoked]);
      return row?.total ?? 0;
    },

    find: (id: string) => first(FIND, [id]),

    /** Holds the key's row until the transaction ends. */
    lock: (id: string) => first(LOCK, [id]),

    /** Ids of the live keys that may change keys; holds their rows, so that one change comes after the other. */
    async lockManagers(): Promise<string[]> {
      const rows = await session.query<{ id: string }>(LOCK_MANAGERS, [tenantId]);
      return rows.map(({ id }) => id);
    },

    /** Whether some key can change keys at that moment. */
    async hasManager(at: string): Promise<boolean> {
      return (await session.query(HAS_MANAGER, [tenantId, at])).length > 0;
    },

    insert: (key: NewCallerKey) =>
      written(INSERT, [
        key.id,
        key.keyId,
        key.userId,
        key.name,
        key.algorithm,
        key.profileFloor,
        key.secretJwe,
        key.publicKey,
        key.scopes,
        key.ipAllowlist,
        key.notBefore,
        key.expiresAt,
        key.allowedAccountIds,
        key.mode,
        key.explained,
        key.at,
      ]),

    update: (key: ManagedKey, at: string) =>
      written(UPDATE, [
        key.id,
        key.name,
        key.profileFloor,
        key.scopes,
        key.ipAllowlist,
        key.notBefore,
        key.expiresAt,
        key.allowedAccountIds,
        key.mode,
        key.explained,
        at,
      ]),

    /** `previousEndsAt` null: what was used before ends at once. */
    rotate: (
      id: string,
      next: {
        readonly secretJwe: string | null;
        readonly publicKey: string | null;
        readonly previousEndsAt: Date | null;
        readonly at: string;
      },
    ) => written(ROTATE, [id, next.secretJwe, next.publicKey, next.previousEndsAt, next.at]),

    /** Answers whether it was alive before. */
    async revoke(id: string, at: string): Promise<boolean> {
      return (await session.query(REVOKE, [tenantId, id, at])).length > 0;
    },

    /** Whether all of them are accounts that the session reaches. */
    async hasAccounts(ids: readonly number[]): Promise<boolean> {
      const [row] = await session.query<{ total: number }>(COUNT_ACCOUNTS, [tenantId, ids]);
      return row?.total === ids.length;
    },

    /** The row id of the tenant's user of that id, which is made when it is missing; `newId` becomes it then. */
    async ensureUser(newId: string, externalId: string): Promise<string> {
      await session.query(ENSURE_USER, [tenantId, newId, externalId]);
      const [row] = await session.query<{ id: string }>(FIND_USER, [tenantId, externalId]);
      if (row === undefined) throw new Error('the user was not found again');
      return row.id;
    },
  };
};
