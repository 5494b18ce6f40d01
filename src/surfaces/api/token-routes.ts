/** /api routes of access tokens. */
import type { TokenService } from '../../features/tokens/token-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import { tokenParameters, tokenSchema, toTokenWire } from './token-wire.ts';

export const createTokenRoutes = (tokens: TokenService): Route[] => [
  defineSignedRoute({
    method: 'POST',
    path: '/api/auth/token',
    operationId: 'issueToken',
    summary: 'Get an access token with some of the scopes of the key that signs',
    scope: null,
    input: tokenParameters,
    output: tokenSchema,
    showsSecret: true,
    status: 200,
    errors: ['record_invalid', 'access_denied', 'service_unavailable'],
    handle: async ({ actor, input }) =>
      toTokenWire(
        await tokens.issue(actor, {
          scopes: input.scopes,
          lifetimeSeconds: input.expires_in,
          askedAt: input.timestamp,
        }),
      ),
  }),
];
