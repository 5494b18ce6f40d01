/** /api/admin routes of sealing keys: how they stand, and the work on them that custody is asked for. */
import { z } from 'zod';
import type { SealingKeyAdministration } from '../../features/sealing-keys/sealing-key-administration.ts';
import type { KeyRotation } from '../../features/sealing-keys/sealing-key-store.ts';
import type { Route } from '../../http/route.ts';
import { defineAdminRoute } from './admin-route.ts';

const rotationSchema = z
  .strictObject({
    id: z.uuid(),
    kind: z
      .enum(['rotate', 'rewrap', 'retire'])
      .describe('New sealing keys; private halves under the primary root key; or one key destroyed'),
    tenant_id: z.uuid().nullable().describe('null: of all tenants'),
    key_id: z.uuid().nullable(),
    state: z.enum(['running', 'done', 'failed']),
    done: z.int().describe('Records sealed, or keys wrapped, anew'),
    total: z.int(),
    failed: z.int().describe('How many could not be'),
    problem: z.string().nullable(),
    is_worked_on: z.boolean().describe('false while it runs: custody is away, or has just died'),
    started_by: z.string(),
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'KeyRotation' });

const statusSchema = z
  .strictObject({
    root_keys: z.array(
      z.strictObject({
        id: z.string(),
        is_primary: z.boolean().describe('Whether it wraps what is new'),
        is_held: z.boolean().describe('Whether custody was started with it'),
        tenant_keys: z.int().describe('Sealing keys of tenants that it wraps'),
      }),
    ),
    tenant_keys: z.strictObject({
      active: z.int().describe('Seal and open'),
      retiring: z.int().describe('Only open; destroyed once nothing is sealed to them'),
      retired: z.int().describe('Destroyed'),
    }),
    retiring: z
      .array(
        z.strictObject({ tenant_id: z.uuid(), key_id: z.uuid(), retired_at: z.iso.datetime().nullable() }),
      )
      .describe('At most 100'),
    rotation: rotationSchema.nullable().describe('The one that runs, or else the last one'),
  })
  .meta({ id: 'SealingKeys' });

export const createAdminSealingKeyRoutes = (keys: SealingKeyAdministration): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/sealing-keys',
    operationId: 'adminGetSealingKeys',
    summary: 'How sealing keys and root keys stand, and how far the work on them is',
    input: z.object({}),
    output: statusSchema,
    status: 200,
    errors: [],
    handle: async ({ admin }) => {
      const { rootKeys, tenantKeys, retiring, rotation } = await keys.status(admin);
      return {
        root_keys: rootKeys.map(({ kekId, isPrimary, isHeld, count }) => ({
          id: kekId,
          is_primary: isPrimary,
          is_held: isHeld,
          tenant_keys: count,
        })),
        tenant_keys: { ...tenantKeys },
        retiring: retiring.map(({ tenantId, keyId, retiredAt }) => ({
          tenant_id: tenantId,
          key_id: keyId,
          retired_at: retiredAt?.toISOString() ?? null,
        })),
        rotation: rotation === null ? null : toWire(rotation),
      };
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/sealing-keys/rotate',
    operationId: 'adminRotateSealingKeys',
    summary: 'New sealing keys, and all that is sealed sealed anew; the answer does not wait for the end',
    input: z.object({ tenant_id: z.uuid().optional() }),
    output: rotationSchema,
    status: 201,
    errors: ['record_invalid', 'not_found', 'conflict'],
    handle: async ({ admin, input }) => toWire(await keys.rotate(admin, input.tenant_id?.toLowerCase())),
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/sealing-keys/root/rewrap',
    operationId: 'adminRewrapSealingKeys',
    summary: 'Wrap the private halves of all sealing keys by the primary root key',
    input: z.object({}),
    output: rotationSchema,
    status: 201,
    errors: ['conflict'],
    handle: async ({ admin }) => toWire(await keys.rewrap(admin)),
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/sealing-keys/{key_id}/retire',
    operationId: 'adminRetireSealingKey',
    summary: 'Destroy the private half of a key that does not seal any more, without waiting for its time',
    input: z.object({ key_id: z.uuid() }),
    output: rotationSchema,
    status: 201,
    errors: ['record_invalid', 'not_found', 'conflict'],
    handle: async ({ admin, input }) => toWire(await keys.retire(admin, input.key_id.toLowerCase())),
  }),
];

const toWire = (rotation: KeyRotation): z.input<typeof rotationSchema> => ({
  id: rotation.id,
  kind: rotation.kind,
  tenant_id: rotation.tenantId,
  key_id: rotation.keyId,
  state: rotation.state,
  done: rotation.done,
  total: rotation.total,
  failed: rotation.failed,
  problem: rotation.problem,
  is_worked_on: rotation.isWorkedOn,
  started_by: rotation.startedBy,
  started_at: rotation.startedAt.toISOString(),
  finished_at: rotation.finishedAt?.toISOString() ?? null,
});
