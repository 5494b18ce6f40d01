// The order engine against its ledger, without a wire: whatever is traded, no money appears or is lost.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SandboxOrder } from '../../src/sandbox/account-activity.ts';
import { type SandboxAccount, setHolding, totalOf } from '../../src/sandbox/ledger.ts';
import type { Wallet } from '../../src/sandbox/wallets.ts';
import type { NewOrder, OrderEngine } from '../../src/sandbox/order-engine.ts';
import { deriveKeys } from '../../src/sandbox/venue-keys.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { add, compare, multiply, subtract, sum } from '../../src/shared/money.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const RULES = {
  quotes: ['USDT', 'BTC', 'ETH'],
  priceDigits: 5,
  minPriceDecimals: 2,
  maxPriceDecimals: 8,
  maxLotDecimals: 5,
  without: [],
};

const world = createWorld('engine', 60);
const feed = world.spotFeed(RULES);
let opened = 0;

const anAccount = (wallet: Wallet, holdings: Readonly<Record<string, string>>): SandboxAccount => {
  opened += 1;
  const account = world.ledger.open({
    venue: 'binance',
    keys: deriveKeys('engine', 'binance', `account ${opened}`),
    permissions: new Set(['read', 'trade']),
    ipRestricted: false,
    openedAtMs: NOON,
  });
  for (const [asset, free] of Object.entries(holdings))
    setHolding(account, wallet, asset, { free, locked: '0' });
  return account;
};

const marketOf = (name: string) => {
  const found = feed.markets.find(({ base, quote }) => `${base.code}/${quote.code}` === name);
  if (found === undefined) throw new Error(`no market ${name}`);
  return found;
};

const totals = (account: SandboxAccount, wallet: Wallet): Record<string, string> =>
  Object.fromEntries(
    [...account.wallets[wallet]].map(([asset, holding]): [string, string] => [asset, totalOf(holding)]),
  );

type Step =
  | { readonly kind: 'place'; readonly order: Omit<NewOrder, 'market'>; readonly market: string }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'wait'; readonly ms: number };

const side = fc.constantFrom('buy', 'sell');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('place'),
    market: fc.constantFrom('BTC/USDT', 'ETH/USDT', 'ETH/BTC'),
    order: fc.record({
      side,
      type: fc.constantFrom('market', 'limit'),
      amount: fc.integer({ min: 1, max: 300_000 }).map((lots) => (lots / 100_000).toFixed(4)),
      price: fc.integer({ min: 1, max: 9_000_000 }).map((cents) => (cents / 100).toFixed(2)),
      timeInForce: fc.constantFrom('gtc', 'ioc', 'post_only'),
    }),
  }),
  fc.record({ kind: fc.constant('cancel'), pick: fc.nat(50) }),
  fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 0, max: 90_000_000 }) }),
);

const run = (engine: OrderEngine, account: SandboxAccount, steps: readonly Step[]): void => {
  let now = NOON;
  for (const each of steps) {
    engine.settle(account, now);
    if (each.kind === 'wait') now += each.ms;
    else if (each.kind === 'place')
      engine.place(account, { ...each.order, market: marketOf(each.market) }, now);
    else {
      const open = engine.open(account);
      const order = open[each.pick % Math.max(open.length, 1)];
      if (order !== undefined) engine.cancel(account, order, now);
    }
  }
};

const lockedFor = (orders: readonly SandboxOrder[], asset: string): string =>
  sum(
    orders.filter(({ reserved }) => reserved?.asset === asset).map(({ reserved }) => reserved?.amount ?? '0'),
  );

test.each(['received', 'quote'] as const)(
  'fills move exactly what they say, fees in the %s asset, and only open orders keep money locked',
  (feeIn) => {
    const engine = world.spotOrders(feed, { feeIn });
    const start = { USDT: '50000', BTC: '1', ETH: '5.000000000000000001' };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const account = anAccount('spot', start);
        run(engine, account, steps);
        const expected: Record<string, string> = { ...start };
        const move = (asset: string, amount: string): void => {
          expected[asset] = add(expected[asset] ?? '0', amount);
        };
        for (const fill of account.activity.fills) {
          const sign = fill.side === 'buy' ? '1' : '-1';
          expect(fill.cost).toBe(multiply(fill.amount, fill.price));
          move(fill.market.base.code, multiply(fill.amount, sign));
          move(fill.market.quote.code, multiply(fill.cost, subtract('0', sign)));
          move(fill.feeAsset, subtract('0', fill.fee));
        }
        for (const [asset, holding] of account.wallets.spot) {
          expect(compare(holding.free, '0')).toBeGreaterThanOrEqual(0);
          expect(holding.locked).toBe(lockedFor(engine.open(account), asset));
        }
        for (const asset of Object.keys(expected)) {
          expect(totals(account, 'spot')[asset] ?? '0').toBe(expected[asset]);
        }
      }),
      { numRuns: 30 },
    );
  },
);

