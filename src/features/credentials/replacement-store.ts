/** SQL of replacing the keys of a credential. The sealed column is written and never read here. */
import type { KeyRights } from '../../exchanges/exchange.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { IntakeState } from './credential-store.ts';
import { COLUMNS_BEFORE, type KeysBefore } from './key-proof-store.ts';

/** What must be known before the keys of a credential are replaced by others. */
export interface ReplacementState extends Pick<IntakeState, 'withdrawalPolicy' | 'isSuperseded'> {
  readonly venueId: string;
  readonly generation: number;
  /** Whether the keys that are stored are for the exchange's test network. */
  readonly isForTestnet: boolean;
  /** Another live credential of the tenant with the new key; null: none has it. */
  readonly elsewhereId: string | null;
  /** Live wallets of the credential, connected accounts and others, and their market codes in the same order. */
  readonly accountIds: number[];
  readonly marketCodes: string[];
  /** Of the connected ones. */
  readonly connectedCodes: string[];
  /** Whether connected accounts use the credential that the session does not reach. */
  readonly servesOthers: boolean;
}

export interface Replacement {
  readonly credentialId: string;
  /** Of the keys that are replaced. */
  readonly generation: number;
  /** Opens at the next generation only. */
  readonly sealed: string;
  readonly sealingKeyId: string;
  readonly fingerprint: Buffer;
  readonly keyPrefix: string;
  readonly keySuffix: string;
  readonly hasPassphrase: boolean;
  readonly rights: KeyRights;
  readonly at: string;
}

const STATE = {
  name: 'credentials.replacement-state',
  text: `
    select t.withdrawal_policy as "withdrawalPolicy", c.venue as "venueId", c.generation,
           exists (select from superseded_keys s
                    where s.tenant_id = $1 and s.venue = c.venue and s.fingerprint = $3) as "isSuperseded",
           coalesce(c.metadata @> '{"testnet": true}', false) as "isForTestnet",
           (select o.id from credentials o
             where o.tenant_id = $1 and o.venue = c.venue and o.fingerprint = $3 and o.id <> c.id
               and o.shredded_at is null) as "elsewhereId",
           array(select a.id from accounts a
                  where a.tenant_id = $1 and a.credential_id = $2 and a.removed_at is null
                  order by a.id) as "accountIds",
           array(select a.market_code from accounts a
                  where a.tenant_id = $1 and a.credential_id = $2 and a.removed_at is null
                  order by a.id) as "marketCodes",
           array(select a.market_code from accounts a
                  where a.tenant_id = $1 and a.credential_id = $2 and a.removed_at is null and a.is_connected
                  order by a.id) as "connectedCodes",
           credential_serves_others($1, $2) as "servesOthers"
      from credentials c
      join tenants t on t.id = $1
     where c.tenant_id = $1 and c.id = $2 and c.shredded_at is null`,
};

// The replaced key is remembered in the same statement; the same key with another secret is no replaced one.
const REPLACE = {
  name: 'credentials.replace',
  text: `
    with before as (
      select venue, fingerprint, ${COLUMNS_BEFORE} from credentials
       where tenant_id = $1 and id = $2 and generation = $3 and shredded_at is null for update
    ), remembered as (
      insert into superseded_keys (tenant_id, venue, fingerprint, credential_id, replaced_at)
      select $1, before.venue, before.fingerprint, $2, $16 from before where before.fingerprint <> $6
      on conflict do nothing
    )
    update credentials c
       set sealed = $4, tenant_key_id = $5, fingerprint = $6, generation = c.generation + 1, key_prefix = $7,
           key_suffix = $8, has_passphrase = $9, can_read = $10, can_trade = $11, can_withdraw = $12,
           ip_restricted = $13, rights_source = $14, key_expires_at = $15,
           validation_status = 'valid', validation_error = null, last_validated_at = $16, last_used_at = $16,
           updated_at = $16
      from before
     where c.tenant_id = $1 and c.id = $2
    returning before.*`,
};

// What the venue refused were the keys before.
const RENEW_ACCOUNTS = {
  name: 'credentials.renew-accounts',
  text: `
    with before as (
      select id, is_connected, is_locked and lock_reason is not distinct from 'invalid_api_key' as was_locked
        from accounts where tenant_id = $1 and credential_id = $2 and removed_at is null for update
    )
    update accounts a
       set api_keys_state = $3, customer_id = $4, subaccount_name = $5, api_key_invalid = false,
           is_locked = a.is_locked and a.lock_reason is distinct from 'invalid_api_key',
           lock_reason = nullif(a.lock_reason, 'invalid_api_key'), updated_at = $6
      from before
     where a.tenant_id = $1 and a.id = before.id
    returning a.id, before.is_connected as "isConnected", before.was_locked as "wasLocked"`,
};

interface RenewedAccount {
  readonly id: number;
  readonly isConnected: boolean;
  readonly wasLocked: boolean;
}

export const createReplacementStore = (session: TenantSession) => ({
  /** undefined: there is no such credential, or it is shredded. */
  async state(credentialId: string, newFingerprint: Buffer): Promise<ReplacementState | undefined> {
    const [row] = await session.query<ReplacementState>(STATE, [
      session.tenantId,
      credentialId,
      newFingerprint,
    ]);
    return row;
  },

  /**
   * Answers what was stored of the keys before; undefined: they have been replaced or shredded meanwhile, and nothing is
   * written. Another live credential with the
   * new key violates credentials_fingerprint_key.
   */
  async replace(
    replacement: Replacement,
  ): Promise<Omit<KeysBefore, 'accountIds' | 'unlockedIds'> | undefined> {
    const { rights } = replacement;
    const [before] = await session.query<Omit<KeysBefore, 'accountIds' | 'unlockedIds'>>(REPLACE, [
      session.tenantId,
      replacement.credentialId,
      replacement.generation,
      replacement.sealed,
      replacement.sealingKeyId,
      replacement.fingerprint,
      replacement.keyPrefix,
      replacement.keySuffix,
      replacement.hasPassphrase,
      rights.canRead,
      rights.canTrade,
      rights.canWithdraw,
      rights.ipRestricted,
      rights.source,
      rights.expiresAt,
      replacement.at,
    ]);
    return before;
  },

  /** Tells every live account of the credential of its new keys; answers the connected ones. */
  async renewAccounts(
    credentialId: string,
    facts: {
      readonly apiKeysState: string;
      readonly customerId: string | null;
      readonly subaccountName: string | null;
      readonly at: string;
    },
  ): Promise<Pick<KeysBefore, 'accountIds' | 'unlockedIds'>> {
    const rows = await session.query<RenewedAccount>(RENEW_ACCOUNTS, [
      session.tenantId,
      credentialId,
      facts.apiKeysState,
      facts.customerId,
      facts.subaccountName,
      facts.at,
    ]);
    const connected = rows.filter(({ isConnected }) => isConnected).sort((a, b) => a.id - b.id);
    return {
      accountIds: connected.map(({ id }) => id),
      unlockedIds: connected.filter(({ wasLocked }) => wasLocked).map(({ id }) => id),
    };
  },
});
