/** What balances are worth in BTC and USD: exact products, summed. Pure. */
import type { Balance } from '../../exchanges/exchange.ts';
import { type DecimalString, multiply, round, sum } from '../../shared/money.ts';
import type { AssetPrice } from '../markets/price-book.ts';

export interface ValuedBalance extends Balance {
  readonly btcValue: DecimalString;
  readonly usdValue: DecimalString;
}

export interface Valuation {
  readonly balances: readonly ValuedBalance[];
  readonly btcAmount: DecimalString;
  readonly usdAmount: DecimalString;
  /** Assets without a price in BTC or in USD; they count 0 there. */
  readonly unpricedAssets: readonly string[];
}

// Finer than a satoshi by four digits, so that the sum of dust is still right when shown.
const VALUE_PLACES = 12;

export const valueBalances = (
  balances: readonly Balance[],
  priceOf: (asset: string) => AssetPrice,
): Valuation => {
  const unpricedAssets: string[] = [];
  const valued = balances.map((balance) => {
    const { btc, usd } = priceOf(balance.asset);
    if (btc === null || usd === null) unpricedAssets.push(balance.asset);
    return { ...balance, btcValue: value(balance.total, btc), usdValue: value(balance.total, usd) };
  });
  return {
    balances: valued,
    btcAmount: sum(valued.map(({ btcValue }) => btcValue)),
    usdAmount: sum(valued.map(({ usdValue }) => usdValue)),
    unpricedAssets,
  };
};

const value = (total: DecimalString, price: DecimalString | null): DecimalString =>
  price === null ? '0' : round(multiply(total, price), VALUE_PLACES);
