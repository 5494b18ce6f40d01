import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, connect, failure, openAccount } from './ccxt-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'admin tests' });
});
afterAll(() => sandbox.close());

describe('accounts', () => {
  test('many are made at once, each with keys of its own', async () => {
    const { status, body } = await admin(sandbox, 'POST', 'accounts', {
      venue: 'binance',
      count: 3_000,
      balances: { BTC: '1' },
    });
    const { accounts } = body as { accounts: SandboxKeys[] };
    expect(status).toBe(201);
    expect(new Set(accounts.map((keys) => keys.api_key)).size).toBe(3_000);
    const last = await connect(sandbox, 'binance', accounts.at(-1));
    expect((await last.fetchBalance()).BTC?.total).toBe('1');
  });

  test('a name gives the same keys at every start, and is taken only once', async () => {
    const input = { venue: 'kraken', name: 'treasury' };
    const keys = await openAccount(sandbox, input);
    const twin = await startSandbox({ port: 0, seed: 'admin tests' });
    expect(await openAccount(twin, input)).toEqual(keys);
    await twin.close();
    expect(await admin(sandbox, 'POST', 'accounts', input)).toMatchObject({ status: 400 });
  });

  test('PATCH changes what it names, PUT replaces the balances, DELETE makes the key unknown', async () => {
    const keys = await openAccount(sandbox, { venue: 'kraken', balances: { BTC: '1', ETH: '2' } });
    const path = `accounts/${encodeURIComponent(keys.api_key)}`;
    const spot = async () =>
      ((await admin(sandbox, 'GET', path)).body as { wallets: { spot: object } }).wallets.spot;
    await admin(sandbox, 'PATCH', path, { balances: { ETH: '0', ADA: '5' }, permissions: ['read'] });
    expect(await spot()).toEqual({ BTC: { free: '1', locked: '0' }, ADA: { free: '5', locked: '0' } });
    await admin(sandbox, 'PUT', path, { balances: { SOL: { free: '1', locked: '2' } } });
    expect(await spot()).toEqual({ SOL: { free: '1', locked: '2' } });
    expect(await admin(sandbox, 'GET', path)).toMatchObject({ body: { permissions: ['read'] } });
    expect(JSON.stringify(await admin(sandbox, 'GET', path))).not.toContain(keys.secret);
    await admin(sandbox, 'DELETE', path);
    expect(await admin(sandbox, 'GET', path)).toMatchObject({ status: 404 });
    expect(await failure((await connect(sandbox, 'kraken', keys)).fetchBalance())).toBe(
      'AuthenticationError',
    );
  });
});

describe('bad input gets a clear 400', () => {
  test.each([
    ['accounts', { venue: 'nowhere' }, 'venue'],
    ['accounts', { venue: 'okx', balances: { BTC: 1.5 } }, 'balances.BTC'],
    ['accounts', { venue: 'okx', balances: { BTC: '-1' } }, 'balances.BTC'],
    ['accounts', { venue: 'okx', balances: { BTC: '1e5' } }, 'balances.BTC'],
    ['accounts', { venue: 'okx', permissions: ['all'] }, 'permissions'],
    ['accounts', { venue: 'okx', count: 0 }, 'count'],
    ['accounts', { venue: 'okx', surprise: 1 }, 'surprise'],
    ['faults', { venue: 'okx', kind: 'fire' }, 'kind'],
    ['faults', { venue: 'okx', kind: 'server_error', status: 200 }, 'status'],
    ['faults', [], 'input'],
  ])('%s %j', async (path, input, named) => {
    const { status, body } = await admin(sandbox, 'POST', path, input);
    expect(status).toBe(400);
    expect((body as { error: string }).error).toContain(named);
  });

  test('a body that is not JSON, an unknown venue in a query, a badly encoded key', async () => {
    const response = await fetch(`${sandbox.url}/_sandbox/accounts`, { method: 'POST', body: '{"venue":' });
    expect(response.status).toBe(400);
    expect((await admin(sandbox, 'GET', 'requests?venue=nowhere')).status).toBe(400);
    expect((await admin(sandbox, 'GET', 'accounts/%E0%A4%A')).status).toBe(400);
    expect((await admin(sandbox, 'GET', 'nothing')).status).toBe(404);
  });

  test('requests of a page in a browser are refused', async () => {
    const response = await fetch(`${sandbox.url}/_sandbox/requests`, {
      headers: { origin: 'http://example.com' },
    });
    expect(response.status).toBe(403);
  });
});

test('requests are counted per endpoint, without keys, queries or signatures', async () => {
  await admin(sandbox, 'DELETE', 'requests');
  const exchange = await connect(sandbox, 'okx', sandbox.accounts.okx, {
    options: { fetchMarkets: { types: ['spot'] } },
  });
  await exchange.fetchBalance();
  await exchange.fetchBalance();
  await fetch(`${sandbox.url}/api/v5/nope`, { headers: { 'x-sandbox-host': 'www.okx.com' } });
  const { body } = await admin(sandbox, 'GET', 'requests?venue=okx');
  expect(body).toEqual({
    okx: {
      'GET /api/v5/public/instruments': 1,
      'GET /api/v5/asset/currencies': 1,
      'GET /api/v5/account/balance': 2,
      'unknown endpoint': 1,
    },
  });
});

describe('the server withstands', () => {
  const send = (headers: Record<string, string>, path = '/', init: RequestInit = {}) =>
    fetch(sandbox.url + path, { ...init, headers });

  test('unknown hosts, unknown paths, and paths of another host of the venue', async () => {
    expect((await send({})).status).toBe(421);
    expect((await send({ 'x-sandbox-host': 'evil.example' })).status).toBe(421);
    expect((await send({ 'x-sandbox-host': 'api.binance.com' }, '/api/v3/nope')).status).toBe(404);
    expect((await send({ 'x-sandbox-host': 'fapi.binance.com' }, '/api/v3/time')).status).toBe(404);
    expect((await send({ 'x-sandbox-host': 'api.binance.com' }, '/_sandbox/health')).status).toBe(404);
  });

  test('a body over 64 KB', async () => {
    const init = { method: 'POST', body: 'x'.repeat(64 * 1024 + 1) };
    expect((await send({}, '/_sandbox/accounts', init)).status).toBe(413);
    const most = { method: 'POST', body: 'x'.repeat(64 * 1024) };
    expect((await send({}, '/_sandbox/accounts', most)).status).toBe(400);
  });

  test('bytes that are not HTTP, and signed calls full of nonsense', async () => {
    const socket = openSocket({ port: Number(new URL(sandbox.url).port), host: '127.0.0.1' });
    socket.write('\0\xff nonsense\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    const headers = {
      'x-mbx-apikey': sandbox.accounts.binance?.api_key ?? '',
      'x-sandbox-host': 'api.binance.com',
    };
    for (const query of [
      '%',
      '&&&',
      'signature=',
      'timestamp=1&signature=zz',
      'timestamp=-1&signature=00',
      'timestamp=9&timestamp',
    ]) {
      const response = await send(headers, `/api/v3/account?${query}`);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { code: number }).code).toBeLessThan(0);
    }
    const kraken = { 'api-key': sandbox.accounts.kraken?.api_key ?? '', 'x-sandbox-host': 'api.kraken.com' };
    for (const body of ['', '{', '{"nonce":{}}', 'nonce=%', 'nonce=-5']) {
      const response = await send(kraken, '/0/private/Balance', { method: 'POST', body });
      expect(await response.json()).toEqual({ error: ['EAPI:Invalid signature'] });
    }
    expect((await send({}, '/_sandbox/health')).status).toBe(200);
  });
});
