/** Which markets a wallet may have traded on, where the exchange lists the trades of one market at a time. Pure. */
import type { MarketFacts } from '../../exchanges/market-port.ts';

export interface SymbolHints {
  /** All that was ever seen on the wallet. */
  readonly assets: Iterable<string>;
  /** Symbols of trades that are stored already. */
  readonly traded: Iterable<string>;
  /** Symbols of orders that are open now. */
  readonly open: Iterable<string>;
}

// What people buy with: on no exchange do more assets than these quote a good part of all markets.
const MOST_QUOTES = 8;

/** Those that are certain first, then the markets of held assets against each other and against the usual quotes. */
export const guessSymbols = (markets: readonly MarketFacts[], hints: SymbolHints): string[] => {
  const listed = new Set(markets.map(({ symbol }) => symbol));
  const certain = [...hints.open, ...hints.traded].filter((symbol) => listed.has(symbol));
  const assets = new Set(hints.assets);
  const quotes = usualQuotes(markets);
  const likely = markets
    .filter(({ base, quote }) => assets.has(base) && (assets.has(quote) || quotes.has(quote)))
    .map(({ symbol }) => symbol);
  return [...new Set([...certain, ...likely])];
};

const usualQuotes = (markets: readonly MarketFacts[]): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  for (const { quote } of markets) counts.set(quote, (counts.get(quote) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Set(ranked.slice(0, MOST_QUOTES).map(([quote]) => quote));
};

/** The market that a caller names: by its symbol, or by a spelling of it that means no other. */
export const findSymbol = (markets: readonly MarketFacts[], name: string): string | undefined => {
  const exact = markets.find(({ symbol }) => symbol === name);
  if (exact !== undefined) return exact.symbol;
  const plain = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9:]/g, '');
  const wanted = plain(name);
  const found = markets.filter(
    ({ symbol, venueName }) => plain(symbol) === wanted || plain(venueName) === wanted,
  );
  return found.length === 1 ? found[0]?.symbol : undefined;
};
