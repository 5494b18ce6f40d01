// No number loses a digit on its way out of JSON, and nothing else changes.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExactJson } from '../../src/exchanges/exact-json.ts';
import { toDecimal } from '../../src/shared/money.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 30 }))
  .map(([units, places]) => {
    const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
    const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    return units < 0n ? `-${text}` : text;
  });

test('any decimal keeps its value, as a member, in a list and on its own', () => {
  fc.assert(
    fc.property(decimals, (text) => {
      for (const [json, pick] of [
        [`{"a":${text}}`, (value: unknown) => (value as { a: unknown }).a],
        [`[1,${text},null]`, (value: unknown) => (value as unknown[])[1]],
        [`{"a": [ ${text} ]}`, (value: unknown) => (value as { a: unknown[] }).a[0]],
      ] as const) {
        expect(toDecimal(String(pick(parseExactJson(json))))).toBe(toDecimal(text));
      }
    }),
  );
});

test('JSON without such numbers parses as it always does', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const text = JSON.stringify(parseExactJson(json), (_, value: unknown) =>
        typeof value === 'string' && /^-?[\d.]{16,}(e[+-]?\d+)?$/i.test(value) ? Number(value) : value,
      );
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(JSON.parse(json))));
    }),
  );
});

test('text that looks like a number stays as it is', () => {
  const json = '{"id":"1234567890123456789","note":"at: 0.1234567890123456789, \\"9999999999999999999\\""}';
  expect(parseExactJson(json)).toEqual(JSON.parse(json));
});

test('whole numbers that a double holds stay numbers, greater ones become text', () => {
  expect(parseExactJson('[1753000000000000,9007199254740991,9007199254740993]')).toEqual([
    1753000000000000,
    9007199254740991,
    '9007199254740993',
  ]);
});

test('what is no JSON is a SyntaxError, also where it holds such numbers', () => {
  expect(() => parseExactJson('{"a":0.12345678901234567890')).toThrow(SyntaxError);
  expect(() => parseExactJson('<html>1234567890123456789</html>')).toThrow(SyntaxError);
});
