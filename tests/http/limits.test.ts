import { expect, test } from '@jest/globals';
import type { HttpLimits } from '../../src/http/limits.ts';
import { aCallerKey, aClock, startTestServer, type TestServer, type TestKey } from './sample-surface.ts';

const THING = '/ver1/things/7';

const failOnce = (server: TestServer, key: TestKey): Promise<Response> =>
  fetch(server.url + THING, { headers: { Apikey: key.keyId, Signature: 'f'.repeat(64) } });

const statuses = async (times: number, send: () => Promise<Response>): Promise<number[]> => {
  const seen: number[] = [];
  for (let sent = 0; sent < times; sent += 1) seen.push((await send()).status);
  return seen;
};

test('a key over its limit gets 429 and the time to wait, in the words of the dialect; another key goes on', async () => {
  const [key, other] = [aCallerKey(), aCallerKey()];
  const clock = aClock();
  await using server = await startTestServer({ keys: [key, other], clock, limits: { keyPerMinute: 3 } });
  const first = await server.signed(key, 'GET', THING);
  expect(first.headers.get('ratelimit-policy')).toBe('"key";q=3;w=60');
  expect(first.headers.get('ratelimit')).toBe('"key";r=2;t=20');
  expect(await statuses(2, () => server.signed(key, 'GET', THING))).toEqual([200, 200]);

  const refused = await server.signed(key, 'GET', THING);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toEqual({
    error: 'Rate limit exceeded',
    error_description: 'You have exceeded the rate limit. Please try again later.',
  });
  expect(refused.headers.get('retry-after')).toBe('20');
  expect(refused.headers.get('ratelimit')).toBe('"key";r=0;t=60');
  expect((await server.signed(other, 'GET', THING)).status).toBe(200);

  clock.advance(20_000);
  expect((await server.signed(key, 'GET', THING)).status).toBe(200);
});

test('the keys of a tenant together have a limit of their own; another tenant goes on', async () => {
  const [key, other] = [aCallerKey({ tenantId: 'one' }), aCallerKey({ tenantId: 'one' })];
  const stranger = aCallerKey({ tenantId: 'two' });
  const clock = aClock();
  await using server = await startTestServer({
    keys: [key, other, stranger],
    clock,
    limits: { keyPerMinute: 3, tenantPerMinute: 4 },
  });
  // What one limit refuses is not taken from the other.
  expect(await statuses(9, () => server.signed(key, 'GET', THING))).toEqual([
    200,
    200,
    200,
    ...Array<number>(6).fill(429),
  ]);
  expect((await server.signed(other, 'GET', THING)).status).toBe(200);
  const refused = await server.signed(other, 'GET', THING);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15']);
  expect(refused.headers.get('ratelimit-policy')).toBe('"tenant";q=4;w=60');
  expect(refused.headers.get('ratelimit')).toBe('"tenant";r=0;t=60');
  expect((await server.signed(stranger, 'GET', THING)).status).toBe(200);
  expect(await statuses(3, () => server.signed(other, 'GET', THING))).toEqual([429, 429, 429]);
  clock.advance(15_000);
  expect((await server.signed(other, 'GET', THING)).status).toBe(200);
});

test('an answer reports the limit that is nearest to its end', async () => {
  const key = aCallerKey();
  const policyAfter = async (limits: Partial<HttpLimits>, ask: (server: TestServer) => Promise<Response>) => {
    await using server = await startTestServer({ keys: [key], limits });
    return (await ask(server)).headers.get('ratelimit');
  };
  const signed = (server: TestServer) => server.signed(key, 'GET', THING);
  expect(await policyAfter({ keyPerMinute: 9, tenantPerMinute: 9 }, signed)).toBe('"key";r=8;t=7');
  expect(await policyAfter({ keyPerMinute: 9, tenantPerMinute: 8 }, signed)).toBe('"tenant";r=7;t=8');
  expect(await policyAfter({ keyPerMinute: 9, ipPerMinute: 6 }, signed)).toBe('"ip";r=5;t=10');
  const ping = (server: TestServer) => fetch(`${server.url}/ver1/ping`);
  expect(await policyAfter({ publicPerMinute: 6, ipPerMinute: 9 }, ping)).toBe('"public";r=5;t=10');
  expect(await policyAfter({ publicPerMinute: 9, ipPerMinute: 6 }, ping)).toBe('"ip";r=5;t=10');
  const fail = (server: TestServer) => failOnce(server, key);
  expect(await policyAfter({ failedAuthPerMinute: 6 }, fail)).toBe('"auth";r=5;t=10');
});

