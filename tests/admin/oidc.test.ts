/** Signing in to the console through an identity provider, and every way in which that must fail. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { OPERATOR_TENANT_ID } from '../../src/auth/administrator.ts';
import { findEntry } from '../../src/features/administration/oidc-allowed.ts';
import { type OidcServer, startOidcServer } from '../support/oidc-server.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let now = Date.now();
let provider: OidcServer;
let gateway: TestGateway;

beforeAll(async () => {
  provider = await startOidcServer();
  gateway = await startTestGateway({
    clock: { now: () => now },
    admin: {
      oidcIssuer: provider.issuer,
      oidcClientId: provider.clientId,
      oidcClientSecret: provider.clientSecret,
      oidcName: 'Our people',
      oidcAllowed: ['ada@example.com', 'groups=operators'],
    },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
beforeEach(() => {
  provider.person = { sub: 'p-1', email: 'ada@example.com', email_verified: true };
});

/** As a browser that follows no redirect by itself. */
const visit = (url: string, cookie = ''): Promise<Response> =>
  fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });

const cookieOf = (response: Response): string =>
  (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

const begin = async () => {
  const started = await visit(`${gateway.adminUrl}/admin/oidc/start`);
  expect(started.status).toBe(303);
  const asked = started.headers.get('location') ?? '';
  const vouched = await visit(asked);
  return { asked, cookie: cookieOf(started), started, callback: vouched.headers.get('location') ?? '' };
};

const refusals = async (): Promise<string[]> => {
  const rows = await gateway.owner.session(OPERATOR_TENANT_ID).query<{ line: string }>(
    {
      name: 'test.oidc-refusals',
      text: `select object || ': ' || outcome as line from audit_log
              where tenant_id = $1 and action = 'admin.sign_in_refused' order by seq`,
    },
    [OPERATOR_TENANT_ID],
  );
  return rows.map(({ line }) => line);
};

test('one whom the provider vouches for, and the configuration lists, is signed in', async () => {
  const methods = await fetch(`${gateway.adminUrl}/api/admin/sign-in-methods`);
  expect(await methods.json()).toEqual({ link: true, oidc: true, oidc_name: 'Our people' });
  const { started, asked, cookie, callback } = await begin();
  expect(started.headers.get('set-cookie')).toMatch(
    /; Path=\/admin\/oidc; HttpOnly; SameSite=Lax; Max-Age=600$/,
  );
  expect(asked).toContain('code_challenge_method=S256');
  const done = await visit(callback, cookie);
  expect([done.status, done.headers.get('location')]).toEqual([303, '/console/']);
  expect(done.headers.get('set-cookie')).toMatch(
    /^countersign-admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const session = await visit(`${gateway.adminUrl}/api/admin/session`, cookieOf(done));
  expect(await session.json()).toMatchObject({ admin: { id: 'p-1', name: 'ada@example.com', kind: 'oidc' } });
});

test('a session ends when what let its operator in is no longer configured', async () => {
  const { cookie, callback } = await begin();
  const session = cookieOf(await visit(callback, cookie));
  const ask = async () => (await visit(`${gateway.adminUrl}/api/admin/session`, session)).status;
  expect(await ask()).toBe(200);
  const replace = (from: string, to: string) =>
    gateway.owner.shared.query(
      {
        name: 'test.replace-admitted',
        text: 'update admin_sessions set admitted_by = replace(admitted_by, $1, $2)',
      },
      [from, to],
    );
  // As if it was begun by a gateway that was configured otherwise.
  for (const [from, to] of [
    ['ada@example.com', 'eve@example.com'],
    [provider.issuer, 'https://other.example'],
  ] as const) {
    await replace(from, to);
    expect(await ask()).toBe(401);
    await replace(to, from);
    expect(await ask()).toBe(200);
  }
});

test('one who is not listed, or whose address the provider has not verified, is not', async () => {
  for (const person of [
    { sub: 'p-2', email: 'eve@example.com', email_verified: true },
    { sub: 'p-3', email: 'ada@example.com', email_verified: false },
    { sub: 'p-4', groups: ['users'] },
  ]) {
    provider.person = person;
    const { cookie, callback } = await begin();
    const answer = await visit(callback, cookie);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBe(null);
    expect(await answer.text()).toContain('is no operator here');
    expect((await refusals()).at(-1)).toMatch(new RegExp(`^oidc:${person.sub}: refused; `));
  }
});

test('an answer of another state, of another browser, of another nonce, or with a used code signs nobody in', async () => {
  const refused = async (url: string, cookie: string, words: string): Promise<void> => {
    const answer = await visit(url, cookie);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await answer.text()).toContain(words);
    expect((await refusals()).at(-1)).toContain(words);
  };
  const one = await begin();
  const two = await begin();
  await refused(one.callback, two.cookie, 'did not vouch');
  await refused(one.callback, '', 'not begun in this browser');
  await refused(one.callback.replace(/state=./, 'state=!'), one.cookie, 'did not vouch');
  await refused(`${gateway.adminUrl}/admin/oidc/callback`, one.cookie, 'did not vouch');
  await refused(
    `${gateway.adminUrl}/admin/oidc/callback?error=access_denied&state=x`,
    one.cookie,
    'did not vouch',
  );

  const used = await begin();
  expect((await visit(used.callback, used.cookie)).status).toBe(303);
  await refused(used.callback, used.cookie, 'invalid_grant');

  provider.person = { ...provider.person, nonce: 'of somebody else' };
  const replayed = await begin();
  await refused(replayed.callback, replayed.cookie, 'did not vouch');
});

test('a sign-in that takes longer than ten minutes begins anew', async () => {
  const { cookie, callback } = await begin();
  now += 11 * 60_000;
  const answer = await visit(callback, cookie);
  expect([answer.status, await answer.text()]).toEqual([
    401,
    expect.stringContaining('more than 10 minutes ago'),
  ]);
});

test('a provider that does not answer is told apart from a refusal', async () => {
  const away = await startOidcServer();
  const { issuer, clientId } = away;
  await away[Symbol.asyncDispose]();
  const other = await startTestGateway({ admin: { oidcIssuer: issuer, oidcClientId: clientId } });
  try {
    const answer = await visit(`${other.adminUrl}/admin/oidc/start`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('does not answer')]);
  } finally {
    await other[Symbol.asyncDispose]();
  }
});

test('who is allowed is decided by the claim that an entry names', () => {
  const claims = {
    sub: 's',
    email: 'Ada@Example.com',
    email_verified: true,
    groups: ['a', 'b'],
    role: 'root',
  };
  for (const entry of ['ada@example.com', 'sub:s', 'groups=b', 'role=root'])
    expect(findEntry(claims, ['sub:x', entry])).toBe(entry);
  for (const entry of ['eve@example.com', 'sub:t', 'groups=c', 'role=roo', 'sub:', 'sub=t'])
    expect(findEntry(claims, [entry])).toBeUndefined();
  expect(findEntry({ ...claims, email_verified: 'true' }, ['ada@example.com'])).toBeUndefined();
  expect(findEntry(claims, ['email=ada@example.com'])).toBe('email=ada@example.com');
  expect(findEntry({ ...claims, email_verified: false }, ['email=ada@example.com'])).toBeUndefined();
  expect(findEntry(claims, [])).toBeUndefined();
});
