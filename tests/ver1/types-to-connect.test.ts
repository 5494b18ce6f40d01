/** GET and POST /ver1/accounts/types_to_connect: what a key pair has connected and what it could. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Keys = Readonly<Record<string, string>> & { readonly api_key: string };

const newKeys = async (
  venue: string,
  btc = '1',
  options: Readonly<Record<string, unknown>> = {},
): Promise<Keys> => ({
  ...(await gateway.sandbox.openAccount({ venue, balances: { BTC: btc }, ...options })),
});

const connect = async (type: string, venue = type, extra: object = {}) => {
  const keys = await newKeys(venue);
  const answer = await caller.post('/ver1/accounts/new', { type, name: 'An account', ...keys, ...extra });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return { id: (answer.body as { id: number }).id, keys };
};

describe('types_to_connect', () => {
  const ask = (parameters: Record<string, string>, by = caller) =>
    by.get(`/ver1/accounts/types_to_connect?${new URLSearchParams(parameters).toString()}`);

  test('tells what a key has connected and what it could, by GET and by POST', async () => {
    const { keys } = await connect('binance', 'binance', { types_to_create: ['binance_futures'] });
    const parameters = { type: 'binance', name: 'Any', ...keys };
    const answer = await ask(parameters);
    expect(answer).toMatchObject({
      status: 200,
      body: [
        { type: 'binance', connected: true, available: true, unified: false },
        { type: 'binance_margin', connected: false, available: true, unified: false },
        { type: 'binance_futures', connected: true, available: true, unified: false },
        { type: 'binance_futures_coin', connected: false, available: true, unified: false },
      ],
    });
    expect(await caller.post('/ver1/accounts/types_to_connect', parameters)).toMatchObject({
      status: 200,
      body: answer.body,
    });
    const stranger = await gateway.newCaller();
    expect((await ask(parameters, stranger)).body).toMatchObject([
      { connected: false },
      {},
      { connected: false },
      {},
    ]);
  });

  test('tells the types of an exchange without keys, and which is the one wallet for all', async () => {
    expect((await ask({ type: 'bybit', name: 'Any' })).body).toEqual([
      { type: 'bybit', connected: false, available: true, unified: true },
      { type: 'bybit_spot', connected: false, available: true, unified: false },
      { type: 'bybit_usdt_perpetual', connected: false, available: true, unified: false },
    ]);
  });

  test('a key that connecting would refuse makes nothing available, one that does not work is an error', async () => {
    const dangerous = await newKeys('kraken', '1', { permissions: ['read', 'withdraw'] });
    expect((await ask({ type: 'kraken', name: 'Any', ...dangerous })).body).toMatchObject([
      { available: false },
    ]);
    const wrong = { ...(await newKeys('kraken')), secret: Buffer.alloc(64, 7).toString('base64') };
    expect(await ask({ type: 'kraken', name: 'Any', ...wrong })).toMatchObject({
      status: 422,
      body: { error: 'invalid_api_key' },
    });
    const { id, keys } = await connect('kraken');
    await caller.post('/ver1/accounts/update', { account_id: id, ...(await newKeys('kraken')) });
    expect((await ask({ type: 'kraken', name: 'Any', ...keys })).body).toMatchObject([{ available: false }]);
  });

  test('lists every problem', async () => {
    expect(await ask({ type: 'mtgox', api_key: '1', secret: '' })).toMatchObject({
      status: 400,
      body: {
        error_attributes: {
          type: ['does not have a valid value'],
          name: ['is missing'],
          api_key: ['is too short (minimum is 5 characters)'],
          secret: ['is empty'],
        },
      },
    });
  });
});
