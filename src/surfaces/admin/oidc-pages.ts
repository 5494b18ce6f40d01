/** The two addresses that a browser visits to sign in through an identity provider; they answer pages, and no JSON. */
import { readCookie, type SessionCookie } from '../../auth/session-cookie.ts';
import type { SignedRequest } from '../../auth/signed-request.ts';
import { FLOW_MS, type OidcSignIn } from '../../features/administration/oidc-sign-in.ts';
import type { Page } from '../../http/page.ts';
import type { Answer } from '../../http/response-writer.ts';
import { AppError } from '../../shared/errors.ts';

export interface OidcPagesDeps {
  readonly oidc: OidcSignIn;
  readonly cookie: SessionCookie;
  /** How browsers reach the listener, without a slash at the end. */
  readonly baseUrl: () => string;
}

const ROOT = '/admin/oidc';
const CALLBACK = `${ROOT}/callback`;
const FLOW_COOKIE = 'countersign-oidc';
const MS_PER_SECOND = 1_000;

/** By path. */
export const createOidcPages = ({ oidc, cookie, baseUrl }: OidcPagesDeps): Record<string, Page> => ({
  [`${ROOT}/start`]: (request) =>
    answering(request, async () => {
      const { location, sealed } = await oidc.start(baseUrl() + CALLBACK);
      return redirect(location, flowCookie(sealed, baseUrl().startsWith('https:')));
    }),
  [CALLBACK]: (request) =>
    answering(request, async () => {
      const { ip, requestId, headers, target } = request;
      const url = new URL(baseUrl() + CALLBACK);
      const cut = target.indexOf('?');
      url.search = cut === -1 ? '' : target.slice(cut);
      const visitor = { ip, requestId, previousToken: cookie.read(headers) };
      const begun = await oidc.finish(url, readCookie(headers, FLOW_COOKIE), visitor);
      return redirect('/console/', cookie.write(begun.token));
    }),
});

const redirect = (location: string, setCookie: string): Answer => ({
  status: 303,
  headers: { Location: location, 'Set-Cookie': setCookie },
  body: '',
});

/** Lax: the browser comes back from the provider's site, and brings it. */
const flowCookie = (sealed: string, isSecure: boolean): string =>
  `${FLOW_COOKIE}=${sealed}; Path=${ROOT}; HttpOnly; SameSite=Lax; Max-Age=${FLOW_MS / MS_PER_SECOND}${isSecure ? '; Secure' : ''}`;

const answering = async ({ requestId }: SignedRequest, work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      status: error.status,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not signed in</title>
<h1>Not signed in</h1><p>${escape(error.message)}</p><p><a href="/console/">To the console</a></p><p>Request ${requestId}</p></html>`,
    };
  }
};

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? '');
