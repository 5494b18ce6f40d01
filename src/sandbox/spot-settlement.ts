/** What spot orders do to the ledger: money is locked, and base and quote change hands, less the fee. */
import {
  type DecimalString,
  add,
  compare,
  isDecimalString,
  multiply,
  round,
  subtract,
} from '../shared/money.ts';
import type { SandboxOrder } from './account-activity.ts';
import { divideFixed, formatFixed, parseFixed } from './fixed-point.ts';
import { credit, debit, lock, unlock } from './holdings.ts';
import type { SpotMarket } from './market-list.ts';
import type { NewOrder, OrderProblem, Settlement } from './order-engine.ts';
import type { Wallet } from './wallets.ts';

export interface SpotRules {
  /** Where the trading money lies; `spot` when not given. */
  readonly wallet?: Wallet;
  /** In which asset a fee is taken: what the trade brings in (the default), or always the quote. */
  readonly feeIn?: 'received' | 'quote';
  /** A maker-only order that would take is accepted and cancelled at once; otherwise it is refused. */
  readonly postOnlyLapses?: boolean;
  /** Decimals of an amount; the market's lot when not given. */
  amountDecimals?(market: SpotMarket): number;
  /** Smallest amount and smallest value of an order; none when not given. */
  minAmount?(market: SpotMarket): DecimalString;
  minCost?(market: SpotMarket): DecimalString;
}

/** A fraction; the same for makers and takers. */
const FEE_RATE = '0.001';
const FEE_PLACES = 8;
const feeOf = (amount: DecimalString): DecimalString => round(multiply(amount, FEE_RATE), FEE_PLACES);

export const createSpotSettlement = (rules: SpotRules): Settlement => {
  const wallet = rules.wallet ?? 'spot';
  const feeInQuote = rules.feeIn === 'quote';
  const decimalsOf = (market: SpotMarket): number => rules.amountDecimals?.(market) ?? market.lotDecimals;

  /** What has to be there before the trade. */
  const neededOf = (order: SandboxOrder, price: DecimalString): { asset: string; amount: DecimalString } => {
    if (order.side === 'sell') return { asset: order.market.base.code, amount: order.amount };
    const cost = multiply(order.amount, price);
    const amount = feeInQuote ? add(cost, feeOf(cost)) : cost;
    return { asset: order.market.quote.code, amount };
  };

  return {
    wallet,
    postOnlyLapses: rules.postOnlyLapses ?? false,

    amountOf: (order, price) => {
      const decimals = decimalsOf(order.market);
      if (order.amount !== undefined) return fits(order.amount, decimals) ? order.amount : undefined;
      if (!isDecimalString(order.cost)) return undefined;
      return formatFixed(divideFixed(parseFixed(order.cost), parseFixed(price)), decimals);
    },

    check: (order: NewOrder, amount, price): OrderProblem | undefined => {
      if (order.type === 'limit' && !fits(price, order.market.priceDecimals)) return 'bad_price';
      if (compare(amount, rules.minAmount?.(order.market) ?? '0') < 0) return 'below_minimum';
      return compare(multiply(amount, price), rules.minCost?.(order.market) ?? '0') < 0
        ? 'below_minimum'
        : undefined;
    },

    reserve: (account, order) => {
      const reserved = neededOf(order, order.price ?? '0');
      if (!lock(account, wallet, reserved.asset, reserved.amount)) return 'insufficient_funds';
      order.reserved = reserved;
      return undefined;
    },

    release: (account, order) => {
      if (order.reserved !== null) unlock(account, wallet, order.reserved.asset, order.reserved.amount);
      order.reserved = null;
    },

    execute: (account, order, { price, maker, timeMs, tradeId }) => {
      const { base, quote } = order.market;
      const buys = order.side === 'buy';
      const cost = multiply(order.amount, price);
      const needed = neededOf(order, price);
      if (!debit(account, wallet, needed.asset, needed.amount)) return 'insufficient_funds';
      const received = buys ? order.amount : cost;
      const feeFromReceived = !buys || !feeInQuote;
      const fee = feeOf(feeFromReceived ? received : cost);
      const net = feeFromReceived ? subtract(received, fee) : received;
      credit(account, wallet, buys ? base.code : quote.code, net);
      return {
        id: tradeId,
        orderId: order.id,
        wallet,
        market: order.market,
        side: order.side,
        maker,
        price,
        amount: order.amount,
        cost,
        fee,
        feeAsset: feeFromReceived && buys ? base.code : quote.code,
        timeMs,
      };
    },
  };
};

/** Zeros behind the last allowed decimal do no harm. */
export const fits = (text: DecimalString, decimals: number): boolean =>
  /^0*$/.test((text.split('.')[1] ?? '').slice(decimals));
