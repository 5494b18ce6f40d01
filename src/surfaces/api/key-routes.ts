/** /api routes of caller keys: made, changed, rotated and revoked by a key of the same tenant that may. */
import { z } from 'zod';
import type {
  CallerKeyAdministration,
  IssuedKey,
} from '../../features/caller-keys/caller-key-administration.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import {
  issuedKeySchema,
  keyChangeParameters,
  keyIdInPath,
  keyListSchema,
  keyPageParameters,
  keyParameters,
  keySchema,
  rotationParameters,
  toChange,
  toIntake,
  toKeyWire,
  toRotation,
} from './key-wire.ts';

export const createKeyRoutes = (keys: CallerKeyAdministration): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/keys',
    operationId: 'listKeys',
    summary: 'List the caller keys of the tenant, oldest first',
    scope: 'KEYS_WRITE',
    input: keyPageParameters,
    output: keyListSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ actor, input }) => {
      const page = { withRevoked: input.include_revoked, limit: input.limit, offset: input.offset };
      const { keys: found, total } = await keys.list(actor, page);
      return { keys: found.map(toKeyWire), total_count: total };
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/keys',
    operationId: 'createKey',
    summary: 'Make a caller key, or register a public one; it gets nothing that the key that signs lacks',
    scope: 'KEYS_WRITE',
    input: keyParameters,
    output: issuedKeySchema,
    showsSecret: true,
    status: 201,
    errors: ['record_invalid', 'access_denied', 'not_found'],
    handle: async ({ actor, input }) => toIssuedWire(await keys.create(actor, toIntake(input))),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/keys/{key_id}',
    operationId: 'getKey',
    summary: 'Read one caller key',
    scope: 'KEYS_WRITE',
    input: keyIdInPath,
    output: keySchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ actor, input }) => toKeyWire(await keys.get(actor, input.key_id)),
  }),
  defineSignedRoute({
    method: 'PATCH',
    path: '/api/keys/{key_id}',
    operationId: 'updateKey',
    summary: 'Change a caller key; what is left out stays',
    scope: 'KEYS_WRITE',
    input: keyChangeParameters,
    output: keySchema,
    status: 200,
    errors: ['record_invalid', 'access_denied', 'not_found', 'conflict'],
    handle: async ({ actor, input }) => toKeyWire(await keys.update(actor, input.key_id, toChange(input))),
  }),
  defineSignedRoute({
    method: 'DELETE',
    path: '/api/keys/{key_id}',
    operationId: 'revokeKey',
    summary: 'Revoke a caller key at once and for good; its record stays',
    scope: 'KEYS_WRITE',
    input: keyIdInPath,
    output: z.undefined(),
    status: 204,
    errors: ['access_denied', 'not_found', 'conflict'],
    handle: async ({ actor, input }) => {
      await keys.revoke(actor, input.key_id);
      return undefined;
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/keys/{key_id}/rotate',
    operationId: 'rotateKey',
    summary: 'Give a caller key another secret or public key; the one before works on for a while',
    scope: 'KEYS_WRITE',
    input: rotationParameters,
    output: issuedKeySchema,
    showsSecret: true,
    status: 200,
    errors: ['record_invalid', 'access_denied', 'not_found', 'conflict'],
    handle: async ({ actor, input }) =>
      toIssuedWire(await keys.rotate(actor, input.key_id, toRotation(input))),
  }),
];

const toIssuedWire = ({ key, secret }: IssuedKey): z.input<typeof issuedKeySchema> => ({
  ...toKeyWire(key),
  api_secret: secret,
});
