/** Parses JSON without losing digits: a number that a double cannot hold becomes its text. */

// Where a number of 16 or more digits may stand outside of a string; finding none spares the slow way.
const SUSPECT = /[[:,\s]-?[\d.]{16}/;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Significant decimal digits that every double keeps. */
const SAFE_DIGITS = 15;
const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * ccxt 4.5.84 keeps the digits of members of an object only, and only when the answer also holds an integer beyond
 * 2^53; a bare `0.123456789012345678`, or any number in a list, would be rounded. Throws SyntaxError.
 */
export const parseExactJson = (text: string): unknown =>
  JSON.parse(SUSPECT.test(text) ? text.replace(TOKENS, quoteInexact) : text);

const quoteInexact = (token: string): string =>
  token.startsWith('"') || isExact(token) ? token : `"${token}"`;

const isExact = (number: string): boolean => {
  const digits = number
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  if (digits.length <= SAFE_DIGITS) return true;
  return /^-?\d+$/.test(number) && BigInt(digits) <= MOST_SAFE;
};
