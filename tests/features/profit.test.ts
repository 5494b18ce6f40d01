/** Profit has an algebra: what trades and prices did, and nothing of what was brought in or taken out. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  computeProfits,
  type EquityPoint,
  type NetTransfer,
  type Profits,
  percentOf,
} from '../../src/features/profit/profit.ts';
import { add, compare, divide, multiply, round, subtract, sum } from '../../src/shared/money.ts';

const HOUR_MS = 3_600_000;
const BEGIN_MS = Date.UTC(2026, 0, 10, 7, 30);

const at = (hours: number): Date => new Date(BEGIN_MS + hours * HOUR_MS);
const point = (hours: number, btc: string, usd: string): EquityPoint => ({ at: at(hours), btc, usd });

const cents = (least: number, greatest: number) =>
  fc.integer({ min: least, max: greatest }).map((value) => round(divide(String(value), '100'), 2));

/** Up to 60 days of snapshots, hours apart. */
const hoursOfSnapshots = fc
  .array(fc.integer({ min: 1, max: 72 }), { minLength: 1, maxLength: 30 })
  .map((gaps) => gaps.reduce<number[]>((hours, gap) => [...hours, (hours.at(-1) ?? 0) + gap], [0]));

const windows: readonly (keyof Profits)[] = ['day', 'month', 'total'];
const units = ['btc', 'usd'] as const;

const isNothing = (profits: Profits): boolean =>
  windows.every((window) =>
    units.every((unit) => profits[window][unit] === '0' && profits[window][`${unit}Percentage`] === '0'),
  );

describe('nothing earned', () => {
  test('an account that never changes has no profit', () => {
    fc.assert(
      fc.property(hoursOfSnapshots, cents(0, 1e9), cents(0, 1e9), (hours, btc, usd) => {
        expect(
          isNothing(
            computeProfits(
              hours.map((hour) => point(hour, btc, usd)),
              [],
            ),
          ),
        ).toBe(true);
      }),
    );
  });

  test('deposits and withdrawals alone are no profit, whenever they come', () => {
    fc.assert(
      fc.property(
        hoursOfSnapshots,
        cents(0, 1e9),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 2_000 }), cents(-1e6, 1e6)), { maxLength: 20 }),
        (hours, start, moves) => {
          const transfers: NetTransfer[] = moves.map(([hour, amount]) => ({
            at: at(hour),
            btc: divide(amount, '4'),
            usd: amount,
          }));
          const worth = (hour: number, unit: 'btc' | 'usd') =>
            add(
              start,
              sum(transfers.filter((transfer) => transfer.at <= at(hour)).map((transfer) => transfer[unit])),
            );
          const points = hours.map((hour) => point(hour, worth(hour, 'btc'), worth(hour, 'usd')));
          expect(isNothing(computeProfits(points, transfers))).toBe(true);
        },
      ),
    );
  });
});

test('the profits of accounts add up to the profit of all of them together', () => {
  const accounts = fc.array(fc.array(fc.tuple(cents(0, 1e6), cents(0, 1e8), cents(-1e4, 1e4))), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(hoursOfSnapshots, accounts, (hours, drafts) => {
      const drawn = drafts.map((draft) => {
        const points = hours.map((hour, index) =>
          point(hour, draft[index]?.[0] ?? '1', draft[index]?.[1] ?? '2'),
        );
        const transfers = draft.map(([, , amount], index) => ({
          at: at(hours[index % hours.length] ?? 0),
          btc: amount,
          usd: multiply(amount, '3'),
        }));
        return { points, transfers };
      });
      const together = computeProfits(
        hours.map((hour, index) =>
          point(
            hour,
            sum(drawn.map(({ points }) => points[index]?.btc ?? '0')),
            sum(drawn.map(({ points }) => points[index]?.usd ?? '0')),
          ),
        ),
        drawn.flatMap(({ transfers }) => transfers),
      );
      const alone = drawn.map(({ points, transfers }) => computeProfits(points, transfers));
      for (const window of windows) {
        for (const unit of units)
          expect(sum(alone.map((each) => each[window][unit]))).toBe(together[window][unit]);
      }
    }),
  );
});

