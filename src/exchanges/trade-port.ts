/** The part of the exchange port about an account's own trades. Errors as in exchange.ts. */
import type { DecimalString } from '../shared/money.ts';
import type { CallContext, CredentialRef } from './exchange-call.ts';

/** One fill of an order of the account. */
export interface VenueTrade {
  /** The venue's own id of it. Some venues number each market apart, and give both sides of one match the same id. */
  readonly id: string;
  /** Unified symbol, e.g. `BTC/USDT` or `BTC/USDT:USDT`. */
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: DecimalString;
  /** Of the base asset; of contracts their number. */
  readonly amount: DecimalString;
  /** What it came to, in `totalAsset`. */
  readonly total: DecimalString;
  /** The quote asset; of inverse contracts the base. */
  readonly totalAsset: string;
  /** Negative: a rebate. null: none is told. */
  readonly fee: { readonly amount: DecimalString; readonly asset: string } | null;
  /** ISO 8601. */
  readonly at: string;
}

/** Where reading begins and how much of it one call brings. */
export interface TradeQuery {
  /** null: all that the venue lists together. */
  readonly symbol: string | null;
  /** What the page before answered; null: from `since` on. */
  readonly cursor: string | null;
  /** ISO 8601; null: as far back as the venue tells. */
  readonly since: string | null;
  /** Trades asked for at a time; some venues choose their own number. */
  readonly limit: number;
}

export interface TradePage {
  /** Oldest first; may be empty on the way. */
  readonly trades: readonly VenueTrade[];
  /** Goes on after this page, also long after; means something to the same market code and symbol alone. */
  readonly cursor: string;
  /** The venue has told all up to now. */
  readonly isLast: boolean;
}

/** How the trades of a market code are asked for. */
export interface TradeListing {
  /** The venue lists the trades of one symbol at a time. */
  readonly needsSymbol: boolean;
  /** Symbols with open orders, where symbols are needed and the venue tells; else empty. */
  readonly openSymbols: readonly string[];
}

export interface TradePort {
  /** not_supported where trades cannot be read. */
  fetchTradeListing(context: CallContext, ref: CredentialRef, marketCode: string): Promise<TradeListing>;
  fetchTrades(
    context: CallContext,
    ref: CredentialRef,
    marketCode: string,
    query: TradeQuery,
  ): Promise<TradePage>;
}
