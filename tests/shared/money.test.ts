/** Decimal arithmetic against whole numbers, which JavaScript computes exactly. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  compare,
  divide,
  isDecimalString,
  isZero,
  multiply,
  round,
  subtract,
  sum,
  toDecimal,
} from '../../src/shared/money.ts';

const PLACES = 18;

/** A decimal of 18 places and the integer of its units. */
const amount = fc
  .bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
  .map((units) => ({ units, text: fromUnits(units) }));

const fromUnits = (units: bigint, places = PLACES): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '');
  return units < 0n ? `-${text}` : text;
};

describe('money', () => {
  test('addition, subtraction and products are exact to the last digit', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(add(a.text, b.text)).toBe(fromUnits(a.units + b.units));
        expect(subtract(a.text, b.text)).toBe(fromUnits(a.units - b.units));
        expect(Math.sign(compare(a.text, b.text))).toBe(a.units < b.units ? -1 : a.units > b.units ? 1 : 0);
      }),
    );
    const short = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(multiply(fromUnits(a), fromUnits(b))).toBe(fromUnits(a * b, 2 * PLACES));
      }),
    );
  });

  test('a quotient times its divisor is the dividend again', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        fc.pre(b.units !== 0n);
        expect(round(multiply(divide(a.text, b.text), b.text), PLACES)).toBe(a.text);
      }),
    );
  });

  test('a sum does not depend on order', () => {
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const texts = amounts.map(({ text }) => text);
        expect(sum(texts)).toBe(sum([...texts].reverse()));
        expect(isDecimalString(sum(texts))).toBe(true);
      }),
    );
  });

  test.each([
    ['1e-8', '0.00000001'],
    ['+2.50', '2.5'],
    ['.5', '0.5'],
    ['-0', '0'],
    ['123456789012.123456789012345678', '123456789012.123456789012345678'],
    ['1e30', '1000000000000000000000000000000'],
  ])('%s is written %s', (text, plain) => expect(toDecimal(text)).toBe(plain));

  test.each(['', 'abc', 'NaN', 'Infinity', '1,5', '0x10', '1e999', '1e-999', '1e99999999', '--1', '.'])(
    '%j is no amount',
    (text) => {
      expect(() => toDecimal(text)).toThrow(RangeError);
    },
  );

  test('rounding is half to even, and nothing is divided by zero', () => {
    expect([round('0.125', 2), round('0.135', 2), round('-0.125', 2)]).toEqual(['0.12', '0.14', '-0.12']);
    expect(isZero('0.000')).toBe(true);
    expect(() => divide('1', '0')).toThrow(RangeError);
  });
});
