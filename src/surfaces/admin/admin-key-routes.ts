/** /api/admin routes of admin keys: seen and revoked here, added by the owner of the database alone. */
import { z } from 'zod';
import type { AdminKeyService } from '../../features/administration/admin-key-service.ts';
import type { Route } from '../../http/route.ts';
import { truth } from '../api/api-fields.ts';
import { defineAdminRoute } from './admin-route.ts';

const adminKeySchema = z
  .strictObject({
    id: z.uuid(),
    key_id: z.string().describe('What requests name'),
    name: z.string(),
    public_key: z.string(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AdminKey' });

export const createAdminKeyRoutes = (keys: Pick<AdminKeyService, 'list' | 'revoke'>): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/admin-keys',
    operationId: 'adminListAdminKeys',
    summary: 'List the admin keys, oldest first; countersign admin key add makes one',
    input: z.object({ include_revoked: truth().default(false) }),
    output: z.strictObject({ items: z.array(adminKeySchema), next_cursor: z.null() }),
    status: 200,
    errors: [],
    handle: async ({ input }) => {
      const found = await keys.list(input.include_revoked);
      const items = found.map((key) => ({
        id: key.id,
        key_id: key.keyId,
        name: key.name,
        public_key: key.publicKey,
        created_by: key.createdBy,
        created_at: key.createdAt.toISOString(),
        last_used_at: key.lastUsedAt?.toISOString() ?? null,
        revoked_at: key.revokedAt?.toISOString() ?? null,
      }));
      return { items, next_cursor: null };
    },
  }),
  defineAdminRoute({
    method: 'DELETE',
    path: '/api/admin/admin-keys/{key_id}',
    operationId: 'adminRevokeAdminKey',
    summary: 'Revoke an admin key at once and for good, also the one that signs',
    input: z.object({ key_id: z.string() }),
    output: z.undefined(),
    status: 204,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      await keys.revoke(admin, input.key_id);
      return undefined;
    },
  }),
];
