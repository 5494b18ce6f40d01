/** The part of the exchange port about markets, open orders and where money can be sent. Errors as in exchange.ts. */
import type { DecimalString } from '../shared/money.ts';
import type { CallContext, CredentialRef } from './exchange-call.ts';

/** A market as the venue lists it. Limits that the venue does not state are null; amounts of contracts count contracts. */
export interface MarketFacts {
  /** Unified symbol, e.g. `BTC/USDT` or `BTC/USDT:USDT`: names the market to `fetchQuote`. */
  readonly symbol: string;
  readonly kind: 'spot' | 'contract';
  readonly base: string;
  readonly quote: string;
  /** The venue's own name, e.g. `BTCUSDT`. */
  readonly venueName: string;
  readonly minPrice: DecimalString | null;
  readonly maxPrice: DecimalString | null;
  readonly priceStep: DecimalString | null;
  /** Where prices have no step but a number of significant digits. */
  readonly priceDigits: number | null;
  readonly minLot: DecimalString | null;
  readonly maxLot: DecimalString | null;
  readonly lotStep: DecimalString | null;
  /** Most that one market order may trade. */
  readonly maxMarketLot: DecimalString | null;
  readonly minTotal: DecimalString | null;
  readonly maxTotal: DecimalString | null;
  /** Of contracts; null: not stated in the list. */
  readonly maxLeverage: DecimalString | null;
}

export interface MarketList {
  readonly markets: readonly MarketFacts[];
  /** When the venue told them, ISO 8601. */
  readonly asOf: string;
}

export interface Quote {
  readonly last: DecimalString;
  readonly bid: DecimalString;
  readonly ask: DecimalString;
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

/** A chain over which an asset moves. What the venue does not tell is null. */
export interface AssetNetwork {
  /** The venue's own name of it, unique for the asset. */
  readonly id: string;
  readonly name: string;
  readonly depositEnabled: boolean | null;
  readonly withdrawEnabled: boolean | null;
  readonly withdrawFee: DecimalString | null;
  readonly withdrawMin: DecimalString | null;
  readonly withdrawMax: DecimalString | null;
  readonly withdrawStep: DecimalString | null;
  readonly isDefault: boolean | null;
  readonly depositTip: string | null;
  readonly withdrawTip: string | null;
  readonly specialTip: string | null;
  readonly addressPattern: string | null;
  readonly tagPattern: string | null;
}

export interface AssetNetworks {
  readonly asset: string;
  readonly name: string;
  readonly networks: readonly AssetNetwork[];
}

export interface DepositAddress {
  readonly address: string;
  /** Memo or tag that must go with the deposit; null: none. */
  readonly tag: string | null;
}

export interface MarketPort {
  /** Active markets of a market code; needs no credential. */
  fetchMarkets(context: CallContext, marketCode: string): Promise<MarketList>;
  /** Last price and the best of the book; needs no credential. */
  fetchQuote(context: CallContext, marketCode: string, symbol: string): Promise<Quote>;
  /** For venues that tell it to key holders only; not_supported elsewhere. */
  fetchMaxLeverage(
    context: CallContext,
    ref: CredentialRef,
    marketCode: string,
    symbol: string,
  ): Promise<DecimalString>;
  countOpenOrders(context: CallContext, ref: CredentialRef, marketCode: string): Promise<number>;
  /** null: the venue knows no such asset. */
  fetchNetworks(
    context: CallContext,
    ref: CredentialRef,
    marketCode: string,
    asset: string,
  ): Promise<AssetNetworks | null>;
  /** `network`: an id of `fetchNetworks`. */
  fetchDepositAddress(
    context: CallContext,
    ref: CredentialRef,
    marketCode: string,
    place: { readonly asset: string; readonly network: string },
  ): Promise<DepositAddress>;
}
