/** SQL of exchange keys across tenants, without the keys. */
import { OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { Session } from '../../db/tenant-database.ts';

export interface ListedCredential extends Readonly<Record<string, unknown>> {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  /** First and last characters of the API key. */
  readonly keyPrefix: string;
  readonly keySuffix: string;
  readonly canRead: boolean | null;
  readonly canTrade: boolean | null;
  readonly canWithdraw: boolean | null;
  readonly ipRestricted: boolean | null;
  readonly isActive: boolean;
  readonly validationStatus: string;
  readonly validationError: string | null;
  readonly lastValidatedAt: Date | null;
  readonly generation: number;
  readonly sealingKeyId: string;
  readonly createdAt: Date;
}

export interface CredentialFilter {
  readonly tenantId: string | undefined;
  readonly venue: string | undefined;
  readonly after: { readonly tenantId: string; readonly id: string } | undefined;
  readonly limit: number;
}

const list = (ofTenant: string): string => `
    select c.tenant_id as "tenantId", t.name as "tenantName", c.id, c.name, c.venue,
           c.key_prefix as "keyPrefix", c.key_suffix as "keySuffix", c.can_read as "canRead",
           c.can_trade as "canTrade", c.can_withdraw as "canWithdraw", c.ip_restricted as "ipRestricted",
           c.is_active as "isActive", c.validation_status as "validationStatus",
           c.validation_error as "validationError", c.last_validated_at as "lastValidatedAt", c.generation,
           c.tenant_key_id as "sealingKeyId", c.created_at as "createdAt"
      from credentials c join tenants t on t.id = c.tenant_id
     where ${ofTenant} (c.tenant_id, c.id) > ($1::uuid, $2::uuid) and c.shredded_at is null
       and ($3::text is null or c.venue = $3)
     order by c.tenant_id, c.id limit $4`;

const LIST = { name: 'admin-credentials.list', text: list('') };
const LIST_OF_TENANT = { name: 'admin-credentials.list-of-tenant', text: list('c.tenant_id = $5::uuid and') };

export const createCredentialListStore = (session: Session) => ({
  /** By tenant, then by id. */
  list({ tenantId, venue, after, limit }: CredentialFilter): Promise<ListedCredential[]> {
    const start = [after?.tenantId ?? OPERATOR_TENANT_ID, after?.id ?? OPERATOR_TENANT_ID];
    const values = [...start, venue ?? null, limit];
    return tenantId === undefined
      ? session.query<ListedCredential>(LIST, values)
      : session.query<ListedCredential>(LIST_OF_TENANT, [...values, tenantId]);
  },
});
