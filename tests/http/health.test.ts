import { expect, test } from '@jest/globals';
import { createHealth } from '../../src/http/health.ts';
import { aCallerKey, aClock, startTestServer } from './sample-surface.ts';

test('/livez depends on nothing, /readyz names what is missing', async () => {
  const clock = aClock();
  let custodyIsUp = false;
  await using server = await startTestServer({
    clock,
    readinessChecks: {
      database: () => Promise.resolve(),
      custody: () =>
        custodyIsUp ? Promise.resolve() : Promise.reject(new Error('ECONNREFUSED /run/custody.sock')),
    },
  });
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  const missing = await fetch(`${server.url}/readyz`);
  expect([missing.status, await missing.json()]).toEqual([
    503,
    { status: 'not ready', checks: { database: 'ok', custody: 'failed' } },
  ]);
  custodyIsUp = true;
  clock.advance(1_000);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('a flood of questions asks the database once a second', async () => {
  const clock = aClock();
  let asked = 0;
  const checks = {
    database: () => {
      asked += 1;
      return Promise.resolve();
    },
  };
  const health = createHealth({ clock, checks, isDraining: () => false });
  await Promise.all(Array.from({ length: 100 }, () => health.ready()));
  expect(asked).toBe(1);
  clock.advance(1_000);
  await health.ready();
  expect(asked).toBe(2);
});

test('a server that drains says so and still answers; closing waits for what is under way', async () => {
  const key = aCallerKey();
  let release: () => void = () => undefined;
  const entered = new Promise<void>((resolveEntered) => {
    release = resolveEntered;
  });
  let finish: (actor: never) => void = () => undefined;
  const held = new Promise<never>((resolve) => {
    finish = resolve;
  });
  await using server = await startTestServer({
    authenticator: {
      authenticate: () => {
        release();
        return held;
      },
    },
  });
  const waiting = server.signed(key, 'GET', '/ver1/things/7');
  await entered;
  server.server.drain();
  const readiness = await fetch(`${server.url}/readyz`);
  expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'draining' }]);
  expect((await fetch(`${server.url}/ver1/ping`)).status).toBe(200);

  const closed = server.server.close();
  await expect(fetch(`${server.url}/ver1/ping`)).rejects.toThrow();
  finish({ keyId: key.keyId, callerKeyId: key.id, tenantId: 't', scopes: key.scopes, mode: 'real' } as never);
  expect((await waiting).status).toBe(200);
  await closed;
});

test('closing does not wait for ever for a request that never ends', async () => {
  let enter: () => void = () => undefined;
  const entered = new Promise<void>((resolve) => {
    enter = resolve;
  });
  const server = await startTestServer({
    authenticator: {
      authenticate: () => {
        enter();
        return new Promise(() => undefined);
      },
    },
  });
  const waiting = server.signed(aCallerKey(), 'GET', '/ver1/things/7').catch(() => 'cut off');
  await entered;
  await server.server.close(10);
  expect(await waiting).toBe('cut off');
});

test('a port that is taken is an error of listen, not of the process', async () => {
  await using first = await startTestServer();
  const second = await startTestServer();
  await second.server.close();
  await expect(second.server.listen(first.port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
});
