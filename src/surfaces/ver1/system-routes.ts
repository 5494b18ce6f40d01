/** /ver1 routes that tell whether the gateway is there, what time it has and whether a signature is right. */
import { z } from 'zod';
import { definePublicRoute, defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';

export const createSystemRoutes = (clock: Clock): Route[] => [
  definePublicRoute({
    method: 'GET',
    path: '/ver1/ping',
    operationId: 'ping',
    summary: 'Answer when the gateway is there',
    input: z.object({}),
    output: z.strictObject({ pong: z.literal('pong') }),
    status: 200,
    errors: [],
    handle: () => Promise.resolve({ pong: 'pong' as const }),
  }),
  definePublicRoute({
    method: 'GET',
    path: '/ver1/time',
    operationId: 'time',
    summary: 'Server time in whole seconds since 1970-01-01T00:00:00Z',
    input: z.object({}),
    output: z.strictObject({ server_time: z.int() }),
    status: 200,
    errors: [],
    handle: () => Promise.resolve({ server_time: Math.floor(clock.now() / 1_000) }),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/validate',
    operationId: 'validateSignature',
    summary: 'Answer when key and signature are right',
    scope: null,
    input: z.object({}),
    output: z.strictObject({ valid: z.literal(true) }),
    status: 200,
    errors: [],
    handle: () => Promise.resolve({ valid: true as const }),
  }),
];
