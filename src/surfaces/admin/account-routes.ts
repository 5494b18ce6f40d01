/** /api/admin routes of accounts and exchange keys across tenants; never of a secret. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { TenantReader } from '../../features/administration/tenant-reader.ts';
import type { Route } from '../../http/route.ts';
import {
  accountDetailSchema,
  accountInPath,
  accountListSchema,
  accountPageParameters,
  credentialListSchema,
  credentialPageParameters,
  equityParameters,
  equitySchema,
  toAccountWire,
  toBalanceWire,
  toCredentialWire,
  toPointWire,
} from './account-wire.ts';
import { readCursor, toPage } from './admin-page.ts';
import { defineAdminRoute } from './admin-route.ts';

export interface AdminAccountRoutesDeps {
  readonly reader: Pick<TenantReader, 'accounts' | 'account' | 'equity' | 'credentials'>;
  readonly catalog: Catalog;
}

const accountCursor = z.tuple([z.uuid(), z.int()]);
const credentialCursor = z.tuple([z.uuid(), z.uuid()]);

export const createAdminAccountRoutes = ({ reader, catalog }: AdminAccountRoutesDeps): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/accounts',
    operationId: 'adminListAccounts',
    summary: 'List the accounts of all tenants, tenant by tenant',
    input: accountPageParameters(catalog),
    output: accountListSchema,
    status: 200,
    errors: [],
    handle: async ({ admin, input }) => {
      const after = readCursor(input.cursor, accountCursor);
      const found = await reader.accounts(admin, {
        tenantId: input.tenant_id,
        marketCodes: input.exchange?.venue.markets.map(({ code }) => code),
        status: input.status,
        after: after && { tenantId: after[0], id: after[1] },
        limit: input.limit + 1,
      });
      return toPage(found, input.limit, toAccountWire, ({ tenantId, id }) => [tenantId, id]);
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/tenants/{tenant_id}/accounts/{account_id}',
    operationId: 'adminGetAccount',
    summary: 'Read one account with its balances, the most valuable first',
    input: accountInPath,
    output: accountDetailSchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      const { account, balances } = await reader.account(admin, input.tenant_id, input.account_id);
      return { ...toAccountWire(account), balances: balances.map(toBalanceWire) };
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/tenants/{tenant_id}/accounts/{account_id}/equity',
    operationId: 'adminGetEquity',
    summary: 'What an account was worth, 500 points at most',
    input: equityParameters,
    output: equitySchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      const { tenant_id: tenantId, account_id: id, from, to } = input;
      return { points: (await reader.equity(admin, tenantId, id, { from, to })).map(toPointWire) };
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/credentials',
    operationId: 'adminListCredentials',
    summary: 'List the exchange keys of all tenants, without the keys',
    input: credentialPageParameters(catalog),
    output: credentialListSchema,
    status: 200,
    errors: [],
    handle: async ({ admin, input }) => {
      const after = readCursor(input.cursor, credentialCursor);
      const found = await reader.credentials(admin, {
        tenantId: input.tenant_id,
        venue: input.exchange?.venue.id,
        after: after && { tenantId: after[0], id: after[1] },
        limit: input.limit + 1,
      });
      return toPage(found, input.limit, toCredentialWire, ({ tenantId, id }) => [tenantId, id]);
    },
  }),
];
