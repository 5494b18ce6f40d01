/** SQL of credentials. The sealed column is written and never read here: this role may not select it. */
import type { KeyRights } from '../../exchanges/exchange.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { StoredCredential, ValidationStatus } from './stored-credential.ts';

export interface NewCredential
  extends Pick<
    StoredCredential,
    | 'exchangeName'
    | 'declaredPermissions'
    | 'ipWhitelist'
    | 'metadata'
    | 'validationStatus'
    | 'validationError'
  > {
  readonly id: string;
  /** Row id of the user that stores it; null: the whole tenant does. */
  readonly userId: string | null;
  readonly venueId: string;
  readonly name: string;
  /** Stays when the last account that uses it is removed. */
  readonly isKept: boolean;
  readonly sealed: string;
  readonly sealingKeyId: string;
  readonly fingerprint: Buffer;
  /** First and last characters of the API key, for masking. */
  readonly keyPrefix: string;
  readonly keySuffix: string;
  readonly hasPassphrase: boolean;
  /** null: the exchange could not be asked. */
  readonly rights: KeyRights | null;
  readonly at: string;
}

/** Of keys that came with an account, and of which nobody said anything else. */
export const CAME_WITH_ACCOUNT = {
  userId: null,
  isKept: false,
  exchangeName: null,
  declaredPermissions: [],
  ipWhitelist: [],
  metadata: {},
  validationStatus: 'valid',
  validationError: null,
} satisfies Partial<NewCredential>;

export interface KeyProof {
  readonly rights: KeyRights;
  readonly status: ValidationStatus;
  readonly error: string | null;
  /** Whether the keys are not to be used any more. */
  readonly isSwitchedOff: boolean;
  /** ok, expire_soon or expired; for the accounts that use the keys. */
  readonly apiKeysState: string;
  readonly at: string;
}

/** What the tenant has of one API key at one venue, and the tenant's rule for keys that can withdraw. */
export interface IntakeState {
  readonly withdrawalPolicy: 'refuse' | 'warn' | 'allow';
  readonly credentialId: string | null;
  readonly generation: number | null;
  /** Market codes of the live accounts that use this credential. */
  readonly connectedCodes: string[];
  /** Whether the credential is there and switched off. */
  readonly isSwitchedOff: boolean;
  /** Whether it is there, for the exchange's test network. */
  readonly isForTestnet: boolean;
  /** Whether the key was replaced by another one on some credential of the venue. */
  readonly isSuperseded: boolean;
  /** Whether a credential of the venue with this key was deleted. */
  readonly wasDeleted: boolean;
}

const INTAKE_STATE = {
  name: 'credentials.intake-state',
  text: `
    select t.withdrawal_policy as "withdrawalPolicy", c.id as "credentialId", c.generation,
           array(select a.market_code from accounts a
                  where a.tenant_id = $1 and a.credential_id = c.id and a.removed_at is null
                    and a.is_connected) as "connectedCodes",
           not coalesce(c.is_active, true) as "isSwitchedOff",
           coalesce(c.metadata @> '{"testnet": true}', false) as "isForTestnet",
           exists (select from superseded_keys s
                    where s.tenant_id = $1 and s.venue = $2 and s.fingerprint = $3) as "isSuperseded",
           exists (select from credentials d
                    where d.tenant_id = $1 and d.venue = $2 and d.fingerprint = $3
                      and d.shredded_at is not null) as "wasDeleted"
      from tenants t
      left join credentials c
        on c.tenant_id = t.id and c.tenant_id = $1 and c.venue = $2 and c.fingerprint = $3 and c.shredded_at is null
     where t.id = $1`,
};

const INSERT = {
  name: 'credentials.insert',
  text: `
    insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix,
      has_passphrase, can_read, can_trade, can_withdraw, ip_restricted, rights_source, key_expires_at,
      is_active, validation_status, validation_error, last_validated_at, last_used_at, created_at, updated_at,
      user_id, exchange_name, is_kept, declared_permissions, ip_whitelist, metadata)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, true, $17, $18, $20, $20, $19, $19,
      $21, $22, $23, $24, $25, $26)`,
};

const LOCK_LIVE = {
  name: 'credentials.lock-live',
  text: 'select id from credentials where tenant_id = $1 and id = $2 and shredded_at is null for update',
};

const LOCK_AT = {
  name: 'credentials.lock-at',
  text: `
    select id from credentials
     where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null for update`,
};

// Wallets that were kept for their balances go with the keys that they were read with.
const shred = (name: string, condition: string) => ({
  name,
  text: `
    with shredded as (
      update credentials c
         set sealed = null, shredded_at = $3, updated_at = $3, is_active = false
       where c.tenant_id = $1 and c.id = $2 and c.shredded_at is null ${condition}
         and not credential_is_used($1, $2)
      returning c.id
    ), wallets as (
      update accounts a set removed_at = $3, updated_at = $3 from shredded
       where a.tenant_id = $1 and a.credential_id = shredded.id and a.removed_at is null
    )
    select id from shredded`,
});

const SHRED = shred('credentials.shred', '');
const SHRED_UNUSED = shred('credentials.shred-unused', 'and not c.is_kept');

const MARK_VALIDATION = {
  name: 'credentials.mark-validation',
  text: `
    update credentials
       set validation_status = $3, validation_error = $4, last_validated_at = $5, last_used_at = $5
     where tenant_id = $1 and id = $2 and shredded_at is null`,
};

const IS_KNOWN = "rights_source is not null and validation_status <> 'withdrawal_enabled'";

