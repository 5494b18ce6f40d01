/** Ways to trade two assets at a venue: prices both ways round, limits, fees, bridges and ranking. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findRoutes, rankRoutes, type RouteRequest } from '../../src/features/routing/trade-route.ts';
import type { PricedMarket } from '../../src/features/routing/trade-way.ts';
import { compare } from '../../src/shared/money.ts';

const aMarket = (symbol: string, changes: Partial<PricedMarket> = {}): PricedMarket => ({
  symbol,
  isActive: true,
  bid: '100',
  ask: '101',
  minAmount: null,
  minCost: null,
  makerFee: '0.001',
  takerFee: '0.002',
  ...changes,
});

const ASK: RouteRequest = { base: 'BTC', quote: 'USDT', size: undefined, quoteSize: undefined };
const BRIDGES = ['USDT', 'BTC', 'USD', 'EUR', 'ETH'];

const find = (markets: readonly PricedMarket[], request: Partial<RouteRequest> = {}) =>
  findRoutes({ ...ASK, ...request }, (symbol) => markets.find((market) => market.symbol === symbol), BRIDGES);

describe('a direct market', () => {
  test('is bought at the ask with the fee on top and sold at the bid with the fee off', () => {
    const { routes, dropped } = find([aMarket('BTC/USDT')]);
    expect(dropped).toEqual([]);
    expect(routes).toEqual([
      {
        symbol: 'BTC/USDT',
        type: 'direct',
        isInverted: false,
        legs: [{ symbol: 'BTC/USDT', side: 'buy' }],
        bid: '100',
        ask: '101',
        spreadPercent: '0.995024875621890547',
        minAmount: null,
        minCost: null,
        makerFee: '0.001',
        takerFee: '0.002',
        buyPrice: '101.202',
        sellPrice: '99.8',
      },
    ]);
  });

  test.each<[string, Partial<PricedMarket>, Partial<RouteRequest>, string | undefined]>([
    ['an order below the least amount', { minAmount: '0.01' }, { size: '0.00999' }, 'min_amount'],
    ['an order of the least amount', { minAmount: '0.01' }, { size: '0.01' }, undefined],
    ['an order below the least cost', { minCost: '5' }, { quoteSize: '4.99' }, 'min_cost'],
    ['an order of the least cost', { minCost: '5' }, { quoteSize: '5.00' }, undefined],
    ['no size, whatever the limits', { minAmount: '1000', minCost: '1000' }, {}, undefined],
    ['any size without limits', {}, { size: '0.000000000000000001', quoteSize: '0.1' }, undefined],
    ['a halted market', { isActive: false, minAmount: '1' }, { size: '0.1' }, 'inactive'],
    ['a market without a bid', { bid: null }, {}, 'no_price'],
    ['a market without an ask', { ask: null, minAmount: '1' }, { size: '0.1' }, 'no_price'],
    ['a market priced at nothing', { bid: '0' }, {}, 'no_price'],
  ])('%s', (_what, market, request, reason) => {
    const { routes, dropped } = find([aMarket('BTC/USDT', market)], request);
    expect(dropped.map((route) => route.reason)).toEqual(reason === undefined ? [] : [reason]);
    expect(routes.length).toBe(reason === undefined ? 1 : 0);
  });
});

describe('an inverted market', () => {
  const inverted = aMarket('USDT/BTC', { bid: '0.008', ask: '0.01', minAmount: '7', minCost: '0.0002' });

  test('is sold to buy; its bid is the ask of the pair, and its limits change places', () => {
    expect(find([inverted]).routes).toMatchObject([
      {
        symbol: 'USDT/BTC',
        isInverted: true,
        legs: [{ symbol: 'USDT/BTC', side: 'sell' }],
        bid: '100',
        ask: '125',
        minAmount: '0.0002',
        minCost: '7',
        // 1 / (0.008 × 0.998) and 1 / (0.01 × 1.002)
        buyPrice: '125.250501002004008016',
        sellPrice: '99.800399201596806387',
      },
    ]);
    expect(find([inverted], { size: '0.0001' }).dropped).toMatchObject([{ reason: 'min_amount' }]);
    expect(find([inverted], { quoteSize: '6' }).dropped).toMatchObject([{ reason: 'min_cost' }]);
  });
});

describe('a bridge', () => {
  const legs = [
    aMarket('BTC/EUR', { bid: '50', ask: '51', minAmount: '0.001', minCost: '10' }),
    aMarket('EUR/USDT', { bid: '2', ask: '2.1', minAmount: '20', minCost: '1' }),
  ];

  test('is crossed only where there is no direct market, not even a halted one', () => {
    expect(find(legs).routes).toMatchObject([{ type: 'bridged', symbol: 'BTC/USDT' }]);
    expect(find([...legs, aMarket('BTC/USDT', { isActive: false })])).toMatchObject({
      routes: [],
      dropped: [{ symbol: 'BTC/USDT', reason: 'inactive' }],
    });
  });

  test('pays both fees, and keeps the limits of both legs', () => {
    const [route] = find(legs).routes;
    expect(route).toMatchObject({
      legs: [
        { symbol: 'EUR/USDT', side: 'buy' },
        { symbol: 'BTC/EUR', side: 'buy' },
      ],
      bid: '100',
      ask: '107.1',
      takerFee: '0.004004',
      buyPrice: '107.5288284',
      sellPrice: '99.6004',
      // 20 EUR at 51 EUR a BTC; 20 EUR at 2.1 USDT
      minAmount: '0.392156862745098039',
      minCost: '42',
    });
  });

  test('is the cheapest of several; a thin asset is none', () => {
    const others = [
      aMarket('BTC/ETH', { bid: '10', ask: '10' }),
      aMarket('ETH/USDT', { bid: '10', ask: '10' }),
      aMarket('BTC/SHIB', { bid: '1', ask: '1' }),
      aMarket('SHIB/USDT', { bid: '1', ask: '1' }),
    ];
    expect(find([...legs, ...others]).routes.map((route) => route.legs[0]?.symbol)).toEqual(['ETH/USDT']);
  });

  test('that cannot be crossed is dropped once, for the reason that is easiest to mend', () => {
    const halted = [aMarket('BTC/ETH', { isActive: false }), aMarket('ETH/USDT')];
    expect(find([...legs, ...halted], { size: '0.1' })).toMatchObject({
      routes: [],
      dropped: [{ symbol: 'BTC/USDT', reason: 'min_amount', minAmount: '0.392156862745098039' }],
    });
  });

  test('with one leg is none', () => {
    expect(find([aMarket('BTC/EUR')])).toEqual({ routes: [], dropped: [] });
  });
});

describe('whatever the market', () => {
  const price = fc.tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 0, max: 8 })).map(
    // Exact: digits and a point.
    ([digits, places]) => {
      const text = String(digits).padStart(places + 1, '0');
      return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    },
  );
  const plain = (text: string): string =>
    text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  const fee = fc.integer({ min: 0, max: 99 }).map((tenths) => (tenths === 0 ? null : `0.00${tenths}`));
  const market = (symbol: string) =>
    fc
      .tuple(price, price, fee, fc.option(price), fc.option(price))
      .map(([one, other, takerFee, least, cost]) => {
        const [bid = '1', ask = '1'] = [plain(one), plain(other)].sort(compare);
        return aMarket(symbol, {
          bid,
          ask,
          takerFee,
          minAmount: least === null ? null : plain(least),
          minCost: cost === null ? null : plain(cost),
        });
      });

  test('buying never costs less than the ask, selling never brings more than the bid', () => {
    fc.assert(
      fc.property(fc.constantFrom('BTC/USDT', 'USDT/BTC').chain(market), (one) => {
        for (const route of find([one]).routes) {
          expect(compare(route.buyPrice, route.ask)).toBeGreaterThanOrEqual(0);
          expect(compare(route.ask, route.bid)).toBeGreaterThanOrEqual(0);
          expect(compare(route.bid, route.sellPrice)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('a market is dropped for a size exactly when the size is under its limit', () => {
    fc.assert(
      fc.property(market('BTC/USDT'), fc.option(price), fc.option(price), (one, size, cost) => {
        const request = {
          size: size === null ? undefined : plain(size),
          quoteSize: cost === null ? undefined : plain(cost),
        };
        const under = (given: string | undefined, least: string | null): boolean =>
          given !== undefined && least !== null && compare(given, least) < 0;
        const isDropped = under(request.size, one.minAmount) || under(request.quoteSize, one.minCost);
        const { routes, dropped } = find([one], request);
        expect([routes.length, dropped.length]).toEqual(isDropped ? [0, 1] : [1, 0]);
      }),
    );
  });

  test('a bridge costs what its legs cost one after the other, and more than any fee-less one', () => {
    fc.assert(
      fc.property(market('BTC/ETH'), market('ETH/USDT'), (first, second) => {
        const [bridged] = find([first, second]).routes;
        const [one] = find([first], { quote: 'ETH' }).routes;
        const [two] = find([second], { base: 'ETH' }).routes;
        const isTiny = one === undefined || two === undefined || bridged === undefined;
        if (isTiny) return;
        const exact = Number(one.buyPrice) * Number(two.buyPrice);
        expect(Math.abs(Number(bridged.buyPrice) / exact - 1)).toBeLessThan(1e-6);
        expect(compare(bridged.buyPrice, bridged.ask)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('ranking orders by what a buyer pays and loses none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ buyPrice: price.map(plain), sellPrice: price.map(plain) })),
        (routes) => {
          const ranked = rankRoutes(routes);
          expect([...ranked].sort(byText)).toEqual([...routes].sort(byText));
          for (const [index, route] of ranked.entries()) {
            const next = ranked[index + 1];
            if (next !== undefined) expect(compare(route.buyPrice, next.buyPrice)).toBeLessThanOrEqual(0);
          }
        },
      ),
    );
  });
});

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