test('a percentage leads back to its profit', () => {
  fc.assert(
    fc.property(cents(-1e8, 1e8), cents(1, 1e8), (part, base) => {
      const back = divide(multiply(percentOf(part, base), base), '100');
      const off = subtract(back, part);
      expect(compare(off, '0.01') < 0 && compare(off, '-0.01') > 0).toBe(true);
    }),
  );
  expect(percentOf('5', '0')).toBe('0');
  expect(percentOf('5', '-20')).toBe('25');
});

test('the order of points and transfers does not matter', () => {
  const points = [point(0, '1', '10'), point(24, '2', '30'), point(30, '3', '50')];
  const transfers = [
    { at: at(26), btc: '1', usd: '5' },
    { at: at(2), btc: '0.5', usd: '4' },
  ];
  expect(computeProfits([...points].reverse(), [...transfers].reverse())).toEqual(
    computeProfits(points, transfers),
  );
});

describe('bases', () => {
  // 07:30 UTC on the 10th of January is hour 0; the month's base is 30 days before the newest point.
  test('the day begins with the last snapshot at or before 00:00 UTC, the month with the one 30 days ago', () => {
    const points = [
      point(0, '1', '100'),
      point(24, '2', '200'),
      point(30 * 24 + 16, '4', '400'),
      point(30 * 24 + 17, '5', '500'),
      point(31 * 24, '6', '650'),
    ];
    const { day, month, total } = computeProfits(points, []);
    // The newest is at 07:30: midnight lies between the third and the fourth (23:30 and 00:30).
    expect(day).toMatchObject({ btc: '2', usd: '250', btcPercentage: '50', usdPercentage: '62.5' });
    expect(month).toMatchObject({
      btc: '4',
      usd: '450',
      btcPercentage: '200',
      base: { btc: '2', usd: '200' },
    });
    expect(total).toMatchObject({ btc: '5', usd: '550' });
  });

  test('a snapshot at midnight itself is the base of the day', () => {
    const midnight = { at: new Date(Date.UTC(2026, 0, 11)), btc: '2', usd: '20' };
    expect(computeProfits([point(0, '1', '10'), midnight, point(24, '3', '33')], []).day).toMatchObject({
      btc: '1',
      usd: '13',
    });
  });

  test('without a base there is no profit of the day and of the month yet', () => {
    const { day, month, total } = computeProfits([point(0, '1', '100'), point(2, '2', '150')], []);
    expect(day).toEqual({ btc: '0', usd: '0', btcPercentage: '0', usdPercentage: '0', base: null });
    expect(month.base).toBeNull();
    expect(total).toMatchObject({ btc: '1', usd: '50', usdPercentage: '50' });
  });

  test('what came in before a base does not lower its profit', () => {
    const points = [point(0, '1', '100'), point(20, '2', '200'), point(24, '3', '300')];
    // Midnight is hour 16.5: the day's base is the first point, and the deposit came after it.
    const late = computeProfits(points, [{ at: at(10), btc: '1', usd: '90' }]);
    expect(late.day).toMatchObject({ btc: '1', usd: '110' });
    // At the very time of the base it is in the base already.
    const early = computeProfits(points, [{ at: at(0), btc: '1', usd: '90' }]);
    expect(early.day).toMatchObject({ btc: '2', usd: '200' });
    // After the newest point it is not in the equity yet.
    const future = computeProfits(points, [{ at: at(25), btc: '1', usd: '90' }]);
    expect(future.total).toMatchObject({ btc: '2', usd: '200' });
  });

  test('no snapshot, no profit', () => {
    expect(isNothing(computeProfits([], []))).toBe(true);
  });
});