// Keys that worked just now. Only a check sees what they may do, so its word about that stays, and those that none has
// seen yet are checked next. Within a minute of the last use there is nothing new to write.
const MARK_USED = {
  name: 'credentials.mark-used',
  text: `
    with used as (
      update credentials
         set last_used_at = $4, last_validated_at = case when rights_source is null then last_validated_at else $4 end,
             validation_error = case when ${IS_KNOWN} then null else validation_error end,
             validation_status = case when ${IS_KNOWN} then 'valid' else validation_status end
       where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null
         and (last_used_at is null or last_used_at < $4::timestamptz - interval '1 minute'
              or validation_status not in ('valid', 'withdrawal_enabled'))
      returning id, rights_source
    )
    update credential_checks k set due_at = least(k.due_at, $4) from used
     where k.tenant_id = $1 and k.credential_id = used.id and used.rights_source is null`,
};

// What the venue refused before it accepts again, so a lock for invalid keys ends here.
const RECORD_PROOF = {
  name: 'credentials.record-proof',
  text: `
    with proven as (
      update credentials
         set can_read = $4, can_trade = $5, can_withdraw = $6, ip_restricted = $7, rights_source = $8,
             key_expires_at = $9, validation_status = $10, validation_error = $11, is_active = is_active and $12,
             last_validated_at = $13, last_used_at = $13
       where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null
      returning id
    )
    update accounts a
       set api_keys_state = $14, api_key_invalid = false,
           is_locked = a.is_locked and a.lock_reason is distinct from 'invalid_api_key',
           lock_reason = nullif(a.lock_reason, 'invalid_api_key'), updated_at = $13
      from proven
     where a.tenant_id = $1 and a.credential_id = proven.id and a.removed_at is null
       and (a.api_key_invalid or a.api_keys_state <> $14)`,
};

const MARK_ACCOUNTS = {
  name: 'credentials.mark-accounts',
  text: `
    update accounts
       set api_key_invalid = true, is_locked = true, lock_reason = 'invalid_api_key', updated_at = $3
     where tenant_id = $1 and credential_id = $2 and removed_at is null`,
};

export const createCredentialStore = (session: TenantSession) => ({
  async intakeState(venueId: string, fingerprint: Buffer): Promise<IntakeState | undefined> {
    const [row] = await session.query<IntakeState>(INTAKE_STATE, [session.tenantId, venueId, fingerprint]);
    return row;
  },

  async insert(credential: NewCredential): Promise<void> {
    const { rights } = credential;
    await session.query(INSERT, [
      session.tenantId,
      credential.id,
      credential.venueId,
      credential.name,
      credential.sealed,
      credential.sealingKeyId,
      credential.fingerprint,
      credential.keyPrefix,
      credential.keySuffix,
      credential.hasPassphrase,
      rights?.canRead ?? null,
      rights?.canTrade ?? null,
      rights?.canWithdraw ?? null,
      rights?.ipRestricted ?? null,
      rights?.source ?? null,
      rights?.expiresAt ?? null,
      credential.validationStatus,
      credential.validationError,
      credential.at,
      rights === null ? null : credential.at,
      credential.userId,
      credential.exchangeName,
      credential.isKept,
      credential.declaredPermissions,
      credential.ipWhitelist,
      JSON.stringify(credential.metadata),
    ]);
  },

  /** Holds the row until the transaction ends; false: there is no such credential, or it is shredded. */
  async lockLive(credentialId: string): Promise<boolean> {
    const rows = await session.query(LOCK_LIVE, [session.tenantId, credentialId]);
    return rows.length > 0;
  },

  /** The same for keys that have not been replaced since that generation. */
  async lockAt(credentialId: string, generation: number): Promise<boolean> {
    const rows = await session.query(LOCK_AT, [session.tenantId, credentialId, generation]);
    return rows.length > 0;
  },

  /** Destroys the sealed keys; false: a connected account uses them, or there is no such credential. */
  async shred(credentialId: string, at: string): Promise<boolean> {
    const rows = await session.query(SHRED, [session.tenantId, credentialId, at]);
    return rows.length > 0;
  },

  /** The same for keys that came with an account and are not kept for themselves. */
  async shredUnused(credentialId: string, at: string): Promise<boolean> {
    const rows = await session.query(SHRED_UNUSED, [session.tenantId, credentialId, at]);
    return rows.length > 0;
  },

  async markValidation(
    credentialId: string,
    found: { readonly status: ValidationStatus; readonly error: string; readonly at: string },
  ): Promise<void> {
    const { status, error, at } = found;
    await session.query(MARK_VALIDATION, [session.tenantId, credentialId, status, error, at]);
  },

  /** Locks every account that uses the credential. */
  async markKeysInvalid(credentialId: string, at: string): Promise<void> {
    await session.query(MARK_ACCOUNTS, [session.tenantId, credentialId, at]);
  },

  /** What a proof of the keys of that generation found. */
  async recordProof(credentialId: string, generation: number, proof: KeyProof): Promise<void> {
    const { rights } = proof;
    await session.query(RECORD_PROOF, [
      session.tenantId,
      credentialId,
      generation,
      rights.canRead,
      rights.canTrade,
      rights.canWithdraw,
      rights.ipRestricted,
      rights.source,
      rights.expiresAt,
      proof.status,
      proof.error,
      !proof.isSwitchedOff,
      proof.at,
      proof.apiKeysState,
    ]);
  },

  /** `at`: when the keys of that generation worked. */
  async markUsed(credentialId: string, generation: number, at: string): Promise<void> {
    await session.query(MARK_USED, [session.tenantId, credentialId, generation, at]);
  },
});
