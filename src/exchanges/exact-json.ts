/** Parses JSON without losing digits: a number that a double cannot hold becomes its text. */

// Where a number of 16 or more digits, or one with an exponent, may stand outside of a string.
const SUSPECT = /[[:,\s]-?[\d.]{16}|\d[eE][+-]?\d/;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Significant decimal digits that every double keeps. */
const SAFE_DIGITS = 15;

/**
 * ccxt 4.5.84 keeps the digits of members of an object only, and only when the answer also holds an integer beyond
 * 2^53; a bare `0.123456789012345678`, or any number in a list, would be rounded. Throws SyntaxError.
 */
export const parseExactJson = (text: string): unknown =>
  JSON.parse(SUSPECT.test(text) ? text.replace(TOKENS, quoteInexact) : text);

const quoteInexact = (token: string): string =>
  token.startsWith('"') || isExact(token) ? token : `"${token}"`;

const isExact = (number: string): boolean => {
  const [mantissa = '', exponent] = number.split(/[eE]/);
  // An exponent of a double prints as one too; its text is as good, and keeps its digits.
  if (exponent !== undefined) return false;
  return mantissa.replace(/[-.]/g, '').replace(/^0+/, '').length <= SAFE_DIGITS;
};
