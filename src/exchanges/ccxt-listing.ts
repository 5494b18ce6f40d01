/** Turns ccxt's markets and tickers into the port's lists, exactly. */
import { AppError } from '../shared/errors.ts';
import type { DecimalString } from '../shared/money.ts';
import { badResponse, type CcxtExchange, isObject, type JsonObject } from './ccxt-exchange.ts';
import { decimalOf, positive, precisionMode, toMarketFacts } from './ccxt-market-list.ts';
import type { ListedMarket, SpotQuote, Ticker } from './venue-data-port.ts';

/** All markets that the instance knows, by symbol; entries that lack what every market has are left out. */
export const toListing = (exchange: CcxtExchange): ListedMarket[] => {
  const mode = precisionMode(exchange);
  return Object.values(exchange.markets ?? {})
    .flatMap((market) => toListedMarket(market, mode) ?? [])
    .sort(bySymbol);
};

export const bySymbol = (a: { readonly symbol: string }, b: { readonly symbol: string }): number =>
  a.symbol < b.symbol ? -1 : 1;

const toListedMarket = (market: JsonObject, mode: unknown): ListedMarket | undefined => {
  const facts = toMarketFacts(market, mode);
  if (facts === undefined) return undefined;
  const { settle, type, active, maker, taker } = market;
  return {
    symbol: facts.symbol,
    base: facts.base,
    quote: facts.quote,
    settle: typeof settle === 'string' ? settle : null,
    type: typeof type === 'string' ? type : facts.kind === 'spot' ? 'spot' : 'swap',
    isActive: active !== false,
    priceStep: facts.priceStep,
    amountStep: facts.lotStep,
    minAmount: facts.minLot,
    maxAmount: facts.maxLot,
    minCost: facts.minTotal,
    maxCost: facts.maxTotal,
    minPrice: facts.minPrice,
    maxPrice: facts.maxPrice,
    makerFee: decimalOf(maker) ?? null,
    takerFee: decimalOf(taker) ?? null,
  };
};

/**
 * `best` stands in for what the ticker leaves out of the book. ccxt reads figures that are none as absent, so a ticker
 * without any price is refused as an answer that cannot be used.
 */
export const toTicker = (
  symbol: string,
  ticker: unknown,
  best: { readonly bid?: DecimalString; readonly ask?: DecimalString },
): Omit<Ticker, 'asOf'> => {
  if (!isObject(ticker)) throw badResponse();
  const figure = (name: string): DecimalString | null => decimalOf(ticker[name]) ?? null;
  const last = figure('last');
  const bid = positive(ticker['bid']) ?? best.bid ?? null;
  const offer = positive(ticker['ask']) ?? best.ask ?? null;
  if (last === null && bid === null && offer === null)
    throw new AppError('exchange_unavailable', 'The exchange tells no price of this market');
  return {
    symbol,
    last,
    bid,
    ask: offer,
    bidVolume: figure('bidVolume'),
    askVolume: figure('askVolume'),
    open: figure('open'),
    high: figure('high'),
    low: figure('low'),
    close: figure('close'),
    vwap: figure('vwap'),
    baseVolume: figure('baseVolume'),
    quoteVolume: figure('quoteVolume'),
    change: figure('change'),
    percentage: figure('percentage'),
    average: figure('average'),
  };
};

/** Of spot markets alone. */
export const toSpotQuotes = (
  tickers: unknown,
  markets: Readonly<Record<string, JsonObject>>,
): SpotQuote[] => {
  if (!isObject(tickers)) throw badResponse();
  const quotes: SpotQuote[] = [];
  for (const [symbol, ticker] of Object.entries(tickers)) {
    if (markets[symbol]?.['spot'] !== true || !isObject(ticker)) continue;
    const [last, bid, ask] = [positive(ticker['last']), positive(ticker['bid']), positive(ticker['ask'])];
    if (last !== null || bid !== null || ask !== null) quotes.push({ symbol, bid, ask });
  }
  if (quotes.length === 0) throw badResponse();
  return quotes;
};