test('an order fills at its limit or better, and never before the price was there', () => {
  const engine = world.spotOrders(feed);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const account = anAccount('spot', { USDT: '500000', BTC: '20', ETH: '100' });
      run(engine, account, steps);
      for (const { price, side: wanted, fill, market } of engine.all(account)) {
        if (fill === null || price === null) continue;
        expect(compare(fill.price, price) * (wanted === 'buy' ? 1 : -1)).toBeLessThanOrEqual(0);
        if (!fill.maker) continue;
        const middle = feed.priceAt(market, fill.timeMs);
        expect(compare(middle, price) * (wanted === 'buy' ? 1 : -1)).toBeLessThanOrEqual(0);
      }
    }),
    { numRuns: 20 },
  );
});

test('opening and closing contracts leaves the profit less the fees, and no margin behind', () => {
  for (const inverse of [false, true]) {
    const wallet = inverse ? 'inverse' : 'linear';
    const market = marketOf('BTC/USDT');
    const engine = world.contractOrders(feed, {
      wallet,
      contractOf: () => ({
        id: `BTC-${wallet}`,
        size: inverse ? '100' : '0.001',
        inverse,
        amountDecimals: 0,
      }),
    });
    const asset = inverse ? 'BTC' : 'USDT';
    fc.assert(
      fc.property(
        fc.array(fc.record({ side, amount: fc.integer({ min: 1, max: 50 }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        (orders) => {
          const account = anAccount(wallet, { [asset]: '1000000' });
          let now = NOON;
          for (const { side: wanted, amount } of orders) {
            engine.place(account, { market, side: wanted, type: 'market', amount: amount.toString() }, now);
            now += 3_600_000;
          }
          const [position] = account.positions;
          if (position !== undefined) {
            const back = position.amount.startsWith('-') ? 'buy' : 'sell';
            const amount = position.amount.replace('-', '');
            engine.place(account, { market, side: back, type: 'market', amount, reduceOnly: true }, now);
          }
          expect(account.positions).toEqual([]);
          const { fills } = account.activity;
          const worth = ({ amount, price }: (typeof fills)[number]): number =>
            inverse ? (Number(amount) * 100) / Number(price) : Number(amount) * 0.001 * Number(price);
          const flow = fills.reduce(
            (total, fill) => total + worth(fill) * ((fill.side === 'sell') === inverse ? -1 : 1),
            0,
          );
          const fees = fills.reduce((total, fill) => total + Number(fill.fee), 0);
          const holding = account.wallets[wallet].get(asset);
          expect(holding?.locked).toBe('0');
          expect(Number(holding?.free)).toBeCloseTo(1_000_000 + flow - fees, 6);
        },
      ),
      { numRuns: 20 },
    );
  }
});

test('a balance taken away under a resting order ends the order when its time comes', () => {
  const engine = world.spotOrders(feed);
  const market = marketOf('ETH/USDT');
  const account = anAccount('spot', { USDT: '10000' });
  const price = multiply(feed.priceAt(market, NOON), '0.999').replace(/(\.\d\d).*/, '$1');
  const placed = engine.place(account, { market, side: 'buy', type: 'limit', amount: '1', price }, NOON);
  expect(placed).toMatchObject({ status: 'open' });
  setHolding(account, 'spot', 'USDT', { free: '0', locked: '0' });
  for (let now = NOON; now < NOON + 30 * 86_400_000; now += 3_600_000) engine.settle(account, now);
  expect(engine.all(account)).toMatchObject([{ status: 'expired', fill: null }]);
  expect(account.wallets.spot.size).toBe(0);
});

test('an account keeps at most two hundred open orders', () => {
  const engine = world.spotOrders(feed);
  const market = marketOf('BTC/USDT');
  const account = anAccount('spot', { BTC: '10' });
  const order = { market, side: 'sell', type: 'limit', amount: '0.001', price: '900000' } as const;
  for (let count = 0; count < 200; count += 1)
    expect(engine.place(account, order, NOON)).toBeInstanceOf(Object);
  expect(engine.place(account, order, NOON)).toBe('too_many_orders');
});
