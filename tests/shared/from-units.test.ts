// Whole units of a chain as decimal amounts: every digit is kept.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromUnits, isDecimalString } from '../../src/shared/money.ts';
import { toUnits } from '../../src/sandbox/chains/token-contracts.ts';

test.each([
  [0n, 18, '0'],
  [1n, 18, '0.000000000000000001'],
  [1_500_000n, 6, '1.5'],
  [42n, 0, '42'],
  [-25n, 1, '-2.5'],
  [2n ** 256n - 1n, 18, '115792089237316195423570985008687907853269984665640564039457.584007913129639935'],
])('%p units of 10^-%p are %p', (units, places, amount) => {
  expect(fromUnits(units, places)).toBe(amount);
});

test('amounts read back as the units they were made of', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), fc.integer({ min: 0, max: 77 }), (units, places) => {
      const amount = fromUnits(units, places);
      expect(isDecimalString(amount)).toBe(true);
      expect(toUnits(amount, places)).toBe(units);
    }),
  );
});
