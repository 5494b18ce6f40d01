/** Exact numbers in JSON: every digit, nothing else changed, and no text that a caller sends becomes a number. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printJson, toExactNumber } from '../../src/surfaces/exact-number.ts';

test('a balance of 30 digits comes out digit for digit', () => {
  const total = '123456789012.123456789012345678';
  expect(printJson({ total: toExactNumber(total), list: [toExactNumber('-0.1')] })).toBe(
    `{"total":${total},"list":[-0.1]}`,
  );
});

test('anything that holds no exact number is printed as JSON.stringify prints it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(printJson(value)).toBe(JSON.stringify(value));
    }),
  );
});

test('texts around exact numbers stay texts', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (text, number) => {
      const printed = printJson({ text, number: toExactNumber(String(number)) });
      expect(JSON.parse(printed)).toEqual({ text, number });
    }),
  );
});

test.each(['', '1e5', 'NaN', '1,"x":2', '01'])('%j is refused: it would not be a JSON number', (text) => {
  expect(() => toExactNumber(text)).toThrow(RangeError);
});
