/** SQL of checking stored credentials: what a check must know, and the leases of those that are due. */
import type { Session, TenantSession } from '../../db/tenant-database.ts';
import type { IntakeState } from './credential-store.ts';
import type { StoredCredential } from './stored-credential.ts';
import { IN_USE } from './stored-credential-store.ts';

export interface CredentialToCheck
  extends Pick<
      StoredCredential,
      | 'venueId'
      | 'exchangeName'
      | 'accountMarketCode'
      | 'generation'
      | 'canRead'
      | 'canTrade'
      | 'canWithdraw'
      | 'rightsSource'
      | 'validationStatus'
    >,
    Pick<IntakeState, 'withdrawalPolicy'> {}

const FIND = {
  name: 'credential-checks.find',
  text: `
    select c.venue as "venueId", c.exchange_name as "exchangeName", c.generation, c.can_read as "canRead",
           c.can_trade as "canTrade", c.can_withdraw as "canWithdraw", c.rights_source as "rightsSource",
           c.validation_status as "validationStatus", t.withdrawal_policy as "withdrawalPolicy",
           (select a.market_code from accounts a
             where a.tenant_id = $1 and a.credential_id = c.id and a.removed_at is null and a.is_connected
             order by a.id limit 1) as "accountMarketCode"
      from credentials c
      join tenants t on t.id = $1
     where c.tenant_id = $1 and c.id = $2 and ${IN_USE} and c.is_active and t.status = 'active'`,
};

export const createCredentialCheckStore = (session: TenantSession) => ({
  /** undefined: it is gone or switched off, or the tenant is suspended. */
  async find(credentialId: string): Promise<CredentialToCheck | undefined> {
    const [row] = await session.query<CredentialToCheck>(FIND, [session.tenantId, credentialId]);
    return row;
  },
});

/** A check that this process has leased. */
export interface CheckLease {
  readonly tenantId: string;
  readonly credentialId: string;
  readonly venueId: string;
  readonly leaseId: string;
  /** Checks in a row before this one that the exchange left unanswered. */
  readonly failures: number;
}

// A lease that ran out was of a process that died: the check is taken over.
const CLAIM = {
  name: 'credential-checks.claim',
  text: `
    update credential_checks
       set lease_id = gen_random_uuid(), lease_until = $2
     where (tenant_id, credential_id) = (
             select tenant_id, credential_id from credential_checks
              where due_at <= $1 and (lease_until is null or lease_until <= $1) and venue <> all ($3::text[])
              order by due_at limit 1
                for update skip locked)
    returning tenant_id as "tenantId", credential_id as "credentialId", venue as "venueId",
              lease_id as "leaseId", failures`,
};

const SETTLE = {
  name: 'credential-checks.settle',
  text: `
    update credential_checks set due_at = $4, failures = $5, lease_id = null, lease_until = null
     where tenant_id = $1 and credential_id = $2 and lease_id = $3`,
};

/** Across tenants: `session` is TenantDatabase.shared. */
export const createCheckLeaseStore = (session: Session) => ({
  /** The check that is due for longest, of none of these venues; undefined: there is none. */
  async claim(now: Date, until: Date, exceptVenues: readonly string[]): Promise<CheckLease | undefined> {
    const [row] = await session.query<CheckLease>(CLAIM, [now, until, exceptVenues]);
    return row;
  },

  /** Ends the lease, unless it was lost meanwhile. */
  async settle(lease: CheckLease, dueAt: Date, failures: number): Promise<void> {
    const { tenantId, credentialId, leaseId } = lease;
    await session.query(SETTLE, [tenantId, credentialId, leaseId, dueAt, failures]);
  },
});
