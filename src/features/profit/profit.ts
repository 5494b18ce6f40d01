/** What an account earned: equity now against equity at a base, less what was brought in and taken out between. Pure. */
import {
  compare,
  type DecimalString,
  divide,
  isZero,
  multiply,
  round,
  subtract,
  sum,
} from '../../shared/money.ts';

/** One amount in both units. */
export interface Worth {
  readonly btc: DecimalString;
  readonly usd: DecimalString;
}

/** What an account was worth at a time. */
export interface EquityPoint extends Worth {
  readonly at: Date;
}

/** What came in (positive) or left (negative), at the prices of its time. */
export interface NetTransfer extends Worth {
  readonly at: Date;
}

export interface Profit extends Worth {
  /** Of the base; 12.5 is 12.5 %. */
  readonly btcPercentage: DecimalString;
  readonly usdPercentage: DecimalString;
  /** Equity that it is compared with; null: there is none yet, and the profit is zero. */
  readonly base: Worth | null;
}

export interface Profits {
  /** Since 00:00 UTC. */
  readonly day: Profit;
  /** Since 30 days ago. */
  readonly month: Profit;
  /** Since the first snapshot. */
  readonly total: Profit;
}

const MONTH_MS = 30 * 24 * 3_600_000;
// A hundredth of a millionth of a percent: below what anybody shows.
const PERCENT_PLACES = 8;

/** 00:00 UTC of the day that the moment lies in. */
export const dayStart = (at: Date): Date =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));

export const monthStart = (at: Date): Date => new Date(at.getTime() - MONTH_MS);

/**
 * Profits as of the newest point. A base is the last point at or before its moment, so that a gap before midnight counts
 * to the new day; a transfer belongs to a profit when it came after the base, and not after the newest point.
 */
export const computeProfits = (
  points: readonly EquityPoint[],
  transfers: readonly NetTransfer[],
): Profits => {
  const inOrder = [...points].sort((a, b) => a.at.getTime() - b.at.getTime());
  const newest = inOrder.at(-1);
  if (newest === undefined) return { day: NO_PROFIT, month: NO_PROFIT, total: NO_PROFIT };
  const lastUntil = (moment: Date) => inOrder.findLast(({ at }) => at <= moment);
  const since = (base: EquityPoint | undefined): Profit => profitBetween(base, newest, transfers);
  return {
    day: since(lastUntil(dayStart(newest.at))),
    month: since(lastUntil(monthStart(newest.at))),
    total: since(inOrder[0]),
  };
};

const profitBetween = (
  base: EquityPoint | undefined,
  now: EquityPoint,
  transfers: readonly NetTransfer[],
): Profit => {
  if (base === undefined) return NO_PROFIT;
  const between = transfers.filter(({ at }) => at > base.at && at <= now.at);
  const gain = (unit: keyof Worth): DecimalString =>
    subtract(subtract(now[unit], base[unit]), sum(between.map((transfer) => transfer[unit])));
  return toProfit({ btc: gain('btc'), usd: gain('usd') }, base);
};

/** An absolute profit with its percentages; `base` null: none is known. */
export const toProfit = (gain: Worth, base: Worth | null): Profit => ({
  btc: gain.btc,
  usd: gain.usd,
  btcPercentage: percentOf(gain.btc, base?.btc ?? '0'),
  usdPercentage: percentOf(gain.usd, base?.usd ?? '0'),
  base: base === null ? null : { btc: base.btc, usd: base.usd },
});

/** `0` for a zero base. Of a debt, which a margin wallet can be, the size counts: a gain stays positive. */
export const percentOf = (part: DecimalString, base: DecimalString): DecimalString => {
  if (isZero(base)) return '0';
  const size = compare(base, '0') < 0 ? subtract('0', base) : base;
  return round(divide(multiply(part, '100'), size), PERCENT_PLACES);
};

const NO_PROFIT: Profit = toProfit({ btc: '0', usd: '0' }, null);
