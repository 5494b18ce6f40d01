/** Turns ccxt's market and ticker structures into the port's, exactly. */
import { compare, type DecimalString, isDecimalString, toDecimal } from '../shared/money.ts';
import { badResponse, type CcxtExchange, isObject, type JsonObject, objectAt } from './ccxt-exchange.ts';
import type { MarketFacts, Quote } from './market-port.ts';

// ccxt's ways to state a precision.
const DECIMAL_PLACES = 2;
const SIGNIFICANT_DIGITS = 3;
const MOST_PLACES = 40;

/** Active markets that `belongs` to the market code, by symbol. */
export const toMarketList = (
  exchange: CcxtExchange,
  belongs: (market: JsonObject) => boolean,
): MarketFacts[] =>
  Object.values(exchange.markets ?? {})
    .filter((market) => market['active'] !== false && belongs(market))
    .flatMap((market) => toMarketFacts(market, precisionMode(exchange)) ?? [])
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));

/** How the venue states precisions: one of ccxt's numbers. */
export const precisionMode = (exchange: CcxtExchange): unknown => Reflect.get(exchange, 'precisionMode');

/** undefined: the venue's entry lacks what every market has. */
export const toMarketFacts = (market: JsonObject, mode: unknown): MarketFacts | undefined => {
  const { symbol, base, quote, id } = market;
  if (![symbol, base, quote, id].every((value) => typeof value === 'string' && value !== ''))
    return undefined;
  const precision = objectAt(market, 'precision');
  const limits = objectAt(market, 'limits');
  const limit = (of: string, end: 'min' | 'max'): DecimalString | null =>
    positive(objectAt(limits, of)?.[end]);
  const maxLot = limit('amount', 'max');
  const kind = market['contract'] === true ? 'contract' : 'spot';
  return {
    symbol: symbol as string,
    kind,
    base: base as string,
    quote: quote as string,
    venueName: id as string,
    minPrice: limit('price', 'min'),
    maxPrice: limit('price', 'max'),
    priceStep: stepOf(precision?.['price'], mode),
    priceDigits: mode === SIGNIFICANT_DIGITS ? wholeOf(precision?.['price']) : null,
    minLot: limit('amount', 'min'),
    maxLot,
    // Venues that count the digits of a price count the places of an amount.
    lotStep: stepOf(precision?.['amount'], mode === SIGNIFICANT_DIGITS ? DECIMAL_PLACES : mode),
    maxMarketLot: limit('market', 'max') ?? maxLot,
    minTotal: limit('cost', 'min'),
    maxTotal: limit('cost', 'max'),
    maxLeverage: kind === 'contract' ? limit('leverage', 'max') : null,
  };
};

const stepOf = (precision: unknown, mode: unknown): DecimalString | null => {
  if (mode === SIGNIFICANT_DIGITS) return null;
  if (mode !== DECIMAL_PLACES) return positive(precision);
  const places = wholeOf(precision);
  if (places === null) return null;
  return places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`;
};

const wholeOf = (value: unknown): number | null => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,2}$/.test(text)) return null;
  const count = Number.parseInt(text, 10);
  return count <= MOST_PLACES ? count : null;
};

/** null for what is not stated; some venues write zero, or a sign, for "no limit". */
export const positive = (value: unknown): DecimalString | null => {
  const amount = decimalOf(value);
  return amount !== undefined && compare(amount, '0') > 0 ? amount : null;
};

/** ccxt leaves short JSON numbers as they are; anything that is no number is as good as not stated. */
export const decimalOf = (value: unknown): DecimalString | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') return undefined;
  if (isDecimalString(text)) return toDecimal(text);
  try {
    return toDecimal(text);
  } catch {
    return undefined;
  }
};

/** What a ticker tells of the last price and the best of the book; undefined: not told. */
export const toQuote = (ticker: unknown): Partial<Omit<Quote, 'asOf'>> => {
  if (!isObject(ticker)) throw badResponse();
  const [last, bid, ask] = [positive(ticker['last']), positive(ticker['bid']), positive(ticker['ask'])];
  return { ...(last !== null && { last }), ...(bid !== null && { bid }), ...(ask !== null && { ask }) };
};

/** The best bid and ask of an order book; an empty side stays undefined. */
export const toBestOfBook = (book: unknown): Partial<Pick<Quote, 'bid' | 'ask'>> => {
  const best = (side: string): DecimalString | null => {
    const rows: unknown = isObject(book) ? book[side] : undefined;
    if (!Array.isArray(rows)) throw badResponse();
    const [first] = rows as unknown[];
    return Array.isArray(first) ? positive(first[0]) : null;
  };
  const [bid, ask] = [best('bids'), best('asks')];
  return { ...(bid !== null && { bid }), ...(ask !== null && { ask }) };
};
