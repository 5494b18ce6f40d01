/** What operators read of tenants: each call is one audited read. */
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import type { KeyPage } from '../caller-keys/caller-key-administration.ts';
import { createManagedKeyStore } from '../caller-keys/managed-key-store.ts';
import { createUserStore, type UserRecord } from '../tenants/user-store.ts';
import type { TenantRecord } from '../tenants/tenant-record.ts';
import { createTenantRecordStore, type TenantPage } from '../tenants/tenant-record-store.ts';
import {
  type AccountFilter,
  createAccountListStore,
  type EquityPoint,
  type HeldAsset,
  type ListedAccount,
} from './account-list-store.ts';
import type { AuditedReads } from './audited-reads.ts';
import {
  createCredentialListStore,
  type CredentialFilter,
  type ListedCredential,
} from './credential-list-store.ts';

/** Each throws not_found for a tenant or an account that is not there. */
export interface TenantReader {
  tenants(admin: Administrator, page: TenantPage): Promise<TenantRecord[]>;
  /** Also one that is deleted. */
  tenant(admin: Administrator, id: string): Promise<TenantRecord>;
  users(admin: Administrator, tenantId: string, after: string, limit: number): Promise<UserRecord[]>;
  keys(
    admin: Administrator,
    tenantId: string,
    page: { readonly withRevoked: boolean; readonly limit: number; readonly offset: number },
  ): Promise<KeyPage>;
  accounts(admin: Administrator, filter: AccountFilter): Promise<ListedAccount[]>;
  account(
    admin: Administrator,
    tenantId: string,
    id: number,
  ): Promise<{ readonly account: ListedAccount; readonly balances: HeldAsset[] }>;
  /** `to` undefined: now; `from` undefined: 30 days before. At most 500 points, oldest first. */
  equity(
    admin: Administrator,
    tenantId: string,
    id: number,
    span: { readonly from: Date | undefined; readonly to: Date | undefined },
  ): Promise<EquityPoint[]>;
  credentials(admin: Administrator, filter: CredentialFilter): Promise<ListedCredential[]>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MOST_POINTS = 500;
const USUAL_SPAN_MS = 30 * 86_400_000;

export const createTenantReader = ({
  reads,
  clock,
}: {
  readonly reads: AuditedReads;
  readonly clock: Clock;
}): TenantReader => {
  /** In a session whose stores see the one tenant. */
  const ofTenant = <T>(
    admin: Administrator,
    action: string,
    id: string,
    work: (session: TenantSession, tenant: TenantRecord) => Promise<T>,
  ): Promise<T> => {
    const tenantId = id.toLowerCase();
    if (!UUID.test(id) || tenantId === OPERATOR_TENANT_ID) return Promise.reject(noTenant());
    return reads.read(admin, { action, tenantId }, async (session) => {
      const inTenant = { ...session, tenantId };
      const tenant = await createTenantRecordStore(inTenant).find();
      if (tenant === undefined) throw noTenant();
      return await work(inTenant, tenant);
    });
  };

  const getAccount = async (session: TenantSession, id: number): Promise<ListedAccount> => {
    const account = await createAccountListStore(session).find(session.tenantId, id);
    if (account === undefined) throw new AppError('not_found', 'The tenant has no such account');
    return account;
  };

  return {
    tenants: (admin, page) =>
      reads.read(admin, { action: 'tenants.read' }, (session) => createTenantRecordStore(session).list(page)),

    tenant: (admin, id) => ofTenant(admin, 'tenant.read', id, (_, tenant) => Promise.resolve(tenant)),

    users: (admin, tenantId, after, limit) =>
      ofTenant(admin, 'users.read', tenantId, (session) => createUserStore(session).list(after, limit)),

    keys: (admin, tenantId, page) =>
      ofTenant(admin, 'keys.read', tenantId, async (session) => {
        const store = createManagedKeyStore(session);
        return { keys: await store.list(page), total: await store.count(page.withRevoked) };
      }),

    accounts: (admin, filter) =>
      reads.read(admin, { action: 'accounts.read', tenantId: filter.tenantId }, (session) =>
        createAccountListStore(session).list(filter),
      ),

    account: (admin, tenantId, id) =>
      ofTenant(admin, 'account.read', tenantId, async (session) => ({
        account: await getAccount(session, id),
        balances: await createAccountListStore(session).balances(session.tenantId, id),
      })),

    equity: (admin, tenantId, id, span) => {
      const to = span.to ?? new Date(clock.now());
      const from = span.from ?? new Date(to.getTime() - USUAL_SPAN_MS);
      if (from >= to) return Promise.reject(invalidParameters({ from: ['must lie before to'] }));
      return ofTenant(admin, 'equity.read', tenantId, async (session) => {
        await getAccount(session, id);
        return await createAccountListStore(session).equity(session.tenantId, id, {
          from,
          to,
          most: MOST_POINTS,
        });
      });
    },

    credentials: (admin, filter) =>
      reads.read(admin, { action: 'credentials.read', tenantId: filter.tenantId }, (session) =>
        createCredentialListStore(session).list(filter),
      ),
  };
};

const noTenant = (): AppError => new AppError('not_found', 'There is no such tenant');
