/** SQL of credentials. The sealed column is written and never read here: this role may not select it. */
import type { KeyRights } from '../../exchanges/exchange.ts';
import type { TenantSession } from '../../db/tenant-database.ts';

export interface NewCredential {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  readonly sealed: string;
  readonly sealingKeyId: string;
  readonly fingerprint: Buffer;
  /** First and last characters of the API key, for masking. */
  readonly keyPrefix: string;
  readonly keySuffix: string;
  readonly hasPassphrase: boolean;
  readonly rights: KeyRights;
  readonly validatedAt: string;
}

/** What the tenant has of one API key at one venue, and the tenant's rule for keys that can withdraw. */
export interface IntakeState {
  readonly withdrawalPolicy: 'refuse' | 'warn' | 'allow';
  readonly credentialId: string | null;
  readonly generation: number | null;
  /** Market codes of the live accounts that use this credential. */
  readonly connectedCodes: string[];
  /** Whether the key was replaced by another one on some credential of the venue. */
  readonly isSuperseded: boolean;
}

const INTAKE_STATE = {
  name: 'credentials.intake-state',
  text: `
    select t.withdrawal_policy as "withdrawalPolicy", c.id as "credentialId", c.generation,
           array(select a.market_code from accounts a
                  where a.tenant_id = $1 and a.credential_id = c.id and a.removed_at is null) as "connectedCodes",
           exists (select from superseded_keys s
                    where s.tenant_id = $1 and s.venue = $2 and s.fingerprint = $3) as "isSuperseded"
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
      is_active, validation_status, last_validated_at, last_used_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, true, 'valid', $17, $17)`,
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

const SHRED_UNUSED = {
  name: 'credentials.shred-unused',
  text: `
    update credentials c
       set sealed = null, shredded_at = $3, updated_at = $3, is_active = false
     where c.tenant_id = $1 and c.id = $2 and c.shredded_at is null
       and not exists (select from accounts a
                        where a.tenant_id = $1 and a.credential_id = $2 and a.removed_at is null)
    returning c.id`,
};

const MARK_VALIDATION = {
  name: 'credentials.mark-validation',
  text: `
    update credentials
       set validation_status = $3, last_validated_at = $4, last_used_at = $4, updated_at = $4
     where tenant_id = $1 and id = $2 and shredded_at is null`,
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
      rights.canRead,
      rights.canTrade,
      rights.canWithdraw,
      rights.ipRestricted,
      rights.source,
      rights.expiresAt,
      credential.validatedAt,
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

  /** Destroys the sealed keys when no live account uses them; answers whether it did. */
  async shredUnused(credentialId: string, at: string): Promise<boolean> {
    const rows = await session.query(SHRED_UNUSED, [session.tenantId, credentialId, at]);
    return rows.length > 0;
  },

  async markValidation(credentialId: string, status: 'valid' | 'invalid', at: string): Promise<void> {
    await session.query(MARK_VALIDATION, [session.tenantId, credentialId, status, at]);
  },
});