test('an address over its limit gets 429 whatever it asks, while health answers', async () => {
  const key = aCallerKey();
  await using server = await startTestServer({ keys: [key], limits: { ipPerMinute: 3 } });
  expect(await statuses(3, () => fetch(`${server.url}/ver1/nowhere`))).toEqual([404, 404, 404]);
  const refused = await server.signed(key, 'GET', THING);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
  expect(refused.headers.get('ratelimit-policy')).toBe('"ip";q=3;w=60');
  expect(refused.headers.get('x-dialect')).toBe('sample');
  expect(await statuses(5, () => fetch(`${server.url}/livez`))).toEqual([200, 200, 200, 200, 200]);
});

test('addresses behind a trusted proxy are counted apart, those a stranger claims are not', async () => {
  const ask = (server: TestServer, ip: string) =>
    fetch(`${server.url}/ver1/ping`, { headers: { 'X-Forwarded-For': ip } });
  await using behind = await startTestServer({ trustedProxies: ['127.0.0.0/8'], limits: { ipPerMinute: 1 } });
  await using direct = await startTestServer({ limits: { ipPerMinute: 1 } });
  expect((await ask(behind, '203.0.113.1')).status).toBe(200);
  expect((await ask(behind, '203.0.113.2')).status).toBe(200);
  expect((await ask(behind, '203.0.113.2')).status).toBe(429);
  expect((await ask(direct, '203.0.113.1')).status).toBe(200);
  expect((await ask(direct, '203.0.113.2')).status).toBe(429);
});

test('public routes have a limit of their own', async () => {
  const key = aCallerKey();
  await using server = await startTestServer({ keys: [key], limits: { publicPerMinute: 2 } });
  expect(await statuses(3, () => fetch(`${server.url}/ver1/ping`))).toEqual([200, 200, 429]);
  expect((await fetch(`${server.url}/openapi.json`)).status).toBe(429);
  expect((await server.signed(key, 'GET', THING)).status).toBe(200);
});

test('failed authentications are counted; a key that signs well from the same address goes on', async () => {
  const [key, fresh] = [aCallerKey(), aCallerKey()];
  const clock = aClock();
  await using server = await startTestServer({
    keys: [key, fresh],
    clock,
    limits: { failedAuthPerMinute: 3 },
  });
  expect((await server.signed(key, 'GET', THING)).status).toBe(200);
  expect(await statuses(4, () => failOnce(server, aCallerKey()))).toEqual([401, 401, 401, 429]);
  expect((await server.signed(key, 'GET', THING)).status).toBe(200);
  // Not seen from here before: it waits, but no longer than until the next attempt is due.
  const waits = await server.signed(fresh, 'GET', THING);
  expect([waits.status, waits.headers.get('retry-after')]).toEqual([429, '20']);
  clock.advance(20_000);
  expect((await server.signed(fresh, 'GET', THING)).status).toBe(200);
});

test('failures of one key from many addresses are counted together, and never lock its owner out', async () => {
  const key = aCallerKey();
  await using server = await startTestServer({
    keys: [key],
    trustedProxies: ['127.0.0.1'],
    limits: { failedAuthPerMinute: 3 },
  });
  const failFrom = (ip: string): Promise<Response> =>
    fetch(server.url + THING, {
      headers: { Apikey: key.keyId, Signature: 'f'.repeat(64), 'X-Forwarded-For': ip },
    });
  const seen: number[] = [];
  for (let host = 1; host <= 5; host += 1) seen.push((await failFrom(`203.0.113.${host}`)).status);
  expect(seen).toEqual([401, 401, 401, 429, 429]);
  expect((await server.signed(key, 'GET', THING)).status).toBe(200);
});

test('more requests at once than the server answers are told to come back', async () => {
  const key = aCallerKey();
  let release: (actor: never) => void = () => undefined;
  const held = new Promise<never>((resolve) => {
    release = resolve;
  });
  await using server = await startTestServer({
    limits: { inFlight: 1 },
    authenticator: { authenticate: () => held },
  });
  const waiting = server.signed(key, 'GET', THING);
  // The first request is inside once a second one is turned away; until then the second finds the room empty.
  let busy = await fetch(`${server.url}/ver1/ping`);
  while (busy.status === 200) busy = await fetch(`${server.url}/ver1/ping`);
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await busy.json()).toMatchObject({ error: 'service_unavailable' });
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  release({
    keyId: key.keyId,
    callerKeyId: key.id,
    user: null,
    tenantId: 't',
    scopes: key.scopes,
    mode: 'real',
  } as never);
  expect((await waiting).status).toBe(200);
});
