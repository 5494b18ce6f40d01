/** /api/admin routes of signing in and out of the console. */
import { z } from 'zod';
import { csrfTokenOf, type SessionCookie } from '../../auth/session-cookie.ts';
import { type SignedRequest, singleHeader } from '../../auth/signed-request.ts';
import type { SignInService } from '../../features/administration/sign-in-service.ts';
import { definePublicRoute, type Route } from '../../http/route.ts';
import { AppError } from '../../shared/errors.ts';
import { defineAdminRoute } from './admin-route.ts';

const LONGEST_TOKEN = 200;

const sessionSchema = z
  .strictObject({
    admin: z.strictObject({ id: z.string(), name: z.string(), kind: z.enum(['link', 'oidc', 'key', 'cli']) }),
    csrf_token: z
      .string()
      .nullable()
      .describe('To be sent as X-CSRF-Token with every change; null: the request was signed'),
    expires_at: z.iso.datetime().nullable().describe('When it ends unless it is used; null: it does not'),
  })
  .meta({ id: 'AdminSession' });

export interface SessionRoutesDeps {
  readonly signIn: Pick<SignInService, 'byLink' | 'end'>;
  readonly cookie: SessionCookie;
  /** What the console calls the identity provider; null: there is none. */
  readonly oidcName: string | null;
}

export const createSessionRoutes = ({ signIn, cookie, oidcName }: SessionRoutesDeps): Route[] => [
  definePublicRoute({
    method: 'GET',
    path: '/api/admin/sign-in-methods',
    operationId: 'adminListSignInMethods',
    summary: 'How operators sign in to the console',
    input: z.object({}),
    output: z.strictObject({ link: z.boolean(), oidc: z.boolean(), oidc_name: z.string().nullable() }),
    status: 200,
    errors: [],
    handle: () => Promise.resolve({ link: true, oidc: oidcName !== null, oidc_name: oidcName }),
  }),
  definePublicRoute({
    method: 'POST',
    path: '/api/admin/session',
    operationId: 'adminSignIn',
    summary: 'Sign in with the token of a one-time link; the session is in a cookie',
    input: z.object({ token: z.string().min(1).max(LONGEST_TOKEN) }),
    output: sessionSchema,
    status: 200,
    signsIn: true,
    errors: ['token_invalid', 'access_denied'],
    handle: async ({ input, sent, setHeader }) => {
      refuseOtherSites(sent);
      const { ip, requestId, headers } = sent;
      const visitor = { ip, requestId, previousToken: cookie.read(headers) };
      const begun = await signIn.byLink(input.token, visitor);
      setHeader('Set-Cookie', cookie.write(begun.token));
      return toSessionWire(begun, { csrfToken: csrfTokenOf(begun.token), expiresAt: begun.expiresAt });
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/session',
    operationId: 'adminGetSession',
    summary: 'Who is signed in, and what changes have to carry',
    input: z.object({}),
    output: sessionSchema,
    status: 200,
    errors: [],
    handle: ({ admin, session }) => Promise.resolve(toSessionWire(admin, session)),
  }),
  defineAdminRoute({
    method: 'DELETE',
    path: '/api/admin/session',
    operationId: 'adminSignOut',
    summary: 'Sign out: the session ends at once',
    input: z.object({}),
    output: z.undefined(),
    status: 204,
    errors: ['access_denied'],
    handle: async ({ admin, session, setHeader }) => {
      if (session !== null) await signIn.end(admin, session.id);
      setHeader('Set-Cookie', cookie.clear());
      return undefined;
    },
  }),
];

/** Another page must not sign its visitor in as somebody of its choice; programs that are no browsers say nothing. */
const refuseOtherSites = ({ headers }: SignedRequest): void => {
  const site = singleHeader(headers, 'sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new AppError('access_denied', 'The console signs in from its own page alone');
};

const toSessionWire = (
  {
    id,
    name,
    kind,
  }: { readonly id: string; readonly name: string; readonly kind: 'link' | 'oidc' | 'key' | 'cli' },
  session: { readonly csrfToken: string; readonly expiresAt: number } | null,
): z.input<typeof sessionSchema> => ({
  admin: { id, name, kind },
  csrf_token: session?.csrfToken ?? null,
  expires_at: session === null ? null : new Date(session.expiresAt).toISOString(),
});
