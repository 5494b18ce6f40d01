// BNB fees and dust through real ccxt over HTTP against the sandbox venues.
import { describe, expect, test } from '@jest/globals';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { startScriptedVenue } from './scripted-venue.ts';
import { addFault, clearFaults, countRequests, openAccount } from './sandbox-control.ts';

const fixture = useAdapters();

const EXCHANGE_SYMBOL = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  permissions: ['SPOT'],
  filters: [],
};

describe('bnb burn', () => {
  test('is read, set and read again; interest stays as it was', async () => {
    const call = aCall(await openAccount(fixture.sandbox, { venue: 'binance' }));
    const adapter = await fixture.anAdapter();
    expect(await adapter.fetchBnbBurn(call, 'binance')).toEqual({ spot: false, interest: false });
    expect(await adapter.setBnbBurn(call, 'binance', true)).toEqual({ spot: true, interest: false });
    expect(await adapter.setBnbBurn(call, 'binance', true)).toEqual({ spot: true, interest: false });
    expect(await adapter.fetchBnbBurn(call, 'binance')).toEqual({ spot: true, interest: false });
    expect(await adapter.setBnbBurn(call, 'binance', false)).toEqual({ spot: false, interest: false });
  });

  test('a venue without it is not asked, and Binance.US is one', async () => {
    const adapter = await fixture.anAdapter();
    for (const [venue, code] of [
      ['binance_us', 'binance_us'],
      ['kraken', 'kraken'],
    ] as const) {
      const call = aCall(await openAccount(fixture.sandbox, { venue }));
      const before = await countRequests(fixture.sandbox, venue, '');
      await expect(adapter.fetchBnbBurn(call, code)).rejects.toMatchObject({ code: 'not_supported' });
      await expect(adapter.setBnbBurn(call, code, true)).rejects.toMatchObject({ code: 'not_supported' });
      expect(await countRequests(fixture.sandbox, venue, '')).toBe(before);
    }
  });

  test('an answer in another form is bad', async () => {
    const call = aCall(await openAccount(fixture.sandbox, { venue: 'binance' }));
    const adapter = await fixture.anAdapter();
    await adapter.fetchBnbBurn(call, 'binance');
    for (const kind of ['html_200', 'truncated_json']) {
      await addFault(fixture.sandbox, { venue: 'binance', kind, path: 'bnbBurn', times: 10 });
      await expect(adapter.fetchBnbBurn(call, 'binance')).rejects.toMatchObject({ code: 'bad_response' });
      await clearFaults(fixture.sandbox);
    }
  });
});

test.each([{}, { spotBNBBurn: 'true' }, { spotBNBBurn: null }, { spotBNBBurn: true, interestBNBBurn: 1 }])(
  '%j is no answer about BNB fees',
  async (answer) => {
    await using venue = await startScriptedVenue({
      'GET /api/v3/exchangeInfo': { symbols: [EXCHANGE_SYMBOL] },
      'GET /sapi/v1/bnbBurn': answer,
    });
    const call = aCall({ apiKey: 'key', secret: 'secret' });
    await expect(venue.adapter.fetchBnbBurn(call, 'binance')).rejects.toMatchObject({
      code: 'bad_response',
    });
    expect(venue.asked).toContain('GET /sapi/v1/bnbBurn');
  },
);

describe('dust', () => {
  const balances = { BTC: '1', DOGE: '1.5', SHIB: '1000', BNB: '0.001' };

  test('Binance: amounts in BTC and BNB with the fee, and BNB itself left out', async () => {
    const call = aCall(await openAccount(fixture.sandbox, { venue: 'binance', balances }));
    const adapter = await fixture.anAdapter();
    const dust = await adapter.fetchDustAssets(call, 'binance');
    expect(dust).toMatchObject({
      targetAsset: 'BNB',
      feeRate: '0.02',
      withinRestrictedTime: false,
      minUsd: null,
      maxUsd: null,
    });
    expect(dust.assets.map(({ asset }) => asset).sort()).toEqual(['DOGE', 'SHIB']);
    expect(dust.assets.find(({ asset }) => asset === 'DOGE')).toMatchObject({
      free: '1.5',
      fullName: 'DOGE',
      toBtc: expect.stringMatching(/^0\.\d+$/),
      usdValue: null,
    });
  });

  test('Binance.US: worth in dollars as it says, and nothing in BTC', async () => {
    const call = aCall(await openAccount(fixture.sandbox, { venue: 'binance_us', balances }));
    const adapter = await fixture.anAdapter();
    const toBinance = await countRequests(fixture.sandbox, 'binance', '');
    const dust = await adapter.fetchDustAssets(call, 'binance_us');
    expect(dust).toMatchObject({
      targetAsset: 'BNB',
      feeRate: null,
      withinRestrictedTime: false,
      maxUsd: '20',
    });
    expect(dust.assets.length).toBeGreaterThan(0);
    for (const row of dust.assets)
      expect(row).toMatchObject({
        toBtc: null,
        fullName: null,
        usdValue: expect.stringMatching(/^\d+\.\d+$/),
      });
    expect(await countRequests(fixture.sandbox, 'binance', '')).toBe(toBinance);
  });

  test('an answer in another form is bad', async () => {
    const adapter = await fixture.anAdapter();
    for (const venue of ['binance', 'binance_us']) {
      const call = aCall(await openAccount(fixture.sandbox, { venue, balances }));
      await adapter.fetchDustAssets(call, venue);
      await addFault(fixture.sandbox, { venue, kind: 'wrong_types', path: '/asset/', times: 10 });
      await expect(adapter.fetchDustAssets(call, venue)).rejects.toMatchObject({ code: 'bad_response' });
    }
  });
});
