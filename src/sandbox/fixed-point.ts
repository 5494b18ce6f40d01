/** Prices as whole numbers of 10^-18, so that every figure on the wire is exact and the same on every machine. */

/** A decimal number times 10^18. */
export type Fixed = bigint;

const PLACES = 18;
export const ONE: Fixed = 10n ** BigInt(PLACES);

/** Reads a plain decimal; digits beyond the 18th place are cut off. */
export const parseFixed = (text: string): Fixed => {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const value = BigInt(whole) * ONE + BigInt(fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return negative ? -value : value;
};

/** Exactly `places` decimals (0 to 18), cut off towards zero: `formatFixed(ONE, 2)` is `1.00`. */
export const formatFixed = (value: Fixed, places: number): string => {
  const scaled = value / 10n ** BigInt(PLACES - places);
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

export const multiplyFixed = (a: Fixed, b: Fixed): Fixed => (a * b) / ONE;
export const divideFixed = (a: Fixed, b: Fixed): Fixed => (a * ONE) / b;

/** The power of ten of the first digit: 2 for 345, -3 for 0.00345. `value` is positive. */
export const exponentOf = (value: Fixed): number => value.toString().length - 1 - PLACES;

/** 10^-places. */
export const unitOf = (places: number): Fixed => 10n ** BigInt(PLACES - places);

/** `0.001` for 3, `1` for 0. */
export const unitText = (places: number): string => (places === 0 ? '1' : `0.${'1'.padStart(places, '0')}`);

/** Pads a decimal string with zeros to at least `places` decimals; never drops a digit. */
export const padDecimals = (text: string, places: number): string => {
  const point = text.indexOf('.');
  if (point < 0) return `${text}.${'0'.repeat(places)}`;
  return text.padEnd(point + 1 + places, '0');
};
