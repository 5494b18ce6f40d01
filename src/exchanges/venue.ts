/** What a venue file declares: names, market codes, flags and required fields. Plain data that any process may load. */

/** Market types as callers name them in `supported_market_types`. */
type MarketType = 'spot' | 'margin' | 'futures';

export type VenueId =
  | 'paper_trading'
  | 'binance'
  | 'binance_us'
  | 'kraken'
  | 'okx'
  | 'bybit'
  | 'kucoin'
  | 'gate_io'
  | 'bitget'
  | 'huobi'
  | 'coinbase_advanced'
  | 'coinbase'
  | 'bitfinex'
  | 'bitstamp'
  | 'gemini'
  | 'poloniex'
  | 'deribit'
  | 'crypto_com';

/** Public chains whose addresses can be watched. */
export type ChainId = 'ethereumwallet' | 'trx';

/** A field that connecting an account of the venue needs. */
export type CredentialField = 'apiKey' | 'secret' | 'passphrase' | 'customerId' | 'address';

/** Operations on the wallet that few venues have. */
export type WalletExtra = 'bnbBurn' | 'dustAssets';

/** The capability flags of the account record. Those marked so follow ccxt and are compared with it by a test. */
export interface AccountFlags {
  /** ccxt: the venue can set the position mode, and the market code holds contracts. */
  readonly hedgeModeAvailable: boolean;
  readonly smartTradingSupported: boolean;
  readonly statsSupported: boolean;
  /** ccxt: orders can be created. */
  readonly tradingSupported: boolean;
  /** ccxt: market orders can be created. */
  readonly marketBuySupported: boolean;
  /** ccxt: market orders can be created. */
  readonly marketSellSupported: boolean;
  /** ccxt: orders with a trigger or stop price can be created. */
  readonly conditionalBuySupported: boolean;
  readonly botsAllowed: boolean;
  readonly botsTtpAllowed: boolean;
  readonly botsTslAllowed: boolean;
  readonly multiBotsAllowed: boolean;
  readonly fastConvertAvailable: boolean;
  readonly gridBotsAllowed: boolean;
  readonly gordonBotsAvailable: boolean;
  /** ccxt: deposit addresses can be read, and the market code is the spot wallet. */
  readonly depositEnabled: boolean;
  readonly availableIncludeInSummary: boolean;
}

/** One connectable wallet of a venue: the `type` of POST /ver1/accounts/new. */
export interface VenueMarket {
  readonly code: string;
  readonly aliases: readonly string[];
  readonly exchangeName: string;
  readonly prettyDisplayType: string;
  /** Path of the icon, without origin. */
  readonly marketIcon: string;
  readonly supportedMarketTypes: readonly MarketType[];
  readonly flags: AccountFlags;
}

/** Whatever an account can be connected to. */
interface Connectable {
  readonly displayName: string;
  /** Further names that callers use for the venue itself. */
  readonly aliases: readonly string[];
  readonly requiredFields: readonly CredentialField[];
  /** The first is the plain spot wallet; any of the others may be created along with it. */
  readonly markets: readonly [VenueMarket, ...VenueMarket[]];
}

export interface Venue extends Connectable {
  readonly id: VenueId;
  readonly ccxtId: string;
  /** Absent: none. */
  readonly extras?: readonly WalletExtra[];
  /** What an account traded there cannot be read yet. */
  readonly withoutTrades?: true;
  /** Market codes that the venue's test network has; absent: it has no test network. */
  readonly testMarkets?: readonly string[];
}

/** A chain's accounts are addresses: without keys, and only to be looked at. */
export interface Chain extends Connectable {
  readonly id: ChainId;
  readonly ccxtId: null;
}
