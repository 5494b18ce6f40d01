/** What the client hands over: typed errors of both dialects without secrets, whole lists, exact numbers. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'lossless-json';
import { ApiError, NoAnswerError } from '../../src/sdk/api-error.ts';
import { createClient } from '../../src/sdk/client.ts';
import { walkPages } from '../../src/sdk/paging.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { aClient, keyOf } from './sdk-fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const thrownBy = async (work: Promise<unknown>): Promise<ApiError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`);
  return error;
};

describe('an error', () => {
  test('of /ver1 has the word, and the messages of each parameter', async () => {
    const { client } = await aClient(gateway);
    const error = await thrownBy(client.accounts.connect({ type: 'binance', name: 'No keys' }));
    expect(error).toMatchObject({
      name: 'ApiError',
      method: 'POST',
      path: '/ver1/accounts/new',
      status: 400,
      code: 'record_invalid',
      requestId: expect.stringMatching(/.+/),
      retryAfterMs: undefined,
    });
    expect(error.problems.map(({ field }) => field).sort()).toEqual(['api_key', 'secret']);
    for (const { message } of error.problems) expect(message).not.toBe('');
    expect(error.message).toMatch(/^POST \/ver1\/accounts\/new: Invalid parameters: \w+: /);
  });

  test('of /api has the way to each bad value', async () => {
    const { client } = await aClient(gateway);
    const error = await thrownBy(client.portfolios.create({ name: '', weights: { BTC: -1 } }));
    expect(error).toMatchObject({ status: 422, code: 'record_invalid', path: '/api/portfolios' });
    expect(error.problems.map(({ field }) => field).sort()).toEqual(['name', 'weights.BTC']);
    expect(error.message).toContain('name: ');
  });

  test('without parameters to blame has the words alone', async () => {
    const { client } = await aClient(gateway);
    expect(await thrownBy(client.accounts.get({ account_id: 2_000_000_000 }))).toMatchObject({
      status: 404,
      code: 'not_found',
      problems: [],
    });
    expect(await thrownBy(client.portfolios.get({ portfolio_id: 2_000_000_000 }))).toMatchObject({
      status: 404,
      code: 'not_found',
      problems: [],
    });
    const stranger = createClient({ baseUrl: gateway.baseUrl, key: { id: 'nobody', secret: 'x' } });
    expect(await thrownBy(stranger.accounts.list())).toMatchObject({
      status: 401,
      code: 'signature_invalid',
    });
    expect(await thrownBy(stranger.portfolios.list())).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    });
  });

  test('of something in between is told by its status', async () => {
    await using proxy = await startFaultProxy(gateway.baseUrl);
    const { client } = await aClient(gateway, { baseUrl: proxy.url });
    proxy.expect(
      { kind: 'answer', status: 413, body: '<html>too big</html>' },
      { kind: 'answer', status: 418 },
      { kind: 'answer', status: 200, body: '<html>Welcome to the hotel</html>' },
    );
    expect(await thrownBy(client.accounts.list())).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(await thrownBy(client.accounts.list())).toMatchObject({ status: 418, code: 'http_418' });
    await expect(client.accounts.list()).rejects.toBeInstanceOf(NoAnswerError);
  });

  test('holds none of the secrets that were sent, and the client shows none', async () => {
    await using proxy = await startFaultProxy(gateway.baseUrl);
    const { caller } = await aClient(gateway);
    const planted = 'PlantedExchangeSecret0123456789';
    for (const profile of ['legacy', 'strict', 'rfc9421'] as const) {
      const client = createClient({ baseUrl: proxy.url, key: keyOf(caller), profile, retries: 0 });
      const keys = { type: 'binance', name: 'Wrong', api_key: planted, secret: planted };
      const shown = [inspect(client, { depth: 9, showHidden: true })];
      proxy.expect({ kind: 'answer', status: 502 }, { kind: 'request_lost' }, { kind: 'answer_cut' });
      for (let attempt = 0; attempt < 4; attempt += 1) {
        const thrown: unknown = await client.accounts.connect(keys).catch((error: unknown) => error);
        expect(thrown).toBeInstanceOf(Error);
        shown.push(inspect(thrown, { depth: 9, showHidden: true }), JSON.stringify(thrown));
      }
      // A key that stands in a query.
      proxy.expect({ kind: 'request_lost' });
      const thrown: unknown = await client.accounts
        .list({ api_key: planted })
        .catch((error: unknown) => error);
      shown.push(inspect(thrown, { depth: 9, showHidden: true }), JSON.stringify(thrown));
      for (const text of shown)
        for (const secret of [planted, caller.apiSecret]) expect(text).not.toContain(secret);
    }
  });
});

describe('a list', () => {
  test('is walked to its end, whatever the size of a page', async () => {
    const { client } = await aClient(gateway);
    const made: number[] = [];
    for (let at = 0; at < 5; at += 1)
      made.push((await client.portfolios.create({ name: `No. ${at}`, weights: { BTC: 100 } })).id);
    for (const limit of [1, 2, 5, 100]) {
      const met: number[] = [];
      for await (const { id } of client.portfolios.each({ limit })) met.push(id);
      expect(met).toEqual(made);
    }
  });

  test('of accounts, keys and trades is walked by the way that each has', async () => {
    const { client, caller } = await aClient(gateway);
    const paper = createClient({ baseUrl: gateway.baseUrl, key: keyOf(caller), mode: 'paper' });
    const connected: number[] = [];
    for (const name of ['One', 'Two', 'Three', 'Four'])
      connected.push((await paper.accounts.connect({ type: 'paper_trading', name })).id);
    for (const per_page of [1, 2, 3, 4, 5]) {
      const met: number[] = [];
      for await (const { id } of paper.accounts.each({ per_page })) met.push(id);
      expect(met).toEqual(connected);
    }

    for (let at = 0; at < 3; at += 1) await client.keys.create({ name: `Key ${at}`, scopes: [] });
    const keys: string[] = [];
    for await (const { name } of client.keys.each({ limit: 2 })) keys.push(name);
    expect(keys).toEqual(['Test key', 'Key 0', 'Key 1', 'Key 2']);
    expect(await client.exchange.eachTrade({ exchange: 'kraken' }).next()).toMatchObject({ done: true });
  });

  test('that says there is more and gives nothing ends', async () => {
    const met: number[] = [];
    for await (const item of walkPages<number>((offset) =>
      Promise.resolve({ items: offset < 3 ? [offset] : [], hasMore: true }),
    ))
      met.push(item);
    expect(met).toEqual([0, 1, 2]);
  });

  test('is read no further than it is walked', async () => {
    let pages = 0;
    for await (const item of walkPages<number>((offset) => {
      pages += 1;
      return Promise.resolve({ items: [offset, offset + 1], hasMore: true });
    }))
      if (item === 2) break;
    expect(pages).toBe(2);
  });
});

test('amounts come digit for digit with a reader that keeps them', async () => {
  const { client } = await aClient(gateway, { parse: (text) => parse(text) });
  const keys = await gateway.sandbox.openAccount({
    venue: 'kraken',
    balances: { BTC: '123456789012.12345678' },
  });
  await client.credentials.store({
    exchange_name: 'kraken',
    credential_name: 'Exact',
    api_key: keys.api_key,
    api_secret: keys.secret,
  });
  await client.exchange.syncBalance({ exchange: 'kraken' });
  const { balances } = await client.exchange.balance({ exchange: 'kraken' });
  expect(String(balances['BTC']?.free)).toBe('123456789012.12345678');
});
