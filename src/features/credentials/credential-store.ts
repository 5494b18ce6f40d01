/** SQL of credentials. The sealed column is written and never read here: this role may not select it. */
import type { KeyRights } from '../../exchanges/exchange.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { StoredCredential } from './stored-credential.ts';

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
      returning c.id, c.venue
    ), wallets as (
      update accounts a set removed_at = $3, updated_at = $3 from shredded
       where a.tenant_id = $1 and a.credential_id = shredded.id and a.removed_at is null
    )
    select venue as "venueId" from shredded`,
});

const SHRED = shred('credentials.shred', '');
const SHRED_UNUSED = shred('credentials.shred-unused', 'and not c.is_kept');

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

  /**
   * Destroys the sealed keys and answers which exchange's they were; undefined: a connected account uses them, or there is
   * no such credential.
   */
  async shred(credentialId: string, at: string): Promise<string | undefined> {
    const [row] = await session.query<{ venueId: string }>(SHRED, [session.tenantId, credentialId, at]);
    return row?.venueId;
  },

  /** The same for keys that came with an account and are not kept for themselves. */
  async shredUnused(credentialId: string, at: string): Promise<string | undefined> {
    const [row] = await session.query<{ venueId: string }>(SHRED_UNUSED, [
      session.tenantId,
      credentialId,
      at,
    ]);
    return row?.venueId;
  },
});
