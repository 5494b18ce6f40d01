/** Binance and Binance.US: market data of the spot API (exchange information, tickers, books, time, status). */
import { type MarketFeed, type Quote } from '../market-feed.ts';
import { depthOf } from '../order-book.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  json,
  parameters,
  publicRoute,
} from '../venue.ts';
import { missing, refusal } from './binance-signature.ts';
import { eight, symbolInfo, symbolOf } from './binance-symbols.ts';

const DAY_MS = 86_400_000;
const INVALID_SYMBOL = refusal(400, -1121, 'Invalid symbol.');

export const rateLimits = (weight: number) => [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weight },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
];

export const spotMarketRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const indexes = new Map(feed.markets.map((market, index) => [symbolOf(market), index]));
  const symbols = feed.markets.map(symbolInfo);
  const step = (nowMs: number): number => feed.stepStart(nowMs);

  const exchangeInfo = cachedAnswer(
    (nowMs) =>
      json(200, {
        timezone: 'UTC',
        serverTime: nowMs,
        rateLimits: rateLimits(6_000),
        exchangeFilters: [],
        symbols,
      }),
    step,
  );

  /** One route for one symbol, some, or all of them, as binance's ticker calls have it. */
  const tickers = (row: (quote: Quote, stepMs: number) => unknown, mayListAll: boolean): VenueRoute => {
    const all = cachedAnswer(
      (nowMs) =>
        json(
          200,
          feed.quotes(nowMs).map((quote) => row(quote, step(nowMs))),
        ),
      step,
    );
    const some = (names: readonly string[], nowMs: number): readonly unknown[] | undefined => {
      const quotes = feed.quotes(nowMs);
      const rows = names.map((name) => quotes[indexes.get(name) ?? -1]);
      return rows.every((quote) => quote !== undefined)
        ? rows.map((quote) => row(quote, step(nowMs)))
        : undefined;
    };
    return publicRoute((request) => {
      const wanted = wantedSymbols(request);
      if ('status' in wanted) return wanted;
      if (wanted.names === undefined) return mayListAll ? all(request) : missing('symbol');
      const rows = some(wanted.names, request.nowMs);
      if (rows === undefined) return INVALID_SYMBOL;
      return json(200, wanted.list ? rows : rows[0]);
    });
  };

  const depth = (request: VenueRequest): Answer => {
    const given = parameters(request.query);
    const symbol = given.get('symbol');
    if (symbol === undefined) return missing('symbol');
    const quote = feed.quotes(request.nowMs)[indexes.get(symbol) ?? -1];
    if (quote === undefined) return INVALID_SYMBOL;
    return json(200, depthRow(quote, depthLimit(given), step(request.nowMs)));
  };

  return [
    ['GET /api/v3/ping', publicRoute(() => json(200, {}))],
    ['GET /api/v3/time', publicRoute((request) => json(200, { serverTime: request.nowMs }))],
    ['GET /api/v3/exchangeInfo', publicRoute(exchangeInfo)],
    ['GET /api/v3/ticker/24hr', tickers(dayTicker, true)],
    ['GET /api/v3/ticker', tickers(rollingTicker, false)],
    [
      'GET /api/v3/ticker/price',
      tickers((quote) => ({ symbol: symbolOf(quote.market), price: eight(quote.last) }), true),
    ],
    ['GET /api/v3/ticker/bookTicker', tickers(bookTicker, true)],
    ['GET /api/v3/ticker/tradingDay', tickers(rollingTicker, false)],
    ['GET /api/v3/depth', publicRoute(depth)],
    ['GET /sapi/v1/system/status', publicRoute(() => json(200, { status: 0, msg: 'normal' }))],
  ];
};

const DEPTH_LEVELS = 100;

export const depthLimit = (given: ReadonlyMap<string, string>): number => {
  const limit = given.get('limit') ?? '';
  return /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : DEPTH_LEVELS;
};

const depthRow = (quote: Quote, levels: number, stepMs: number) => {
  const { bids, asks, sequence } = depthOf(quote, levels, stepMs);
  const row = ([price, amount]: readonly [string, string]): readonly string[] => [eight(price), amount];
  return { lastUpdateId: sequence, bids: bids.map(row), asks: asks.map(row) };
};

const wantedSymbols = (request: VenueRequest): { names?: readonly string[]; list: boolean } | Answer => {
  const given = parameters(request.query);
  const one = given.get('symbol');
  if (one !== undefined) return { names: [one], list: false };
  const many = given.get('symbols');
  if (many === undefined) return { list: true };
  const match = /^\[("[A-Z0-9]{1,30}"(,"[A-Z0-9]{1,30}")*)\]$/.exec(many);
  if (match === null) return refusal(400, -1100, "Illegal characters found in parameter 'symbols'.");
  return { names: (match[1] ?? '').split(',').map((name) => name.slice(1, -1)), list: true };
};

const rollingTicker = (quote: Quote, stepMs: number) => ({
  symbol: symbolOf(quote.market),
  priceChange: eight(quote.change),
  priceChangePercent: quote.changePercent,
  weightedAvgPrice: eight(quote.average),
  openPrice: eight(quote.open),
  highPrice: eight(quote.high),
  lowPrice: eight(quote.low),
  lastPrice: eight(quote.last),
  volume: quote.baseVolume,
  quoteVolume: quote.quoteVolume,
  openTime: stepMs - DAY_MS,
  closeTime: stepMs,
  firstId: 1,
  lastId: quote.tradeCount,
  count: quote.tradeCount,
});

const dayTicker = (quote: Quote, stepMs: number) => ({
  ...rollingTicker(quote, stepMs),
  prevClosePrice: eight(quote.open),
  lastQty: quote.lastSize,
  bidPrice: eight(quote.bid),
  bidQty: quote.bidSize,
  askPrice: eight(quote.ask),
  askQty: quote.askSize,
});

const bookTicker = (quote: Quote) => ({
  symbol: symbolOf(quote.market),
  bidPrice: eight(quote.bid),
  bidQty: quote.bidSize,
  askPrice: eight(quote.ask),
  askQty: quote.askSize,
});
