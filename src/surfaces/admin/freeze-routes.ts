/** /api/admin routes of the switch that freezes custody. */
import { z } from 'zod';
import type { FreezeAdministration } from '../../features/freezes/freeze-administration.ts';
import type { Freeze } from '../../features/freezes/freeze-store.ts';
import type { Route } from '../../http/route.ts';
import { defineAdminRoute } from './admin-route.ts';

const LONGEST_REASON = 200;

const freezeSchema = z
  .strictObject({
    frozen: z.boolean(),
    since: z.iso.datetime().nullable(),
    by: z.string().nullable().describe('An operator, or custody: a canary was to be opened'),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Freeze' });

// It stands on one line of logs and lists.
const reason = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_REASON)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line');

export const createAdminFreezeRoutes = (freezes: FreezeAdministration): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/freeze',
    operationId: 'adminGetFreeze',
    summary: 'Whether custody is frozen, since when and why',
    input: z.object({}),
    output: freezeSchema,
    status: 200,
    errors: [],
    handle: async () => toWire(await freezes.find()),
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/freeze',
    operationId: 'adminFreeze',
    summary: 'Stop the use of all exchange keys at once; a freeze that is on stays as it is',
    input: z.object({ reason }),
    output: freezeSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ admin, input }) => toWire(await freezes.freeze(admin, input.reason)),
  }),
  defineAdminRoute({
    method: 'DELETE',
    path: '/api/admin/freeze',
    operationId: 'adminUnfreeze',
    summary: 'Let exchange keys be used again',
    input: z.object({}),
    output: freezeSchema,
    status: 200,
    errors: [],
    handle: async ({ admin }) => {
      await freezes.lift(admin);
      return toWire(await freezes.find());
    },
  }),
];

const toWire = (freeze: Freeze | undefined): z.input<typeof freezeSchema> => ({
  frozen: freeze !== undefined,
  since: freeze?.frozenAt.toISOString() ?? null,
  by: freeze?.frozenBy ?? null,
  reason: freeze?.reason ?? null,
});
