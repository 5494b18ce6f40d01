/** SQL of caller keys, and the look-up from a public key id to its tenant. */
import type { AccountMode, Scope } from '../../auth/actor.ts';
import type { SignatureAlgorithm } from '../../auth/caller-key.ts';
import type { Session, TenantSession } from '../../db/tenant-database.ts';

export interface CallerKeyRow {
  readonly id: string;
  readonly keyId: string;
  readonly userId: string | null;
  readonly userExternalId: string | null;
  readonly algorithm: SignatureAlgorithm;
  readonly profileFloor: 'legacy' | 'strict' | 'rfc9421';
  readonly secretJwe: string | null;
  readonly previousSecretJwe: string | null;
  readonly previousSecretExpiresAt: Date | null;
  readonly publicKey: string | null;
  readonly previousPublicKey: string | null;
  readonly scopes: Scope[];
  readonly allowedAccountIds: number[] | null;
  readonly ipAllowlist: string[];
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Without the end of an overlap that is over. */
  readonly tokensValidFrom: Date | null;
  readonly mode: AccountMode;
  readonly explained: boolean;
  readonly tenantStatus: 'active' | 'suspended' | 'deleted';
  readonly tenantPerMinute: number | null;
}

const FIND_TENANT = {
  name: 'caller-keys.find-tenant',
  text: 'select tenant_id as "tenantId" from caller_key_tenants where key_id = $1',
};

const SELECT = `
    select k.id, k.key_id as "keyId", k.user_id as "userId", u.external_id as "userExternalId", k.algorithm, k.profile_floor as "profileFloor",
           k.secret_jwe as "secretJwe",
           k.previous_secret_jwe as "previousSecretJwe", k.previous_secret_expires_at as "previousSecretExpiresAt",
           k.public_key as "publicKey", k.previous_public_key as "previousPublicKey", k.scopes,
           k.allowed_account_ids as "allowedAccountIds", k.ip_allowlist::text[] as "ipAllowlist", k.not_before as "notBefore",
           k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.tokens_valid_from as "tokensValidFrom", k.mode, k.explained, t.status as "tenantStatus",
           t.requests_per_minute as "tenantPerMinute"
      from caller_keys k
      join tenants t on t.id = k.tenant_id
      left join users u on u.tenant_id = $1 and u.id = k.user_id
     where k.tenant_id = $1`;

const FIND = { name: 'caller-keys.find', text: `${SELECT} and k.key_id = $2` };

const FIND_BY_NAME = {
  name: 'caller-keys.find-by-name',
  text: `${SELECT} and k.name = $2 and k.revoked_at is null order by k.created_at limit 1`,
};

// A trigger tells every process of the change.
const CHANGE_MODE = {
  name: 'caller-keys.change-mode',
  text: `
    update caller_keys set mode = $3, updated_at = $4
     where tenant_id = $1 and id = $2 and mode <> $3 returning id`,
};

const NOTE_USE = {
  name: 'caller-keys.note-use',
  text: `
    update caller_keys set last_used_at = $3
     where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at <= $4)`,
};

/** The tenant that a public key id belongs to; the only query of a request that runs before its tenant is known. */
export const findTenantOfKey = async (shared: Session, keyId: string): Promise<string | undefined> => {
  const [row] = await shared.query<{ tenantId: string }>(FIND_TENANT, [keyId]);
  return row?.tenantId;
};

export const createCallerKeyStore = (session: TenantSession) => ({
  async find(keyId: string): Promise<CallerKeyRow | undefined> {
    const [row] = await session.query<CallerKeyRow>(FIND, [session.tenantId, keyId]);
    return row;
  },

  /** The oldest live key of that name. */
  async findByName(name: string): Promise<CallerKeyRow | undefined> {
    const [row] = await session.query<CallerKeyRow>(FIND_BY_NAME, [session.tenantId, name]);
    return row;
  },

  /** Answers whether it was another one before. */
  async changeMode(id: string, mode: AccountMode, at: string): Promise<boolean> {
    const rows = await session.query(CHANGE_MODE, [session.tenantId, id, mode, at]);
    return rows.length > 0;
  },

  /** Unless a use after `since` is noted. */
  async noteUse(id: string, at: Date, since: Date): Promise<void> {
    await session.query(NOTE_USE, [session.tenantId, id, at, since]);
  },
});
