/** The only place where amounts are computed: decimal strings in, decimal strings out, never a float. */
import { Decimal } from 'decimal.js';

// 60 significant digits hold every venue's amount (18 decimals of a 30-digit total) through a product of two.
const Exact = Decimal.clone({
  precision: 60,
  toExpNeg: -100,
  toExpPos: 100,
  rounding: Decimal.ROUND_HALF_EVEN,
});

/** A finite decimal in plain notation, e.g. `-0.00000001`; no exponent, no leading `+`. */
export type DecimalString = string;

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

export const isDecimalString = (value: unknown): value is DecimalString =>
  typeof value === 'string' && PLAIN.test(value);

// What exchanges send; a library would also take hexadecimal.
const NUMERIC = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i;
// A number of this many digits is an attack on memory, not an amount.
const GREATEST_EXPONENT = 100;

/** Plain notation of any finite decimal text (`1e-8`, `.5`, `+2`). Throws RangeError for anything else. */
export const toDecimal = (value: string | bigint): DecimalString => {
  const text = value.toString().trim();
  if (!NUMERIC.test(text)) throw new RangeError('not a decimal number');
  const decimal = new Exact(text);
  if (Math.abs(decimal.e) > GREATEST_EXPONENT) throw new RangeError('not a decimal number of this world');
  return plain(decimal);
};

/** A whole number of 10^-places units, e.g. wei for 18 places; every digit is kept, however many there are. */
export const fromUnits = (units: bigint, places: number): DecimalString => {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
};

export const add = (a: DecimalString, b: DecimalString): DecimalString => plain(new Exact(a).plus(b));
export const subtract = (a: DecimalString, b: DecimalString): DecimalString => plain(new Exact(a).minus(b));
export const multiply = (a: DecimalString, b: DecimalString): DecimalString => plain(new Exact(a).times(b));

/** Quotient to 60 significant digits. Throws RangeError when `b` is zero. */
export const divide = (a: DecimalString, b: DecimalString): DecimalString => {
  if (isZero(b)) throw new RangeError('division by zero');
  return plain(new Exact(a).div(b));
};

export const sum = (amounts: Iterable<DecimalString>): DecimalString => {
  let total = new Exact(0);
  for (const amount of amounts) total = total.plus(amount);
  return plain(total);
};

export const isZero = (a: DecimalString): boolean => new Exact(a).isZero();

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export const compare = (a: DecimalString, b: DecimalString): number => new Exact(a).comparedTo(b);

/** Rounds half to even at `places` decimals and drops trailing zeros: `round('1.2350', 2)` is `1.24`. */
export const round = (a: DecimalString, places: number): DecimalString =>
  plain(new Exact(a).toDecimalPlaces(places));

/** The least step between amounts of so many significant digits near `a`: `digitStep('63522', 5)` is `1`. */
export const digitStep = (a: DecimalString, digits: number): DecimalString =>
  plain(new Exact(10).pow(new Exact(a).e - digits + 1));

const plain = (value: Decimal): DecimalString => (value.isZero() ? '0' : value.toFixed());
