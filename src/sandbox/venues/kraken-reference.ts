/** Kraken's ids: `OQCLML-BW3P3-BUCMWZ` in form, a number in base 36 here. */

/** `letter` names what it is: O an order, T a trade, and so on. */
export const reference = (letter: string, id: number): string => {
  const text = id.toString(36).toUpperCase().padStart(16, '0');
  return `${letter}${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
};

/** The number again; undefined for what cannot be one of ours. */
export const numberOf = (text: string): string | undefined => {
  const digits = text.slice(1).replaceAll('-', '');
  return /^[0-9A-Z]{16}$/.test(digits) ? Number.parseInt(digits, 36).toString() : undefined;
};
