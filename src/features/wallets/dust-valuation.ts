/** What dust is worth together: the exchange's own values where it tells them, exact sums. Pure. */
import type { DustAsset } from '../../exchanges/wallet-port.ts';
import { type DecimalString, multiply, round, sum } from '../../shared/money.ts';
import type { PriceBook } from '../markets/price-book.ts';

export interface ValuedDust {
  readonly assets: readonly DustAsset[];
  /** Before the fees. */
  readonly totalToTarget: DecimalString;
  /** null: of one asset it is not known. */
  readonly totalToBtc: DecimalString | null;
  readonly totalUsdValue: DecimalString | null;
}

// As fine as the values of balances.
const VALUE_PLACES = 12;

/** `book` prices what the exchange left without a value; undefined: there are no prices. */
export const valueDust = (
  dust: readonly DustAsset[],
  book: Pick<PriceBook, 'price'> | undefined,
): ValuedDust => {
  const assets = dust.map((row) => ({ ...row, usdValue: row.usdValue ?? valueOf(row, book) }));
  return {
    assets,
    totalToTarget: sum(assets.map(({ toTarget }) => toTarget)),
    totalToBtc: sumOfKnown(assets.map(({ toBtc }) => toBtc)),
    totalUsdValue: sumOfKnown(assets.map(({ usdValue }) => usdValue)),
  };
};

const valueOf = (
  { asset, free }: DustAsset,
  book: Pick<PriceBook, 'price'> | undefined,
): DecimalString | null => {
  const price = book?.price(asset).usd ?? null;
  return price === null ? null : round(multiply(free, price), VALUE_PLACES);
};

const sumOfKnown = (values: readonly (DecimalString | null)[]): DecimalString | null =>
  values.every((value) => value !== null) ? sum(values) : null;
