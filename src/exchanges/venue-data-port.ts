/**
 * The part of the exchange port about venues themselves: all their markets, their prices and whether they work. Needs
 * no credential. Errors as in exchange.ts.
 */
import type { ErrorCode } from '../shared/errors.ts';
import type { DecimalString } from '../shared/money.ts';
import type { VenueState } from './venue-state.ts';
import type { CallContext } from './exchange-call.ts';

/** A market as the venue lists it, halted ones included. What the venue does not state is null. */
export interface ListedMarket {
  /** Unified symbol, e.g. `BTC/USDT` or `BTC/USDT:USDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Of contracts: the asset that profit is paid in. */
  readonly settle: string | null;
  /** `spot`, `swap`, `future`, `option`... */
  readonly type: string;
  readonly isActive: boolean;
  /** Tick sizes; null also where prices have a number of significant digits instead of a step. */
  readonly priceStep: DecimalString | null;
  readonly amountStep: DecimalString | null;
  readonly minAmount: DecimalString | null;
  readonly maxAmount: DecimalString | null;
  readonly minCost: DecimalString | null;
  readonly maxCost: DecimalString | null;
  readonly minPrice: DecimalString | null;
  readonly maxPrice: DecimalString | null;
  /** Fractions of what is traded, before any discount; negative: the venue pays. */
  readonly makerFee: DecimalString | null;
  readonly takerFee: DecimalString | null;
}

export interface Listing {
  /** By symbol. */
  readonly markets: readonly ListedMarket[];
  /** When the venue told them, ISO 8601. */
  readonly asOf: string;
}

/** `contracts`: what only account types with contracts trade, where the venue lists them apart; else empty. */
export type ListingPart = 'spot' | 'contracts';

type Figure = DecimalString | null;

export interface Ticker {
  readonly symbol: string;
  readonly last: Figure;
  readonly bid: Figure;
  readonly ask: Figure;
  readonly bidVolume: Figure;
  readonly askVolume: Figure;
  readonly open: Figure;
  readonly high: Figure;
  readonly low: Figure;
  readonly close: Figure;
  readonly vwap: Figure;
  readonly baseVolume: Figure;
  readonly quoteVolume: Figure;
  readonly change: Figure;
  readonly percentage: Figure;
  readonly average: Figure;
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

/** The best of a spot market's book; null where the venue's list of tickers leaves it out. */
export interface SpotQuote {
  readonly symbol: string;
  readonly bid: Figure;
  readonly ask: Figure;
}

export interface SpotQuotes {
  readonly quotes: readonly SpotQuote[];
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

/** One look at whether a venue works: a single request, never signed. */
export interface VenueProbe {
  /** When it ended, ISO 8601. */
  readonly at: string;
  /** null: it did not answer. */
  readonly latencyMs: number | null;
  /** What the venue says of itself, e.g. `ok` or `maintenance`; null: it has no words for that, or did not answer. */
  readonly condition: string | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface VenueCheck {
  readonly probe: VenueProbe;
  readonly state: VenueState;
}

export interface VenueDataPort {
  fetchListing(context: CallContext, venueId: string, part: ListingPart): Promise<Listing>;
  /** Throws exchange_refused for a symbol that the venue does not list. */
  fetchTicker(context: CallContext, venueId: string, symbol: string): Promise<Ticker>;
  /** Of all spot markets that have a price. */
  fetchSpotQuotes(context: CallContext, venueId: string): Promise<SpotQuotes>;
  /**
   * Answers the newest probe when it is at most so old, or too new to be repeated yet; else probes. Callers at the same
   * time share one probe. A venue that wants no requests is not asked.
   */
  checkVenue(context: CallContext, venueId: string, maxAgeMs: number): Promise<VenueCheck>;
}
