/** What the client does when answers are late, lost or "later": reads and changes happen, and happen once. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ApiError, NoAnswerError } from '../../src/sdk/api-error.ts';
import { type Client, type ClientOptions, createClient } from '../../src/sdk/client.ts';
import { isPassing, waitBefore } from '../../src/sdk/retry-policy.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { aClient, keyOf } from './sdk-fixture.ts';

let gateway: TestGateway;
let proxy: FaultProxy;
let caller: TestCaller;
let direct: Client;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

beforeEach(async () => {
  proxy = await startFaultProxy(gateway.baseUrl);
  ({ client: direct, caller } = await aClient(gateway));
});
afterEach(() => proxy[Symbol.asyncDispose]());

const client = (options: Partial<ClientOptions> = {}): Client =>
  createClient({ baseUrl: proxy.url, key: keyOf(caller), ...options });

const PORTFOLIO = { name: 'Once', weights: { BTC: 100 } };

const portfoliosThere = async (): Promise<number> => (await direct.portfolios.list()).total_count;

const idempotencyKeys = (): (string | string[] | undefined)[] =>
  proxy.seen.map(({ headers }) => headers['idempotency-key']);

const PASSING: Fault[] = [
  { kind: 'request_lost' },
  { kind: 'answer_lost' },
  { kind: 'answer_cut' },
  { kind: 'answer', status: 502, body: '<html>Bad Gateway</html>' },
  { kind: 'answer', status: 503, headers: { 'Retry-After': '0' } },
  { kind: 'answer', status: 504 },
  { kind: 'answer', status: 429, headers: { 'Retry-After': '0' } },
];

test.each(PASSING)('a read is asked again after $kind $status', async (fault) => {
  proxy.expect(fault);
  expect(await client().accounts.list()).toEqual([]);
  expect(proxy.seen).toHaveLength(2);
});

describe.each(['legacy', 'strict', 'rfc9421'] as const)('%s', (profile) => {
  test.each(PASSING)('a change is sent again after $kind $status, and happens once', async (fault) => {
    proxy.expect(fault, fault);
    const made = await client({ profile }).portfolios.create(PORTFOLIO);
    expect(made).toMatchObject(PORTFOLIO);
    expect(await direct.portfolios.get({ portfolio_id: made.id })).toEqual(made);
    expect(await portfoliosThere()).toBe(1);
    expect(proxy.seen).toHaveLength(3);
    expect(new Set(idempotencyKeys()).size).toBe(1);
  });
});

test('an account whose connecting was answered into the void is there once, and its record is the answer', async () => {
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  proxy.expect({ kind: 'answer_lost' });
  const account = await client().accounts.connect({
    type: 'binance',
    name: 'Once',
    api_key: keys.api_key,
    secret: keys.secret,
  });
  expect((await direct.accounts.list()).map(({ id }) => id)).toEqual([account.id]);
});

test('a secret that is told once is told to who lost the answer', async () => {
  proxy.expect({ kind: 'answer_lost' });
  const { api_key: id, api_secret: secret } = await client().keys.create({
    name: 'Told again',
    scopes: ['ACCOUNTS_READ'],
  });
  const own = createClient({ baseUrl: gateway.baseUrl, key: { id, secret: secret ?? '' } });
  expect(await own.accounts.list()).toEqual([]);
  expect((await direct.keys.list()).keys.filter(({ name }) => name === 'Told again')).toHaveLength(1);
});

test('two calls are two changes, and one key of the caller makes them one', async () => {
  const first = await client().portfolios.create(PORTFOLIO, { idempotencyKey: 'order-1' });
  expect(await client().portfolios.create(PORTFOLIO, { idempotencyKey: 'order-1' })).toEqual(first);
  // Names are unique, so a second change of the same content is told from a replay.
  await expect(client().portfolios.create(PORTFOLIO)).rejects.toMatchObject({ status: 409 });
  await expect(
    client().portfolios.create({ ...PORTFOLIO, name: 'Other' }, { idempotencyKey: 'order-1' }),
  ).rejects.toMatchObject({ status: 422 });
  expect(await portfoliosThere()).toBe(1);
});

test('a first try that is still at work is waited for', async () => {
  proxy.expect({
    kind: 'answer',
    status: 409,
    headers: { 'Retry-After': '0' },
    body: '{"detail":"The request under this Idempotency-Key is still being answered"}',
  });
  expect(await client().portfolios.create(PORTFOLIO)).toMatchObject(PORTFOLIO);
});

test('what is refused for good is not asked again', async () => {
  await expect(client().portfolios.create({ ...PORTFOLIO, weights: { BTC: 1 } })).rejects.toBeInstanceOf(
    ApiError,
  );
  await expect(client().portfolios.get({ portfolio_id: 1 })).rejects.toMatchObject({ status: 404 });
  proxy.expect({ kind: 'answer', status: 409, body: '{"detail":"taken"}' });
  await expect(client().portfolios.create(PORTFOLIO)).rejects.toMatchObject({
    status: 409,
    code: 'conflict',
  });
  proxy.expect({ kind: 'answer', status: 500 });
  await expect(client().accounts.list()).rejects.toMatchObject({ status: 500 });
  expect(proxy.seen).toHaveLength(4);
});

test('it gives up after its tries, with what came last', async () => {
  const busy: Fault = { kind: 'answer', status: 503, headers: { 'Retry-After': '0', 'X-Request-Id': 'r-1' } };
  proxy.expect(busy, busy, busy);
  await expect(client({ retries: 2 }).accounts.list()).rejects.toMatchObject({
    status: 503,
    requestId: 'r-1',
    retryAfterMs: 0,
  });
  expect(proxy.seen).toHaveLength(3);
  const gone: Fault = { kind: 'request_lost' };
  proxy.expect(gone);
  await expect(client({ retries: 0 }).accounts.list()).rejects.toBeInstanceOf(NoAnswerError);
});

test('a wait that would end after the deadline is not begun', async () => {
  proxy.expect({ kind: 'answer', status: 429, headers: { 'Retry-After': '3600' } });
  await expect(client().accounts.list()).rejects.toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
  expect(proxy.seen).toHaveLength(1);
});

test('a try that gets no answer is given up for the next one', async () => {
  proxy.expect({ kind: 'silence' });
  expect(await client({ attemptTimeoutMs: 300 }).accounts.list()).toEqual([]);
});

test('the deadline ends a call that is never answered', async () => {
  proxy.expect({ kind: 'silence' }, { kind: 'silence' });
  await expect(client().accounts.list({}, { timeoutMs: 200 })).rejects.toBeInstanceOf(NoAnswerError);
});

describe('a signal', () => {
  const reason = new Error('the caller has other plans');

  test('that is aborted already lets nothing go out', async () => {
    await expect(client().accounts.list({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(proxy.seen).toHaveLength(0);
  });

  test('ends a call that waits for an answer, and it throws its reason', async () => {
    const controller = new AbortController();
    proxy.expect({ kind: 'silence' });
    const asked = client().accounts.list({}, { signal: controller.signal });
    const seen = expect(asked).rejects.toBe(reason);
    while (proxy.seen.length === 0) await new Promise(setImmediate);
    controller.abort(reason);
    await seen;
  });

  test('ends a call that waits before another try', async () => {
    const controller = new AbortController();
    proxy.expect({ kind: 'answer', status: 503, headers: { 'Retry-After': '20' } });
    const onAttempt = (): void => void setImmediate(() => controller.abort(reason));
    await expect(client({ onAttempt }).accounts.list({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(proxy.seen).toHaveLength(1);
  });
});

test('what an observer throws is thrown, and nothing is sent again', async () => {
  const trouble = new Error('the log is full');
  const onAttempt = (): never => {
    throw trouble;
  };
  await expect(client({ onAttempt }).portfolios.create(PORTFOLIO)).rejects.toBe(trouble);
  expect(proxy.seen).toHaveLength(1);
});

test('a redirect is not followed: the signature is for one place', async () => {
  const elsewhere: Server = createServer();
  let asked = 0;
  elsewhere.on('request', (_, response) => {
    asked += 1;
    response.end('[]');
  });
  await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/ver1/accounts`;
  proxy.expect({ kind: 'answer', status: 307, headers: { Location: location } });
  await expect(client().accounts.list()).rejects.toMatchObject({ status: 307 });
  expect(asked).toBe(0);
  elsewhere.close();
});

test('waits grow, spread, stay bounded, and are never shorter than the gateway asks for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, asked, chance) => {
        const ms = waitBefore(attempt, asked, chance);
        expect(ms).toBeGreaterThanOrEqual(asked ?? 0);
        expect(ms - (asked ?? 0)).toBeLessThanOrEqual(Math.min(5_000, 200 * 2 ** (attempt - 1)));
        expect(waitBefore(attempt + 1, asked, chance)).toBeGreaterThanOrEqual(ms);
      },
    ),
  );
  const refusal = { code: '', problems: [], requestId: undefined, retryAfterMs: undefined };
  const passing = [400, 401, 403, 404, 409, 422, 429, 500, 501, 502, 503, 504].filter((status) =>
    isPassing(new ApiError('', 'GET', '/', { ...refusal, status })),
  );
  expect(passing).toEqual([429, 502, 503, 504]);
});
