/** /api/admin routes of tenants and their users. */
import { z } from 'zod';
import type { TenantReader } from '../../features/administration/tenant-reader.ts';
import type { TenantAdministration } from '../../features/tenants/tenant-administration.ts';
import type { UserAdministration } from '../../features/tenants/user-administration.ts';
import type { Route } from '../../http/route.ts';
import { exactMoment, readCursor, toPage } from './admin-page.ts';
import { defineAdminRoute } from './admin-route.ts';
import {
  newTenantParameters,
  newUserParameters,
  tenantChangeParameters,
  tenantDeletionParameters,
  tenantInPath,
  tenantListSchema,
  tenantPageParameters,
  tenantSchema,
  toTenantChange,
  toTenantWire,
  toUserWire,
  userListSchema,
  userPageParameters,
  userSchema,
} from './tenant-wire.ts';

export interface TenantRoutesDeps {
  readonly tenants: TenantAdministration;
  readonly users: UserAdministration;
  readonly reader: Pick<TenantReader, 'tenants' | 'tenant' | 'users'>;
}

const tenantCursor = z.tuple([exactMoment(), z.uuid()]);
const userCursor = z.tuple([z.string()]);

export const createTenantRoutes = ({ tenants, users, reader }: TenantRoutesDeps): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/tenants',
    operationId: 'adminListTenants',
    summary: 'List tenants, oldest first',
    input: tenantPageParameters,
    output: tenantListSchema,
    status: 200,
    errors: [],
    handle: async ({ admin, input }) => {
      const after = readCursor(input.cursor, tenantCursor);
      const found = await reader.tenants(admin, {
        statuses: input.status === undefined ? ['active', 'suspended'] : [input.status],
        after: after && { createdAt: new Date(after[0]), id: after[1] },
        limit: input.limit + 1,
      });
      return toPage(found, input.limit, toTenantWire, ({ createdAt, id }) => [createdAt.toISOString(), id]);
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/tenants',
    operationId: 'adminCreateTenant',
    summary: 'Make a tenant',
    input: newTenantParameters,
    output: tenantSchema,
    status: 201,
    errors: [],
    handle: async ({ admin, input }) =>
      toTenantWire(
        await tenants.create(admin, { name: input.name, withdrawalPolicy: input.withdrawal_policy }),
      ),
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/tenants/{tenant_id}',
    operationId: 'adminGetTenant',
    summary: 'Read one tenant, also one that is deleted',
    input: tenantInPath,
    output: tenantSchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) => toTenantWire(await reader.tenant(admin, input.tenant_id)),
  }),
  defineAdminRoute({
    method: 'PATCH',
    path: '/api/admin/tenants/{tenant_id}',
    operationId: 'adminUpdateTenant',
    summary: 'Rename a tenant, suspend or resume it, change its limits; what is left out stays',
    input: tenantChangeParameters,
    output: tenantSchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) =>
      toTenantWire(await tenants.update(admin, input.tenant_id, toTenantChange(input))),
  }),
  defineAdminRoute({
    method: 'DELETE',
    path: '/api/admin/tenants/{tenant_id}',
    operationId: 'adminDeleteTenant',
    summary:
      'Destroy all that is a tenant’s, with the keys that its secrets are sealed to; its audit chain stays',
    input: tenantDeletionParameters,
    output: z.undefined(),
    status: 204,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      await tenants.remove(admin, input.tenant_id, input.confirm);
      return undefined;
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/tenants/{tenant_id}/users',
    operationId: 'adminListUsers',
    summary: 'List the users of a tenant by their ids: labels of keys and records',
    input: userPageParameters,
    output: userListSchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      const [after] = readCursor(input.cursor, userCursor) ?? [''];
      const found = await reader.users(admin, input.tenant_id, after, input.limit + 1);
      return toPage(found, input.limit, toUserWire, ({ externalId }) => [externalId]);
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/tenants/{tenant_id}/users',
    operationId: 'adminCreateUser',
    summary: 'Make a user of a tenant',
    input: newUserParameters,
    output: userSchema,
    status: 201,
    errors: ['not_found', 'conflict'],
    handle: async ({ admin, input }) => {
      const user = { externalId: input.external_id, name: input.name ?? null };
      return toUserWire(await users.create(admin, input.tenant_id, user));
    },
  }),
];
