// Real ccxt over HTTP against the sandbox venues: deposits and withdrawals in the port's terms.
import { expect, test } from '@jest/globals';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { addFault, addTransfer, countRequests, openAccount } from './sandbox-control.ts';

const fixture = useAdapters();

const VENUES = [
  { venue: 'binance', code: 'binance' },
  { venue: 'bybit', code: 'bybit' },
  { venue: 'kraken', code: 'kraken' },
  { venue: 'okx', code: 'okex' },
  { venue: 'gate_io', code: 'gate_io' },
  { venue: 'kucoin', code: 'kucoin' },
];

const DAY_MS = 86_400_000;
const ago = (days: number): string =>
  new Date(Date.now() - days * DAY_MS).toISOString().replace(/\.\d+Z/, '.000Z');

test.each(VENUES)('$venue lists what is completed, with amounts, fees and times', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, { venue, balances: { BTC: '5', USDT: '1000' } });
  const [early, late, before] = [ago(40), ago(2), ago(60)];
  for (const transfer of [
    { type: 'deposit', asset: 'BTC', amount: '0.5', at: early },
    { type: 'deposit', asset: 'BTC', amount: '7', at: late, status: 'pending' },
    { type: 'withdrawal', asset: 'USDT', amount: '100', fee: '1.5', at: late },
    { type: 'withdrawal', asset: 'USDT', amount: '33', at: late, status: 'failed' },
    { type: 'deposit', asset: 'BTC', amount: '9', at: before },
  ])
    await addTransfer(fixture.sandbox, keys.apiKey, transfer);

  const { transfers, asOf } = await (await fixture.anAdapter()).fetchTransfers(aCall(keys), code, ago(50));
  expect(transfers.map(({ kind, asset, amount, at }) => ({ kind, asset, amount, at }))).toEqual([
    { kind: 'deposit', asset: 'BTC', amount: '0.5', at: early },
    { kind: 'withdrawal', asset: 'USDT', amount: '100', at: late },
  ]);
  expect(transfers[1]?.fee).toEqual({ asset: 'USDT', amount: '1.5' });
  expect(new Set(transfers.map(({ id }) => id)).size).toBe(2);
  expect(Date.parse(asOf)).toBeGreaterThan(Date.parse(late));
});

test('more than a page are all found, each once, in spans that the venue takes', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'bybit' });
  const amounts: string[] = [];
  for (let index = 1; index <= 130; index += 1) {
    amounts.push(String(index));
    const at = new Date(Date.now() - 3 * DAY_MS + index * 60_000).toISOString();
    await addTransfer(fixture.sandbox, keys.apiKey, {
      type: 'deposit',
      asset: 'USDT',
      amount: String(index),
      at,
    });
  }
  const { transfers } = await (await fixture.anAdapter()).fetchTransfers(aCall(keys), 'bybit', ago(100));
  expect(transfers.map(({ amount }) => amount)).toEqual(amounts);
  const asked = await countRequests(fixture.sandbox, 'bybit', 'deposit/query-record');
  expect(asked).toBeGreaterThan(4);
  expect(asked).toBeLessThan(40);
});

test('a venue that lists transfers of one asset at a time is said not to report them', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'coinbase_advanced' });
  const call = (await fixture.anAdapter()).fetchTransfers(aCall(keys), 'coinbase_advanced', ago(5));
  await expect(call).rejects.toMatchObject({ code: 'not_supported' });
});

test.each([
  ['server_error', 'exchange_unavailable'],
  ['html_200', 'bad_response'],
  ['wrong_types', 'bad_response'],
])('%s is an error, never an empty list', async (kind, code) => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance' });
  await addTransfer(fixture.sandbox, keys.apiKey, { type: 'deposit', asset: 'BTC', amount: '1' });
  await addFault(fixture.sandbox, { venue: 'binance', kind, path: 'hisrec' });
  const call = (await fixture.anAdapter()).fetchTransfers(aCall(keys), 'binance', ago(5));
  await expect(call).rejects.toMatchObject({ code });
});
