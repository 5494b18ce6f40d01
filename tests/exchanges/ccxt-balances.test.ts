// Balances and prices out of ccxt's structures keep every digit.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toBalances, toPrices } from '../../src/exchanges/ccxt-balances.ts';
import { krakenCcxt } from '../../src/exchanges/venues/kraken-ccxt.ts';
import { add, subtract } from '../../src/shared/money.ts';

const same = (code: string): string => code;

const anAmount = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }))
  .map(([whole, parts]) => `${whole}.${parts.toString().padStart(18, '0')}`);

test('the total is what is free and locked less what is owed, to the last digit', () => {
  fc.assert(
    fc.property(anAmount, anAmount, anAmount, (free, used, debt) => {
      fc.pre(/[1-9]/.test(free + used + debt));
      const [balance] = toBalances({ info: {}, BTC: { free, used, debt } }, same);
      expect(balance?.total).toBe(subtract(add(free, used), debt));
      expect(subtract(add(balance?.free ?? '', balance?.locked ?? ''), debt)).toBe(balance?.total);
    }),
  );
});

test.each([
  { row: { total: '3', free: '1' }, expected: { free: '1', locked: '2', total: '3' } },
  { row: { total: '3', used: '1' }, expected: { free: '2', locked: '1', total: '3' } },
  { row: { total: '3' }, expected: { free: '3', locked: '0', total: '3' } },
  {
    row: { free: '1e-8', used: undefined },
    expected: { free: '0.00000001', locked: '0', total: '0.00000001' },
  },
  { row: { free: '1', used: '0.5', total: '2' }, expected: { free: '1', locked: '1', total: '2' } },
])('$row is $expected', ({ row, expected }) => {
  expect(toBalances({ X: row }, same)).toEqual([{ asset: 'X', ...expected }]);
});

test('assets of nothing are left out and the rest is ordered by name', () => {
  const answer = {
    info: {},
    free: {},
    ZRX: { free: '1' },
    BTC: { free: '0', used: '0.0' },
    ADA: { free: '2' },
  };
  expect(toBalances(answer, same).map(({ asset }) => asset)).toEqual(['ADA', 'ZRX']);
});

test('what kraken holds at interest counts as the asset itself', () => {
  const answer = {
    BTC: { free: '1' },
    'BTC.F': { free: '0.5' },
    'DOT28.S': { free: '3' },
    ETH2: { free: '4' },
  };
  expect(toBalances(answer, (code) => krakenCcxt.assetOf?.(code) ?? code)).toMatchObject([
    { asset: 'BTC', total: '1.5' },
    { asset: 'DOT', total: '3' },
    { asset: 'ETH2', total: '4' },
  ]);
});

test.each(['text', null, [], 7])('%j is not a balance', (answer) => {
  expect(() => toBalances(answer, same)).toThrow(expect.objectContaining({ code: 'bad_response' }));
});

test('prices leave out what is not spot, not active or never traded', () => {
  const market = { base: 'BTC', quote: 'USDT', spot: true, active: true };
  const markets = {
    'BTC/USDT': market,
    'ETH/USDT': { ...market, base: 'ETH', active: false },
    'BTC/USDT:USDT': { ...market, spot: false },
    'XRP/USDT': { ...market, base: 'XRP', active: undefined },
    'ADA/USDT': { ...market, base: 'ADA' },
  };
  const tickers = Object.fromEntries(Object.keys(markets).map((symbol) => [symbol, { last: '1.10' }]));
  expect(
    toPrices({ ...tickers, 'ADA/USDT': { last: undefined }, 'NEW/USDT': { last: '1' } }, markets),
  ).toEqual([
    { base: 'BTC', quote: 'USDT', last: '1.1' },
    { base: 'XRP', quote: 'USDT', last: '1.1' },
  ]);
});
