/** /ver1 routes about the caller's own key: which accounts it sees and what it may do. */
import { z } from 'zod';
import type { CallerKeyService } from '../../features/caller-keys/caller-key-service.ts';
import { PROFILES } from '../../auth/profile.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';

const MODES = ['real', 'paper'] as const;

const mode = z.enum(MODES, {
  error: ({ input }) =>
    input === undefined || input === null
      ? 'is missing'
      : input === ''
        ? 'is empty'
        : 'does not have a valid value',
});

export const createUserRoutes = (callerKeys: CallerKeyService): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/users/current_mode',
    operationId: 'currentMode',
    summary: 'Whether the caller sees real or paper accounts',
    scope: 'ACCOUNTS_READ',
    input: z.object({}),
    output: z.strictObject({ mode: z.enum(MODES) }),
    status: 200,
    errors: [],
    handle: ({ actor }) => Promise.resolve({ mode: actor.mode }),
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/ver1/users/change_mode',
    operationId: 'changeMode',
    summary: 'Let the key see real or paper accounts unless a request says otherwise',
    scope: 'ACCOUNTS_WRITE',
    input: z.object({ mode }),
    output: z.literal(true),
    status: 201,
    errors: ['record_invalid'],
    handle: async ({ actor, input }) => {
      await callerKeys.changeMode(actor, input.mode);
      return true as const;
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/users/permissions_info',
    operationId: 'permissionsInfo',
    summary: 'What the key may do, from where, and until when',
    scope: null,
    input: z.object({}),
    output: z.strictObject({
      permissions: z.array(z.string()),
      mode: z.enum(MODES),
      algorithm: z.string(),
      profile: z.enum(PROFILES),
      ip_whitelist: z.array(z.string()),
      expires_at: z.iso.datetime().nullable(),
      allowed_account_ids: z.array(z.int()).nullable(),
    }),
    status: 200,
    errors: [],
    handle: async ({ actor }) => {
      const key = await callerKeys.describe(actor);
      return {
        permissions: [...actor.scopes],
        mode: actor.mode,
        algorithm: key.algorithm,
        profile: key.profileFloor,
        ip_whitelist: [...key.ipAllowlist],
        expires_at: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
        allowed_account_ids: actor.accountIds === null ? null : [...actor.accountIds],
      };
    },
  }),
];
