/** SQL of what proofs and uses of stored keys find: each answers what was stored before, for events. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { KeyRights } from '../../exchanges/exchange.ts';
import type { StoredCredential, ValidationStatus } from './stored-credential.ts';

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

/** What is stored of keys that are about to be found otherwise, read with their row held. */
export interface KeysBefore
  extends Pick<
    StoredCredential,
    'venueId' | 'canRead' | 'canTrade' | 'canWithdraw' | 'rightsSource' | 'validationStatus'
  > {
  /** Connected accounts that use the keys. */
  readonly accountIds: number[];
  /** Those of them that were locked because the exchange refused the keys, and are no more. */
  readonly unlockedIds: number[];
}

const MARK_VALIDATION = {
  name: 'credentials.mark-validation',
  text: `
    with before as (
      select venue, validation_status from credentials
       where tenant_id = $1 and id = $2 and shredded_at is null for update
    )
    update credentials c
       set validation_status = $3, validation_error = $4, last_validated_at = $5, last_used_at = $5
      from before
     where c.tenant_id = $1 and c.id = $2
    returning before.venue as "venueId", before.validation_status as "validationStatus"`,
};

const IS_KNOWN = "rights_source is not null and validation_status <> 'withdrawal_enabled'";

// Keys that worked just now. Only a check sees what they may do, so its word about that stays, and those that none has
// seen yet are checked next. Within a minute of the last use there is nothing new to write. Keys that were found otherwise
// before are left to MARK_RENEWED, which is to be told of.
const MARK_USED = {
  name: 'credentials.mark-used',
  text: `
    with due as (
      select id, ${IS_KNOWN} and validation_status <> 'valid' as is_renewed from credentials
       where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null
         and (last_used_at is null or last_used_at < $4::timestamptz - interval '1 minute'
              or validation_status not in ('valid', 'withdrawal_enabled'))
    ), used as (
      update credentials c
         set last_used_at = $4, last_validated_at = case when rights_source is null then last_validated_at else $4 end
        from due
       where c.tenant_id = $1 and c.id = $2 and not due.is_renewed
      returning c.id, c.rights_source
    ), checks as (
      update jobs j set due_at = least(j.due_at, $4) from used
       where j.tenant_id = $1 and j.kind = 'credential_check' and j.subject = used.id::text
         and used.rights_source is null
    )
    select is_renewed as "isRenewed" from due`,
};

const MARK_RENEWED = {
  name: 'credentials.mark-renewed',
  text: `
    update credentials
       set last_used_at = $4, last_validated_at = $4, validation_error = null, validation_status = 'valid'
     where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null
       and ${IS_KNOWN} and validation_status <> 'valid'
    returning venue as "venueId"`,
};

export const COLUMNS_BEFORE = `
  venue as "venueId", can_read as "canRead", can_trade as "canTrade", can_withdraw as "canWithdraw",
  rights_source as "rightsSource", validation_status as "validationStatus"`;

// What the venue refused before it accepts again, so a lock for invalid keys ends here.
const RECORD_PROOF = {
  name: 'credentials.record-proof',
  text: `
    with before as (
      select id, ${COLUMNS_BEFORE} from credentials
       where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null for update
    ), proven as (
      update credentials c
         set can_read = $4, can_trade = $5, can_withdraw = $6, ip_restricted = $7, rights_source = $8,
             key_expires_at = $9, validation_status = $10, validation_error = $11, is_active = is_active and $12,
             last_validated_at = $13, last_used_at = $13
        from before
       where c.tenant_id = $1 and c.id = before.id
    ), unlocked as (
      update accounts a
         set api_keys_state = $14, api_key_invalid = false,
             is_locked = a.is_locked and a.lock_reason is distinct from 'invalid_api_key',
             lock_reason = nullif(a.lock_reason, 'invalid_api_key'), updated_at = $13
        from before
       where a.tenant_id = $1 and a.credential_id = before.id and a.removed_at is null
         and (a.api_key_invalid or a.api_keys_state <> $14)
    )
    select before.*,
           array(select a.id from accounts a
                  where a.tenant_id = $1 and a.credential_id = before.id and a.removed_at is null and a.is_connected
                  order by a.id) as "accountIds",
           array(select a.id from accounts a
                  where a.tenant_id = $1 and a.credential_id = before.id and a.removed_at is null and a.is_connected
                    and a.is_locked and a.lock_reason = 'invalid_api_key' order by a.id) as "unlockedIds"
      from before`,
};

const MARK_ACCOUNTS = {
  name: 'credentials.mark-accounts',
  text: `
    update accounts
       set api_key_invalid = true, is_locked = true, lock_reason = 'invalid_api_key', updated_at = $3
     where tenant_id = $1 and credential_id = $2 and removed_at is null
       and not (api_key_invalid and is_locked and lock_reason is not distinct from 'invalid_api_key')
    returning id, is_connected as "isConnected"`,
};

export const createKeyProofStore = (session: TenantSession) => ({
  /** Answers what was stored before. */
  async markValidation(
    credentialId: string,
    found: { readonly status: ValidationStatus; readonly error: string; readonly at: string },
  ): Promise<Pick<KeysBefore, 'venueId' | 'validationStatus'> | undefined> {
    const { status, error, at } = found;
    const [row] = await session.query<Pick<KeysBefore, 'venueId' | 'validationStatus'>>(MARK_VALIDATION, [
      session.tenantId,
      credentialId,
      status,
      error,
      at,
    ]);
    return row;
  },

  /** Locks every account that uses the credential; answers the connected ones that were not locked for it already. */
  async markKeysInvalid(credentialId: string, at: string): Promise<number[]> {
    const rows = await session.query<{ id: number; isConnected: boolean }>(MARK_ACCOUNTS, [
      session.tenantId,
      credentialId,
      at,
    ]);
    return rows
      .filter(({ isConnected }) => isConnected)
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  },

  /** What a proof of the keys of that generation found; answers what was stored before. */
  async recordProof(
    credentialId: string,
    generation: number,
    proof: KeyProof,
  ): Promise<KeysBefore | undefined> {
    const { rights } = proof;
    const [before] = await session.query<KeysBefore>(RECORD_PROOF, [
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
    return before;
  },

  /** `at`: when the keys of that generation worked. true: they had been found otherwise, and `markRenewed` is due. */
  async markUsed(credentialId: string, generation: number, at: string): Promise<boolean> {
    const values = [session.tenantId, credentialId, generation, at];
    const [row] = await session.query<{ isRenewed: boolean }>(MARK_USED, values);
    return row?.isRenewed === true;
  },

  /** Notes that they work again, and answers their exchange; undefined: somebody else did meanwhile. */
  async markRenewed(credentialId: string, generation: number, at: string): Promise<string | undefined> {
    const values = [session.tenantId, credentialId, generation, at];
    const [row] = await session.query<{ venueId: string }>(MARK_RENEWED, values);
    return row?.venueId;
  },
});
