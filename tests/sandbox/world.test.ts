import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAssets } from '../../src/sandbox/asset-universe.ts';
import { divideFixed, formatFixed, padDecimals, parseFixed } from '../../src/sandbox/fixed-point.ts';
import { createPriceWalk } from '../../src/sandbox/price-walk.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type VenueName, connect, spotMarkets } from './ccxt-client.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

const inSandbox = async <Result>(
  options: { seed: string; now: () => number; markets?: number },
  work: (sandbox: Sandbox) => Promise<Result>,
): Promise<Result> => {
  const { now, ...rest } = options;
  const sandbox = await startSandbox({ port: 0, clock: { now }, ...rest });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
};

const lastPrices = async (sandbox: Sandbox, venue: VenueName): Promise<Record<string, unknown>> => {
  const tickers = await (await connect(sandbox, venue)).fetchTickers();
  return Object.fromEntries(Object.entries(tickers).map(([symbol, ticker]) => [symbol, ticker.last]));
};

test('the same seed and time give the same keys, markets, prices and trades; another seed does not', async () => {
  const look = (seed: string) =>
    inSandbox({ seed, now: () => NOON }, async (sandbox) => {
      const okx = await connect(sandbox, 'okx', sandbox.accounts.okx, { nonce: undefined });
      okx.nonce = () => NOON;
      return {
        accounts: sandbox.accounts,
        prices: await lastPrices(sandbox, 'kraken'),
        trades: (await okx.fetchMyTrades()).map((trade) => trade.info as unknown),
      };
    });
  const first = await look('one');
  expect(await look('one')).toEqual(first);
  const other = await look('two');
  expect(other.accounts).not.toEqual(first.accounts);
  expect(other.prices).not.toEqual(first.prices);
});

test('keys have the form of each venue', async () => {
  await inSandbox({ seed: 'forms', now: () => NOON }, async ({ accounts }) => {
    expect(accounts.binance?.api_key).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(accounts.binance?.secret).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(accounts.kraken?.api_key).toMatch(/^[A-Za-z0-9+/]{56}$/);
    expect(Buffer.from(accounts.kraken?.secret ?? '', 'base64')).toHaveLength(64);
    expect(accounts.okx?.api_key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(accounts.okx?.secret).toMatch(/^[0-9A-F]{32}$/);
    expect(accounts.okx?.passphrase).toMatch(/^\S{8,32}$/);
    await Promise.resolve();
  });
});

test('prices stand still within a step and move from step to step', async () => {
  let now = NOON;
  await inSandbox({ seed: 'moving', now: () => now }, async (sandbox) => {
    const first = await lastPrices(sandbox, 'binance');
    now += 1_999;
    expect(await lastPrices(sandbox, 'binance')).toEqual(first);
    now += 1;
    const next = await lastPrices(sandbox, 'binance');
    expect(next['BTC/USDT']).not.toBe(first['BTC/USDT']);
    now += 86_400_000;
    const later = await lastPrices(sandbox, 'binance');
    const moved = Object.keys(first).filter((symbol) => later[symbol] !== first[symbol]);
    expect(moved.length).toBeGreaterThan(Object.keys(first).length * 0.9);
  });
});

test.each(['binance', 'kraken', 'okx'] as const)(
  '%s can list 2,000 markets, each with one symbol',
  async (venue) => {
    await inSandbox({ seed: 'large', now: () => NOON, markets: 2_000 }, async (sandbox) => {
      const exchange = await connect(sandbox, venue);
      await exchange.loadMarkets();
      const markets = spotMarkets(exchange);
      expect(markets).toHaveLength(2_000);
      expect(new Set(markets.map((market) => market.id)).size).toBe(2_000);
      expect(Object.keys(await lastPrices(sandbox, venue))).toHaveLength(2_000);
    });
  },
);

test('a market count out of range is refused', async () => {
  await expect(startSandbox({ port: 0, seed: 's', markets: 2_001 })).rejects.toThrow(RangeError);
  await expect(startSandbox({ port: 0, seed: 's', markets: 0.5 })).rejects.toThrow(RangeError);
});

test('close ends a sandbox that has hanging requests', async () => {
  const sandbox = await startSandbox({ port: 0, seed: 'closing' });
  const body = JSON.stringify({ venue: 'binance', kind: 'hang' });
  await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body });
  const hanging = fetch(`${sandbox.url}/api/v3/time`, { headers: { 'x-sandbox-host': 'api.binance.com' } });
  const ended = expect(hanging).rejects.toThrow();
  await fetch(`${sandbox.url}/_sandbox/health`);
  await sandbox.close();
  await ended;
});

test('an asset never strays more than nine per cent from its price, and moves by small steps', () => {
  const walk = createPriceWalk('bounds');
  const assets = createAssets();
  fc.assert(
    fc.property(fc.constantFrom(...assets), fc.integer({ min: 0, max: 4_102_444_800_000 }), (asset, at) => {
      const price = walk.usd(asset, at);
      const ratio = divideFixed(price, asset.usd);
      expect(ratio >= parseFixed('0.91') && ratio <= parseFixed('1.09')).toBe(true);
      const step = divideFixed(walk.usd(asset, at + 1_000), price);
      expect(step >= parseFixed('0.998') && step <= parseFixed('1.002')).toBe(true);
    }),
  );
});

test('a decimal read and written again is the same decimal', () => {
  const digits = fc.integer({ min: 0, max: 18 });
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), digits, (value, places) => {
      const text = formatFixed(value, places);
      expect(text.split('.')[1]?.length ?? 0).toBe(places);
      expect(formatFixed(parseFixed(text), places)).toBe(text);
    }),
  );
  expect(formatFixed(parseFixed('-0.5'), 2)).toBe('-0.50');
  expect(padDecimals('1', 2)).toBe('1.00');
  expect(padDecimals('1.123', 2)).toBe('1.123');
});
