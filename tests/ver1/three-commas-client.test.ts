/** The npm package 3commas-typescript, unmodified, with its own signing: only its base URL is redirected. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { API } from '3commas-typescript';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const THREE_COMMAS = 'https://api.3commas.io';

let gateway: TestGateway;
let api: API;

/** The part of its axios instance that is touched. */
interface ClientAxios {
  readonly defaults: { baseURL: string };
  readonly interceptors: {
    readonly request: { use(change: (config: { url: string }) => { url: string }): void };
  };
}

/** The client has no setting for it, so its axios instance is told where the API is. */
const redirect = (client: API, baseUrl: string): API => {
  const { axios } = client as unknown as { axios: ClientAxios };
  axios.defaults.baseURL = baseUrl;
  axios.interceptors.request.use((config) => ({
    ...config,
    url: config.url.replace(THREE_COMMAS, baseUrl),
  }));
  return client;
};

beforeAll(async () => {
  gateway = await startTestGateway();
  const caller = await gateway.newCaller();
  api = redirect(new API({ key: caller.apiKey, secrets: caller.apiSecret }), gateway.baseUrl);
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('the client connects an account, lists it, syncs it, renames it and removes it', async () => {
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '2', ETH: '10' } });
  const account = (await api.addExchangeAccount({ type: 'binance', name: 'Via client', ...keys })) as {
    id: number;
  };
  expect(account).toMatchObject({ market_code: 'binance', name: 'Via client' });

  expect(await api.getExchange()).toEqual([account]);
  expect(await api.getAccountInfo(account.id)).toMatchObject({
    id: account.id,
    auto_balance_portfolio: null,
  });
  expect(await api.loadBalances(account.id)).toMatchObject({ id: account.id });
  expect(await api.renameExchangeAccount(account.id, 'Renamed')).toMatchObject({ name: 'Renamed' });
  const fresh = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '3' } });
  expect(
    await api.editExchangeAccount({ account_id: account.id, name: 'With new keys', ...fresh }),
  ).toMatchObject({ name: 'With new keys', btc_amount: '3' });
  expect(await api.removeExchangeAccount(account.id)).toBe(true);
  expect(await api.getExchange()).toEqual([]);
});

test('the client switches between real and paper accounts', async () => {
  expect(await api.changeUserMode('paper')).toBe(true);
  const paper = (await api.addExchangeAccount({ type: 'paper_trading', name: 'On paper' })) as { id: number };
  expect(await api.getExchange()).toMatchObject([{ id: paper.id }]);
  expect(await api.changeUserMode('real')).toBe(true);
  expect(await api.getExchange()).toEqual([]);
});

test('the client reaches the public routes', async () => {
  expect(await api.ping()).toEqual({ pong: 'pong' });
  expect(await api.time()).toEqual({ server_time: expect.any(Number) });
});

test('the client gets the error body of the contract', async () => {
  await expect(api.addExchangeAccount({ type: 'binance', name: 'No keys' })).rejects.toEqual({
    error: 'record_invalid',
    error_description: 'Invalid parameters',
    error_attributes: { api_key: ['is missing'], secret: ['is missing'] },
  });
  const stranger = redirect(new API({ key: 'nobody', secrets: 'nothing' }), gateway.baseUrl);
  await expect(stranger.getExchange()).rejects.toMatchObject({ error: 'api_key_invalid_or_expired' });
});
