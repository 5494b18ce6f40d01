/** Prices over at most two hops, and values that add up: the algebra behind every amount that is shown. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { valueBalances } from '../../src/features/balances/valuation.ts';
import { createPriceBook } from '../../src/features/markets/price-book.ts';
import { add, compare, multiply, sum } from '../../src/shared/money.ts';

const ticker = (symbol: string, last: string) => {
  const [base = '', quote = ''] = symbol.split('/');
  return { base, quote, last };
};

const BINANCE = createPriceBook([
  ticker('BTC/USDT', '60000'),
  ticker('ETH/BTC', '0.05'),
  ticker('ETH/USDT', '3010'),
  ticker('USDC/USDT', '0.9995'),
  ticker('EUR/USDT', '1.08'),
  ticker('ALT/ETH', '0.001'),
  ticker('FAR/ALT', '2'),
  ticker('DEAD/USDT', '0'),
]);

describe('price book', () => {
  test.each([
    ['BTC', '1', '60000'],
    ['ETH', '0.05', '3010'],
    ['ALT', '0.00005', '3.01'],
    ['USDT', '0.000016666666666667', '1'],
  ])('%s is worth %s BTC and %s USD', (asset, btc, usd) => {
    expect(BINANCE.price(asset)).toEqual({ btc, usd });
  });

  test('a stablecoin is priced by its market, not assumed to be 1', () => {
    expect(BINANCE.price('USDC').usd).toBe('0.9995');
    const kraken = createPriceBook([ticker('USDT/USD', '0.9987'), ticker('BTC/USD', '60000')]);
    expect(kraken.price('USDT').usd).toBe('0.9987');
    expect(kraken.price('USD').usd).toBe('1');
  });

  test.each(['FAR', 'DEAD', 'UNKNOWN'])(
    '%s, three hops away, without a trade or unknown, has no price',
    (asset) => {
      expect(BINANCE.price(asset)).toEqual({ btc: null, usd: null });
    },
  );

  test('any asset with a market against the unit is priced by that market, whatever else is listed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 9 }), (price, other) => {
        const book = createPriceBook([
          ticker('X/BTC', `0.${other}`),
          ticker('BTC/USDT', '60000'),
          ticker('X/USDT', String(price)),
        ]);
        expect(book.price('X').usd).toBe(String(price));
      }),
    );
  });
});

describe('valuation', () => {
  const balance = (asset: string, total: string) => ({ asset, free: total, locked: '0', total });

  test('an asset without a price counts 0 and is named', () => {
    const valuation = valueBalances([balance('BTC', '2'), balance('FAR', '1000')], BINANCE.price);
    expect(valuation).toMatchObject({ btcAmount: '2', usdAmount: '120000', unpricedAssets: ['FAR'] });
  });

  test('the sums are the sums of the parts, and no digit of a total is lost on the way', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,11}\.\d{1,17}[1-9]$/);
    fc.assert(
      fc.property(fc.array(digits, { maxLength: 8 }), (totals) => {
        const valuation = valueBalances(
          totals.map((total) => balance('BTC', total)),
          BINANCE.price,
        );
        expect(valuation.balances.map(({ total }) => total)).toEqual(totals);
        expect(valuation.btcAmount).toBe(sum(valuation.balances.map(({ btcValue }) => btcValue)));
      }),
    );
  });

  test('values grow with the amount', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 }).map(String);
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const [small, large] = [a, add(a, b)].map((total) =>
          valueBalances([balance('ETH', total)], BINANCE.price),
        );
        expect(compare(small?.usdAmount ?? '', large?.usdAmount ?? '')).toBeLessThan(0);
        expect(small?.usdAmount).toBe(multiply(a, '3010'));
      }),
    );
  });
});
