import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type VenueName, admin, callEndpoint, connect, failure, openAccount } from './ccxt-client.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let sandbox: Sandbox;
let now = Date.UTC(2026, 2, 1, 12);

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'binance wallet tests', clock: { now: () => now } });
});
afterAll(() => sandbox.close());

const client = async (id: VenueName, keys: SandboxKeys): Promise<Exchange> => {
  const exchange = await connect(sandbox, id, keys);
  exchange.nonce = () => now;
  exchange.milliseconds = () => now;
  return exchange;
};

const venueOf = (id: VenueName): string => (id === 'binanceus' ? 'binance_us' : id);

const withMoney = async (id: VenueName, balances: object): Promise<Exchange> =>
  client(id, await openAccount(sandbox, { venue: venueOf(id), balances }));

/** Every digit that the account holds, by asset. */
const held = async (exchange: Exchange): Promise<Record<string, string>> => {
  const { balances } = (await callEndpoint(exchange, 'privateGetAccount')) as {
    balances: { asset: string; free: string }[];
  };
  return Object.fromEntries(balances.map(({ asset, free }) => [asset, free]));
};

describe.each(['binance', 'binanceus'] as const)('transfers on %s', (id) => {
  test('a deposit arrives, is listed once it is done, and a withdrawal leaves with its fee', async () => {
    const keys = await openAccount(sandbox, { venue: venueOf(id), balances: { BTC: '1' } });
    const exchange = await client(id, keys);
    const post = (transfer: object) => admin(sandbox, 'POST', `accounts/${keys.api_key}/transfers`, transfer);
    await post({ type: 'deposit', asset: 'BTC', amount: '0.50000001' });
    now += 1_000;
    await post({ type: 'deposit', asset: 'USDT', amount: '70', network: 'TRX', status: 'pending' });
    await post({ type: 'withdrawal', asset: 'BTC', amount: '0.25', fee: '0.0001', address: 'bc1qelsewhere' });
    const old = {
      type: 'deposit',
      asset: 'ETH',
      amount: '3',
      at: new Date(now - 100 * DAY_MS).toISOString(),
    };
    await post({ ...old, wallet: null });
    const too = await post({ type: 'withdrawal', asset: 'BTC', amount: '99' });
    expect(too.status).toBe(400);

    expect(await held(exchange)).toMatchObject({ BTC: '1.24990001' });
    const deposits = await exchange.fetchDeposits();
    expect(deposits).toMatchObject([
      { currency: 'BTC', amount: '0.50000001', status: 'ok', network: 'BTC' },
      { currency: 'USDT', amount: '70', status: 'pending', network: 'TRC20' },
    ]);
    expect(await exchange.fetchDeposits('ETH')).toEqual([]);
    const before = now - 101 * DAY_MS;
    expect(
      await exchange.fetchDeposits('ETH', before, undefined, { until: now - 99 * DAY_MS }),
    ).toMatchObject([{ amount: '3' }]);
    expect(await exchange.fetchWithdrawals()).toMatchObject([
      { currency: 'BTC', amount: '0.25', fee: { cost: '0.0001' }, status: 'ok', address: 'bc1qelsewhere' },
    ]);
    const long = { startTime: before, endTime: now };
    expect(await failure(callEndpoint(exchange, 'sapiGetCapitalDepositHisrec', long))).toBe('BadRequest');
  });

  test('each account has addresses of its own, with a tag where the chain needs one', async () => {
    const [one, two] = [await withMoney(id, {}), await withMoney(id, {})];
    const bitcoin = await one.fetchDepositAddress('BTC');
    expect(bitcoin.address).toMatch(/^bc1q[0-9a-z]{39}$/);
    expect((await two.fetchDepositAddress('BTC')).address).not.toBe(bitcoin.address);
    expect((await one.fetchDepositAddress('BTC')).address).toBe(bitcoin.address);
    expect((await one.fetchDepositAddress('XRP')).tag).toMatch(/^\d+$/);
    expect((await one.fetchDepositAddress('USDT', { network: 'TRC20' })).address).toMatch(/^T/);
    const ask = (coin: string, network: string) =>
      failure(callEndpoint(one, 'sapiGetCapitalDepositAddress', { coin, network }));
    expect(await ask('NOPE', 'ETH')).toBe('BadSymbol');
    expect(await ask('BTC', 'SOL')).toBe('BadRequest');
  });
});

