/** Every route of the admin API against everybody who must not call it; the routes are those that it declares. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issueAdminLink } from '../../src/features/administration/admin-link.ts';
import type { Route } from '../../src/http/route.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { newSigningKey, signMessage, type Signer, signStrict } from '../support/request-signer.ts';
import { testOperator, type TestAdmin } from '../support/test-admin.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let host: string;
let admin: TestAdmin;
let revoked: TestAdmin;
let caller: TestCaller;
let session: { readonly cookie: string; readonly csrf: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  ({ host } = new URL(gateway.adminUrl));
  [admin, revoked] = [await gateway.newAdmin(), await gateway.newAdmin()];
  expect((await admin.delete(`/api/admin/admin-keys/${revoked.id}`)).status).toBe(204);
  caller = await gateway.newCaller({ scopes: ['KEYS_WRITE', 'ACCOUNTS_READ', 'ACCOUNTS_WRITE'] });
  const { token } = await issueAdminLink(gateway.owner, testOperator(), systemClock);
  const response = await fetch(`${gateway.adminUrl}/api/admin/session`, {
    method: 'POST',
    body: JSON.stringify({ token }),
  });
  session = {
    cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    csrf: ((await response.json()) as { csrf_token: string }).csrf_token,
  };
});
afterAll(() => gateway[Symbol.asyncDispose]());

const guarded = (): Route[] => gateway.adminSurface.routes.filter(({ security }) => security === 'signed');

/** Ids that name nothing: who may not call must not learn even that. */
const targetOf = (route: Route): string =>
  route.path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000009');

const send = async (route: Route, headers: Readonly<Record<string, string>>, body?: string) => {
  const response = await fetch(gateway.adminUrl + targetOf(route), {
    method: route.method,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, text, challenge: response.headers.get('www-authenticate') };
};

const strict = (signer: Signer, route: Route): Record<string, string> =>
  signStrict(signer, { method: route.method, target: targetOf(route), host });

/** Each is to be refused on every route. */
const STRANGERS: Readonly<Record<string, (route: Route) => Readonly<Record<string, string>>>> = {
  nobody: () => ({}),
  "a tenant's key, by the legacy profile": () => ({ Apikey: caller.apiKey, Signature: 'ab'.repeat(32) }),
  "a tenant's key, by the strict profile": (route) =>
    strict({ keyId: caller.apiKey, algorithm: 'hmac-sha256', key: caller.apiSecret }, route),
  "a tenant's key, by message signatures": (route) =>
    signMessage(
      { keyId: caller.apiKey, algorithm: 'hmac-sha256', key: caller.apiSecret },
      { method: route.method, target: targetOf(route), host },
    ),
  'an access token': () => ({
    Authorization: `Bearer ${Buffer.from('{"alg":"EdDSA"}').toString('base64url')}.e30.AA`,
  }),
  'another key under the id of an admin key': (route) =>
    strict({ ...admin.signsWith, key: newSigningKey('ed25519').key }, route),
  'an admin key for another host': (route) =>
    signStrict(admin.signsWith, { method: route.method, target: targetOf(route), host: 'elsewhere' }),
  'a revoked admin key': (route) => strict(revoked.signsWith, route),
  'an invented session': () => ({ Cookie: `countersign-admin=${'A'.repeat(43)}` }),
  'two sessions at once': () => ({ Cookie: `${session.cookie}; ${session.cookie}` }),
};

test.each(Object.keys(STRANGERS))('no route answers %s', async (who) => {
  const routes = guarded();
  expect(routes.length).toBeGreaterThan(15);
  for (const route of routes) {
    const answer = await send(route, STRANGERS[who]?.(route) ?? {});
    expect([route.operationId, answer.status]).toEqual([route.operationId, 401]);
    expect(answer.challenge).toBe('Signature realm="countersign admin"');
    expect(JSON.parse(answer.text)).toEqual({ detail: expect.any(String) });
  }
});

test('no change is made twice by one signed request, and none by a session without its token', async () => {
  for (const route of guarded().filter(({ method }) => method !== 'GET')) {
    const headers = strict(admin.signsWith, route);
    const first = await send(route, headers);
    expect([route.operationId, first.status]).not.toEqual([route.operationId, 401]);
    const second = await send(route, headers);
    expect([route.operationId, second.status, second.text]).toEqual([
      route.operationId,
      401,
      expect.stringContaining('sent before'),
    ]);
  }
  // Freezing, which is among them, is lifted again.
  await admin.delete('/api/admin/freeze');
  for (const route of guarded().filter(({ method }) => method !== 'GET')) {
    const bare = await send(route, { Cookie: session.cookie });
    expect([route.operationId, bare.status]).toEqual([route.operationId, 403]);
    const wrong = await send(route, { Cookie: session.cookie, 'X-CSRF-Token': session.csrf.slice(1) });
    expect([route.operationId, wrong.status]).toEqual([route.operationId, 403]);
  }
});

test('a session reads what a key reads', async () => {
  for (const route of guarded().filter(({ method }) => method === 'GET')) {
    const bySession = await send(route, { Cookie: session.cookie });
    const byKey = await send(route, strict(admin.signsWith, route));
    expect([route.operationId, bySession.status]).toEqual([route.operationId, byKey.status]);
    expect(bySession.status).not.toBe(500);
  }
});

test('the document says of every route how it is proven, and names no scope', async () => {
  const document = (await (await fetch(`${gateway.adminUrl}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { security: object[]; parameters?: { name: string }[] }>>;
  };
  for (const { path, method, security } of gateway.adminSurface.routes) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    expect(operation).toBeDefined();
    expect(operation?.security.length).toBe(security === 'public' ? 0 : 3);
    expect(operation).not.toHaveProperty('x-scope');
    expect(operation?.parameters?.map(({ name }) => name) ?? []).not.toContain('Idempotency-Key');
  }
});
