/** Times, amounts and durations as the console writes them. */

/** An exact number of the API: a text where a number would lose digits. */
export type Amount = number | string;

/** `2026-03-01 12:00:00`, UTC as everywhere in logs and the API; a dash when there is none. */
export const formatTime = (iso: string | null | undefined): string =>
  iso == null ? '—' : iso.slice(0, 19).replace('T', ' ');

const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const btc = new Intl.NumberFormat('en-US', { minimumFractionDigits: 8, maximumFractionDigits: 8 });
const quantity = new Intl.NumberFormat('en-US', { maximumFractionDigits: 18 });
const count = new Intl.NumberFormat('en-US');

export const formatUsd = (amount: Amount | null): string => format(usd, amount);
export const formatBtc = (amount: Amount | null): string => format(btc, amount);
export const formatQuantity = (amount: Amount | null): string => format(quantity, amount);
export const formatCount = (number: number): string => count.format(number);

// A string is formatted digit by digit, without becoming a double.
const format = (style: Intl.NumberFormat, amount: Amount | null): string =>
  amount === null ? '—' : style.format(amount as Intl.StringNumericLiteral);

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** Seconds as `40 s`, `5 min`, `3 h`. */
export const formatAge = (seconds: number | null): string => {
  if (seconds === null) return '—';
  if (seconds < MINUTE_S) return `${Math.round(seconds)} s`;
  if (seconds < HOUR_S) return `${Math.round(seconds / MINUTE_S)} min`;
  return `${Math.round(seconds / HOUR_S)} h`;
};

/** The first part of an id: enough to tell rows apart; the whole is the title. */
export const shortId = (id: string): string => id.slice(0, 8);
