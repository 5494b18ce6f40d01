/** SQL of checking stored credentials: what a check must know. */
import type { TenantSession } from '../../db/tenant-database.ts';
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
