/** Tenants and users on the admin API: schemas and the only mapping to and from them. */
import { z } from 'zod';
import {
  TENANT_STATUSES,
  type TenantChange,
  type TenantRecord,
  WITHDRAWAL_POLICIES,
} from '../../features/tenants/tenant-record.ts';
import type { UserRecord } from '../../features/tenants/user-store.ts';
import { integer, text } from '../api/api-fields.ts';
import { pageParameters, pageSchema } from './admin-page.ts';

const LONGEST_NAME = 100;
const LONGEST_EXTERNAL_ID = 255;
const GREATEST_PER_MINUTE = 1_000_000;

const name = () => text({ least: 1, most: LONGEST_NAME });
const policy = () =>
  z.enum(WITHDRAWAL_POLICIES).describe('What becomes of exchange keys that can withdraw, at intake');
const perMinute = (of: string) =>
  integer({ least: 1, most: GREATEST_PER_MINUTE })
    .nullish()
    .describe(`${of}; null: as configured; when left out it stays`);

export const tenantInPath = z.object({ tenant_id: z.string() });

export const tenantPageParameters = z.object({
  ...pageParameters,
  status: z.enum(TENANT_STATUSES).optional().describe('Of these alone; without it all that are not deleted'),
});

export const newTenantParameters = z.object({ name: name(), withdrawal_policy: policy().optional() });

export const tenantChangeParameters = tenantInPath.extend({
  name: name().optional(),
  status: z
    .enum(['active', 'suspended'])
    .optional()
    .describe("suspended: the tenant's keys are refused at once, and nothing is done for it"),
  withdrawal_policy: policy().optional(),
  limits: z
    .object({
      requests_per_minute: perMinute('Requests a minute of all its keys'),
      openings_per_minute: perMinute('Exchange keys that are opened for it in a minute'),
    })
    .optional(),
});

export const tenantDeletionParameters = tenantInPath.extend({
  confirm: z.string().max(LONGEST_NAME).describe('The name of the tenant, letter for letter'),
});

export const tenantSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(TENANT_STATUSES),
    withdrawal_policy: z.enum(WITHDRAWAL_POLICIES),
    limits: z.strictObject({
      requests_per_minute: z.int().nullable(),
      openings_per_minute: z.int().nullable(),
    }),
    accounts: z.int().describe('Connected ones'),
    caller_keys: z.int().describe('Those that are not revoked'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Tenant' });

export const tenantListSchema = pageSchema(tenantSchema);

export const toTenantWire = (tenant: TenantRecord): z.input<typeof tenantSchema> => ({
  id: tenant.id,
  name: tenant.name,
  status: tenant.status,
  withdrawal_policy: tenant.withdrawalPolicy,
  limits: {
    requests_per_minute: tenant.requestsPerMinute,
    openings_per_minute: tenant.openingsPerMinute,
  },
  accounts: tenant.accounts,
  caller_keys: tenant.callerKeys,
  created_at: tenant.createdAt.toISOString(),
});

export const toTenantChange = (sent: z.output<typeof tenantChangeParameters>): TenantChange => ({
  name: sent.name,
  status: sent.status,
  withdrawalPolicy: sent.withdrawal_policy,
  requestsPerMinute: sent.limits?.requests_per_minute,
  openingsPerMinute: sent.limits?.openings_per_minute,
});

export const userPageParameters = tenantInPath.extend(pageParameters);

export const newUserParameters = tenantInPath.extend({
  external_id: text({ least: 1, most: LONGEST_EXTERNAL_ID }).describe("The tenant's own id of the user"),
  name: name().nullish(),
});

export const userSchema = z
  .strictObject({
    id: z.uuid(),
    external_id: z.string(),
    name: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'TenantUser' });

export const userListSchema = pageSchema(userSchema);

export const toUserWire = (user: UserRecord): z.input<typeof userSchema> => ({
  id: user.id,
  external_id: user.externalId,
  name: user.name,
  created_at: user.createdAt.toISOString(),
});
