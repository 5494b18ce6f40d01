/** /api/admin routes of the caller keys of a tenant, in the hands of an operator, who stands above all of them. */
import { z } from 'zod';
import type { Administrator } from '../../auth/administrator.ts';
import type {
  CallerKeyAdministration,
  IssuedKey,
} from '../../features/caller-keys/caller-key-administration.ts';
import type { KeyOperator } from '../../features/caller-keys/key-authority.ts';
import type { TenantReader } from '../../features/administration/tenant-reader.ts';
import type { Route } from '../../http/route.ts';
import { AppError } from '../../shared/errors.ts';
import { truth } from '../api/api-fields.ts';
import {
  issuedKeySchema,
  keyChangeParameters,
  keyIdInPath,
  keyParameters,
  keySchema,
  rotationParameters,
  toChange,
  toIntake,
  toKeyWire,
  toRotation,
} from '../api/key-wire.ts';
import { pageParameters, pageSchema, readCursor, toCursor } from './admin-page.ts';
import { defineAdminRoute } from './admin-route.ts';
import { tenantInPath } from './tenant-wire.ts';

export interface TenantKeyRoutesDeps {
  readonly keys: CallerKeyAdministration<KeyOperator>;
  readonly reader: Pick<TenantReader, 'keys'>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const GREATEST_OFFSET = 1_000_000;

// An admin key or a session is no legacy signature: its requests count once.
const unstamped = { timestamp: true } as const;
const ofTenant = tenantInPath.shape;

const keyPageParameters = tenantInPath.extend({ ...pageParameters, include_revoked: truth().default(false) });
const newKeyParameters = keyParameters.omit(unstamped).extend(ofTenant);
const changeParameters = keyChangeParameters.omit(unstamped).extend(ofTenant);
const rotateParameters = rotationParameters.omit(unstamped).extend(ofTenant);
const offsetCursor = z.tuple([z.int().min(0).max(GREATEST_OFFSET)]);

export const createTenantKeyRoutes = ({ keys, reader }: TenantKeyRoutesDeps): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/tenants/{tenant_id}/keys',
    operationId: 'adminListKeys',
    summary: 'List the caller keys of a tenant, oldest first',
    input: keyPageParameters,
    output: pageSchema(keySchema),
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      const [offset] = readCursor(input.cursor, offsetCursor) ?? [0];
      const page = { withRevoked: input.include_revoked, limit: input.limit, offset };
      const found = await reader.keys(admin, input.tenant_id, page);
      const next = offset + found.keys.length;
      return {
        items: found.keys.map(toKeyWire),
        next_cursor: next < found.total && found.keys.length > 0 ? toCursor([next]) : null,
      };
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/tenants/{tenant_id}/keys',
    operationId: 'adminCreateKey',
    summary: 'Make a caller key of a tenant, or register a public one',
    input: newKeyParameters,
    output: issuedKeySchema,
    showsSecret: true,
    status: 201,
    errors: ['not_found'],
    handle: async ({ admin, input }) =>
      toIssuedWire(await keys.create(at(admin, input), toIntake({ ...input, timestamp: undefined }))),
  }),
  defineAdminRoute({
    method: 'PATCH',
    path: '/api/admin/tenants/{tenant_id}/keys/{key_id}',
    operationId: 'adminUpdateKey',
    summary: 'Change a caller key of a tenant; what is left out stays',
    input: changeParameters,
    output: keySchema,
    status: 200,
    errors: ['not_found', 'conflict'],
    handle: async ({ admin, input }) =>
      toKeyWire(
        await keys.update(at(admin, input), input.key_id, toChange({ ...input, timestamp: undefined })),
      ),
  }),
  defineAdminRoute({
    method: 'DELETE',
    path: '/api/admin/tenants/{tenant_id}/keys/{key_id}',
    operationId: 'adminRevokeKey',
    summary: 'Revoke a caller key of a tenant at once and for good, also the last; its record stays',
    input: keyIdInPath.extend(ofTenant),
    output: z.undefined(),
    status: 204,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      await keys.revoke(at(admin, input), input.key_id);
      return undefined;
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/tenants/{tenant_id}/keys/{key_id}/rotate',
    operationId: 'adminRotateKey',
    summary:
      'Give a caller key of a tenant another secret or public key; the one before works on for a while',
    input: rotateParameters,
    output: issuedKeySchema,
    showsSecret: true,
    status: 200,
    errors: ['not_found', 'conflict'],
    handle: async ({ admin, input }) =>
      toIssuedWire(
        await keys.rotate(at(admin, input), input.key_id, toRotation({ ...input, timestamp: undefined })),
      ),
  }),
];

/** The operator, at the keys of the tenant that the path names. */
const at = (administrator: Administrator, { tenant_id: id }: { readonly tenant_id: string }): KeyOperator => {
  if (!UUID.test(id)) throw new AppError('not_found', 'There is no such tenant');
  return { administrator, tenantId: id.toLowerCase(), requestId: administrator.requestId };
};

const toIssuedWire = ({ key, secret }: IssuedKey): z.input<typeof issuedKeySchema> => ({
  ...toKeyWire(key),
  api_secret: secret,
});
