/** Access tokens on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import { LONGEST_TOKEN_SECONDS } from '../../auth/access-token.ts';
import { SCOPES } from '../../auth/actor.ts';
import type { IssuedToken } from '../../features/tokens/token-service.ts';
import { integer, timestamp } from './api-fields.ts';

export const tokenParameters = z.object({
  scopes: z
    .array(z.enum(SCOPES))
    .refine((scopes) => scopes.length > 0, 'must name a scope at least')
    .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
    .describe('What the token may do: scopes of the key'),
  expires_in: integer({ least: 1, most: LONGEST_TOKEN_SECONDS })
    .default(LONGEST_TOKEN_SECONDS)
    .describe('Seconds that the token is to live'),
  timestamp: timestamp(),
});

export const tokenSchema = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive(),
    scope: z.string(),
  })
  .meta({ id: 'AccessToken' });

export const toTokenWire = ({
  token,
  lifetimeSeconds,
  scopes,
}: IssuedToken): z.input<typeof tokenSchema> => ({
  access_token: token,
  token_type: 'Bearer',
  expires_in: lifetimeSeconds,
  scope: scopes.join(' '),
});
