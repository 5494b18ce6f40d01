/** A venue's markets, to be found by every spelling of a symbol that can mean only one of them. Pure. */
import type { ListedMarket } from '../../exchanges/venue-data-port.ts';

export interface MarketListing {
  readonly markets: readonly ListedMarket[];
  /** By unified symbol. */
  readonly bySymbol: ReadonlyMap<string, ListedMarket>;
}

export const createMarketListing = (markets: readonly ListedMarket[]): MarketListing => ({
  markets,
  bySymbol: new Map(markets.map((market) => [market.symbol, market])),
});

/** Symbols that a caller may have meant: one when it is clear, none when there is no such market. */
export const findSymbols = (listing: MarketListing, spelled: string): readonly string[] => {
  const text = spelled.trim();
  for (const symbol of [text, text.toUpperCase(), withSlash(text.toUpperCase())])
    if (listing.bySymbol.has(symbol)) return [symbol];
  const bare = text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return listing.markets
    .filter(({ type, base, quote }) => type === 'spot' && (base + quote).toUpperCase() === bare)
    .map(({ symbol }) => symbol);
};

/** `BTC-USDT`, `BTC_USDT` and `BTC-USDT:USDT` with the slash of unified symbols. */
const withSlash = (text: string): string => text.replace(/^([^-_/:]+)[-_]/, '$1/');
