/** Who may call the admin API: operators by their keys and by sessions of the console, and nobody else. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OPERATOR_TENANT_ID } from '../../src/auth/administrator.ts';
import { issueAdminLink } from '../../src/features/administration/admin-link.ts';
import { createAdminKeyService } from '../../src/features/administration/admin-key-service.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { newNonce, signMessage, signStrict } from '../support/request-signer.ts';
import { testOperator } from '../support/test-admin.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let now = Date.now();
const clock = { now: () => now };
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ clock });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const SESSION = '/api/admin/session';

const signIn = async (cookie?: string) => {
  const { token } = await issueAdminLink(gateway.owner, testOperator(), clock);
  const response = await useLink(token, cookie);
  expect(response.status).toBe(200);
  const session = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { csrf_token: csrf, expires_at: expiresAt } = (await response.json()) as Record<string, string>;
  expect(expiresAt).toBe(new Date(now + 8 * 3_600_000).toISOString());
  return { cookie: session, csrf: csrf ?? '', token, response };
};

const useLink = (token: string, cookie?: string): Promise<Response> =>
  fetch(gateway.adminUrl + SESSION, {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: cookie === undefined ? {} : { cookie },
  });

const withCookie = (cookie: string, method = 'GET', headers: Record<string, string> = {}) =>
  fetch(gateway.adminUrl + SESSION, { method, headers: { cookie, ...headers } });

const auditOf = async (object: string) =>
  gateway.owner.session(OPERATOR_TENANT_ID).query<{ action: string; actor: string; outcome: string }>(
    {
      name: 'test.admin-audit',
      text: 'select action, actor, outcome from audit_log where tenant_id = $1 and object = $2 order by seq',
    },
    [OPERATOR_TENANT_ID, object],
  );

test('an admin key signs under strict and under rfc9421', async () => {
  const admin = await gateway.newAdmin();
  const answer = await admin.get(SESSION);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    admin: { id: admin.id, name: 'Test operator', kind: 'key' },
    csrf_token: null,
    expires_at: null,
  });
  const unsigned = { method: 'GET', target: SESSION, host: new URL(gateway.adminUrl).host };
  const response = await fetch(gateway.adminUrl + SESSION, {
    headers: signMessage(admin.signsWith, unsigned, { now }),
  });
  expect(response.status).toBe(200);
});

test('a request that is sent again, a wrong signature and a revoked key are refused in words that say why', async () => {
  const admin = await gateway.newAdmin();
  const other = await gateway.newAdmin();
  const unsigned = { method: 'DELETE', target: SESSION, host: new URL(gateway.adminUrl).host };
  const send = async (headers: Record<string, string>) => {
    const response = await fetch(gateway.adminUrl + SESSION, { method: 'DELETE', headers });
    return { status: response.status, text: await response.text() };
  };
  const headers = signStrict(admin.signsWith, unsigned, { now, nonce: newNonce() });
  expect((await send(headers)).status).toBe(204);
  expect(await send(headers)).toMatchObject({ status: 401, text: expect.stringContaining('sent before') });

  const stolenId = { ...other.signsWith, keyId: admin.signsWith.keyId };
  expect(await send(signStrict(stolenId, unsigned, { now }))).toMatchObject({
    status: 401,
    text: expect.stringContaining('not signed by an admin key'),
  });
  expect((await auditOf(`key ${admin.signsWith.keyId}`)).map(({ outcome }) => outcome)).toEqual([
    expect.stringContaining('sent before'),
    expect.stringContaining('not signed by an admin key'),
  ]);

  const keys = createAdminKeyService({ database: gateway.owner, clock, logger: createLogger('t', 'silent') });
  expect(await keys.revoke(testOperator(), admin.id)).toBe(true);
  expect(await keys.revoke(testOperator(), admin.id)).toBe(false);
  expect(await send(signStrict(admin.signsWith, unsigned, { now }))).toMatchObject({
    status: 401,
    text: expect.stringContaining('revoked'),
  });
});

test('keys and tokens of tenants are strangers here, and admin keys are strangers to the gateway', async () => {
  const caller = await gateway.newCaller({ scopes: ['KEYS_WRITE', 'ACCOUNTS_READ'] });
  const target = SESSION;
  const host = new URL(gateway.adminUrl).host;
  const legacy = await fetch(gateway.adminUrl + target, {
    headers: { Apikey: caller.apiKey, Signature: 'ab'.repeat(32) },
  });
  expect(legacy.status).toBe(401);
  expect(await legacy.text()).toContain('not the caller keys of tenants');
  const signer = { keyId: caller.apiKey, algorithm: 'hmac-sha256', key: caller.apiSecret } as const;
  const strict = await fetch(gateway.adminUrl + target, {
    headers: signStrict(signer, { method: 'GET', target, host }, { now }),
  });
  expect(strict.status).toBe(401);
  expect(await strict.text()).toContain('caller keys of tenants do not count here');
  const token = await fetch(gateway.adminUrl + target, {
    headers: { Authorization: `Bearer ${Buffer.from('{"alg":"EdDSA"}').toString('base64url')}.e30.AA` },
  });
  expect(token.status).toBe(401);

  const admin = await gateway.newAdmin();
  const gatewayHost = new URL(gateway.baseUrl).host;
  for (const path of ['/api/keys', '/ver1/accounts']) {
    const unsigned = { method: 'GET', target: path, host: gatewayHost };
    const answer = await fetch(gateway.baseUrl + path, {
      headers: signStrict(admin.signsWith, unsigned, { now }),
    });
    expect(answer.status).toBe(401);
  }
});

test("neither listener serves what is the other's", async () => {
  const admin = await gateway.newAdmin();
  for (const { path } of gateway.adminSurface.routes) {
    const answer = await fetch(gateway.baseUrl + path.replaceAll(/\{\w+\}/g, '1'));
    expect([path, answer.status]).toEqual([path, 404]);
  }
  for (const path of ['/ver1/accounts', '/api/keys', '/api/exchange/supported']) {
    expect([path, (await admin.get(path)).status]).toEqual([path, 404]);
  }
});

test('a one-time link signs in once, and its session makes no change without its token', async () => {
  const { cookie, csrf, token, response } = await signIn();
  const attributes = response.headers.get('set-cookie') ?? '';
  expect(attributes).toMatch(/^countersign-admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const again = await useLink(token);
  expect(again.status).toBe(401);
  expect(await again.text()).toContain('used before');

  const seen = await withCookie(cookie);
  expect(await seen.json()).toMatchObject({
    admin: { kind: 'link', name: 'operator tester' },
    csrf_token: csrf,
    expires_at: new Date(now + 8 * 3_600_000).toISOString(),
  });
  expect((await withCookie(cookie, 'DELETE')).status).toBe(403);
  expect((await withCookie(cookie, 'DELETE', { 'X-CSRF-Token': csrf.replace(/.$/, '!') })).status).toBe(403);
  const out = await withCookie(cookie, 'DELETE', { 'X-CSRF-Token': csrf });
  expect(out.status).toBe(204);
  expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
  const after = await withCookie(cookie);
  expect(after.status).toBe(401);
  expect(await after.text()).toContain('sign in again');
});

test('signing in again ends the session before, and leaves one that was fixed by somebody else alone', async () => {
  const first = await signIn();
  const second = await signIn(first.cookie);
  expect(second.cookie).not.toBe(first.cookie);
  expect((await withCookie(first.cookie)).status).toBe(401);
  expect((await withCookie(second.cookie)).status).toBe(200);
  const fixed = `countersign-admin=${'A'.repeat(43)}`;
  expect((await signIn(fixed)).cookie).not.toBe(fixed);
  expect((await withCookie(fixed)).status).toBe(401);
});

test('a page of another site cannot sign its visitor in', async () => {
  const { token } = await issueAdminLink(gateway.owner, testOperator(), clock);
  const response = await fetch(gateway.adminUrl + SESSION, {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: { 'Sec-Fetch-Site': 'cross-site' },
  });
  expect(response.status).toBe(403);
  expect(response.headers.get('set-cookie')).toBe(null);
});

test('a link lasts ten minutes, a session eight hours without use and a day with', async () => {
  const { token } = await issueAdminLink(gateway.owner, testOperator(), clock);
  const idle = await signIn();
  const busy = await signIn();
  const hour = 3_600_000;
  // Limits take a clock that goes back for a broken one: it stays ahead.
  const before = now;
  now += 11 * 60_000;
  const late = await useLink(token);
  expect(late.status).toBe(401);
  expect(await late.text()).toContain('10 minutes');
  now = before + 7 * hour;
  expect((await withCookie(busy.cookie)).status).toBe(200);
  now = before + 9 * hour;
  expect((await withCookie(idle.cookie)).status).toBe(401);
  expect((await withCookie(busy.cookie)).status).toBe(200);
  now = before + 16 * hour;
  expect((await withCookie(busy.cookie)).status).toBe(200);
  now = before + 24 * hour;
  expect((await withCookie(busy.cookie)).status).toBe(401);
});

test('failed sign-ins are counted as failed authentications are, and written down', async () => {
  const gatewayOfFew = await startTestGateway({ limits: { failedAuthPerMinute: 3 } });
  try {
    const attempt = (): Promise<Response> =>
      fetch(gatewayOfFew.adminUrl + SESSION, { method: 'POST', body: JSON.stringify({ token: newNonce() }) });
    const statuses: number[] = [];
    for (let tried = 0; tried < 5; tried += 1) statuses.push((await attempt()).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const rows = await gatewayOfFew.owner.session(OPERATOR_TENANT_ID).query<{ actor: string }>(
      {
        name: 'test.refusals',
        text: "select actor from audit_log where tenant_id = $1 and action = 'admin.sign_in_refused'",
      },
      [OPERATOR_TENANT_ID],
    );
    expect(rows.map(({ actor }) => actor)).toEqual(Array(3).fill('address:127.0.0.1'));
  } finally {
    await gatewayOfFew[Symbol.asyncDispose]();
  }
});

test('both listeners tell their health, and the admin API describes itself', async () => {
  for (const base of [gateway.baseUrl, gateway.adminUrl]) {
    expect((await fetch(`${base}/livez`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
  }
  const document = (await (await fetch(`${gateway.adminUrl}/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(document.paths)).toContain(SESSION);
  expect(Object.keys(document.paths)).not.toContain('/api/keys');
});