test('coins list their networks with fees, limits and address forms', async () => {
  const exchange = await withMoney('binance', {});
  const currencies = await exchange.fetchCurrencies();
  expect(Object.keys(currencies['USDT']?.networks ?? {}).sort()).toEqual(['BEP20', 'ERC20', 'SOL', 'TRC20']);
  expect(currencies['BTC']?.networks['BTC']).toMatchObject({ deposit: true, withdraw: true });
  const coins = (await callEndpoint(exchange, 'sapiGetCapitalConfigGetall')) as {
    coin: string;
    networkList: { network: string; addressRegex: string; memoRegex: string }[];
  }[];
  const { address, tag } = await exchange.fetchDepositAddress('XRP');
  const ripple = coins.find(({ coin }) => coin === 'XRP')?.networkList[0];
  expect(address).toMatch(new RegExp(ripple?.addressRegex ?? '^$'));
  expect(tag).toMatch(new RegExp(ripple?.memoRegex ?? '^$'));
});

test('BNB burn is off at first, and stays as it was set', async () => {
  const exchange = await withMoney('binance', {});
  const burn = (method: string, params = {}) => callEndpoint(exchange, `sapi${method}BnbBurn`, params);
  expect(await burn('Get')).toEqual({ spotBNBBurn: false, interestBNBBurn: false });
  expect(await burn('Post', { spotBNBBurn: 'true' })).toEqual({ spotBNBBurn: true, interestBNBBurn: false });
  expect(await burn('Get')).toEqual({ spotBNBBurn: true, interestBNBBurn: false });
  expect(await failure(burn('Post', { spotBNBBurn: 'maybe' }))).toBe('BadRequest');
});

test('binance turns dust into BNB less two per cent, once in six hours', async () => {
  const exchange = await withMoney('binance', { SHIB: '1000', XRP: '2', BTC: '1', BNB: '0.001' });
  const preview = (await callEndpoint(exchange, 'sapiPostAssetDustBtc')) as {
    details: {
      asset: string;
      amountFree: string;
      toBNB: string;
      toBNBOffExchange: string;
      exchange: string;
    }[];
  };
  expect(preview.details.map(({ asset }) => asset)).toEqual(['SHIB', 'XRP']);
  const xrp = preview.details.find(({ asset }) => asset === 'XRP');
  expect(Number(xrp?.toBNBOffExchange)).toBeCloseTo(Number(xrp?.toBNB) * 0.98, 7);
  const convert = (asset: string[]) => callEndpoint(exchange, 'sapiPostAssetDust', { asset });
  expect(await failure(convert(['XRP', 'BTC']))).not.toBe('no error');
  expect(await convert(['XRP', 'SHIB'])).toMatchObject({
    transferResult: [
      { fromAsset: 'XRP', amount: '2', transferedAmount: xrp?.toBNBOffExchange },
      { fromAsset: 'SHIB' },
    ],
  });
  const after = await held(exchange);
  expect(after['SHIB']).toBeUndefined();
  expect(after['XRP']).toBe('0.00000000');
  expect(Number(after['BNB'])).toBeGreaterThan(0.001 + Number(xrp?.toBNBOffExchange) - 1e-8);
  expect(await failure(convert(['XRP']))).not.toBe('no error');
  now += 6 * HOUR_MS;
  expect((await callEndpoint(exchange, 'sapiPostAssetDustBtc')) as object).toMatchObject({ details: [] });
});

test('binance.us has its own way: any target, a price floor, and a word about the pause', async () => {
  const exchange = await withMoney('binanceus', { SHIB: '0.01', XRP: '2', BTC: '1', USDT: '3' });
  const query = () => callEndpoint(exchange, 'sapiGetAssetQueryDustAssets', { toAsset: 'USDT' });
  const before = (await query()) as {
    convertibleAssets: { fromAsset: string; receivedAsset: string }[];
    withinRestrictedTime: boolean;
  };
  expect(before.withinRestrictedTime).toBe(false);
  expect(before.convertibleAssets.map(({ fromAsset }) => fromAsset)).toEqual(['XRP']);
  const received = before.convertibleAssets[0]?.receivedAsset;
  const params = { fromAsset: ['XRP'], toAsset: 'USDT' };
  expect(await callEndpoint(exchange, 'sapiPostAssetDust', params)).toMatchObject({
    totalTransferred: received,
  });
  expect(Number((await held(exchange))['USDT'])).toBeCloseTo(3 + Number(received), 8);
  expect(await query()).toMatchObject({ withinRestrictedTime: true });
});
