/** Bybit: market data of all categories (instruments, tickers, order books, risk limits, time, status). */
import { ONE, formatFixed, parseFixed, unitText } from '../fixed-point.ts';
import { leverageTiers } from '../leverage-tiers.ts';
import type { Quote } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import { wholeOr } from '../request-parameters.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  parameters,
  publicRoute,
} from '../venue.ts';
import {
  type BybitBook,
  type BybitBooks,
  badParameter,
  bookOf,
  bybitOk,
  leastCost,
  symbolOf,
} from './bybit-books.ts';

const LISTED_AT = '1585526400000';
const USUAL_LEVELS: Readonly<Record<string, number>> = { spot: 1, linear: 25, inverse: 25 };

export const bybitMarketRoutes = (books: BybitBooks): readonly (readonly [string, VenueRoute])[] => {
  const all = new Map(Object.values(books).map((book) => [book.category, tickersOf(book)]));
  return [
    ['GET /v5/market/time', publicRoute(timeOf)],
    ['GET /v5/system/status', publicRoute((request) => bybitOk(request.nowMs, { list: [] }))],
    ['GET /v5/market/instruments-info', publicRoute((request) => instruments(books, request))],
    ['GET /v5/market/orderbook', publicRoute((request) => orderBook(books, request))],
    ['GET /v5/market/risk-limit', publicRoute((request) => riskLimits(books, request))],
    [
      'GET /v5/market/tickers',
      publicRoute((request) => {
        const given = parameters(request.query);
        const category = given.get('category');
        if (category === 'option') return bybitOk(request.nowMs, { category, list: [] });
        const book = bookOf(books, category);
        if (book === undefined) return badParameter(request.nowMs, 'Category is invalid');
        const symbol = given.get('symbol');
        if (symbol === undefined) return all.get(book.category)?.(request) ?? badParameter(request.nowMs, '');
        const quote = quoteOf(book, symbol, request.nowMs);
        return quote === undefined
          ? badParameter(request.nowMs, 'Symbol Invalid')
          : bybitOk(request.nowMs, { category, list: [ticker(book, quote)] });
      }),
    ],
  ];
};

export const quoteOf = (book: BybitBook, symbol: string, nowMs: number): Quote | undefined => {
  const market = book.markets.get(symbol);
  return market === undefined ? undefined : book.feed.quotes(nowMs).find((quote) => quote.market === market);
};

const timeOf = (request: VenueRequest): Answer =>
  bybitOk(request.nowMs, {
    timeSecond: Math.floor(request.nowMs / 1_000).toString(),
    timeNano: `${request.nowMs}000000`,
  });

const tickersOf = (book: BybitBook) =>
  cachedAnswer(
    (nowMs) =>
      bybitOk(nowMs, {
        category: book.category,
        list: book.feed.quotes(nowMs).map((quote) => ticker(book, quote)),
      }),
    (nowMs) => book.feed.stepStart(nowMs),
  );

const ticker = (book: BybitBook, quote: Quote) => ({
  symbol: symbolOf(quote.market),
  bid1Price: quote.bid,
  bid1Size: quote.bidSize,
  ask1Price: quote.ask,
  ask1Size: quote.askSize,
  lastPrice: quote.last,
  prevPrice24h: quote.open,
  price24hPcnt: formatFixed(parseFixed(quote.changePercent) / 100n, 4),
  highPrice24h: quote.high,
  lowPrice24h: quote.low,
  turnover24h: quote.quoteVolume,
  volume24h: quote.baseVolume,
  ...(book.category === 'spot'
    ? { usdIndexPrice: quote.last }
    : {
        indexPrice: quote.last,
        markPrice: quote.last,
        prevPrice1h: quote.open,
        openInterest: quote.baseVolume,
        openInterestValue: quote.quoteVolume,
        fundingRate: '0.0001',
        nextFundingTime: '0',
        deliveryTime: '0',
      }),
});

const instruments = (books: BybitBooks, request: VenueRequest): Answer => {
  const given = parameters(request.query);
  const category = given.get('category');
  // Options are not simulated: an empty list is what a venue without any would send.
  if (category === 'option') return bybitOk(request.nowMs, { category, list: [], nextPageCursor: '' });
  const book = bookOf(books, category);
  if (book === undefined) return badParameter(request.nowMs, 'Category is invalid');
  const symbol = given.get('symbol');
  const listed =
    given.get('status') === 'PreLaunch'
      ? []
      : book.feed.markets.filter((market) => symbol === undefined || symbolOf(market) === symbol);
  const list = listed.map((market) =>
    book.category === 'spot' ? spotInstrument(market) : contractInstrument(book, market),
  );
  return bybitOk(request.nowMs, {
    category,
    list,
    ...(book.category === 'spot' ? {} : { nextPageCursor: '' }),
  });
};

const spotInstrument = (market: SpotMarket) => ({
  symbol: symbolOf(market),
  baseCoin: market.base.code,
  quoteCoin: market.quote.code,
  innovation: '0',
  status: market.trading ? 'Trading' : 'PreLaunch',
  marginTrading: market.base.kind === 'major' ? 'utaOnly' : 'none',
  stTag: '0',
  lotSizeFilter: {
    basePrecision: unitText(market.lotDecimals),
    quotePrecision: '0.00000001',
    minOrderQty: unitText(market.lotDecimals),
    maxOrderQty: '9000000',
    minOrderAmt: leastCost(market),
    maxOrderAmt: '4000000',
  },
  priceFilter: { tickSize: unitText(market.priceDecimals) },
  riskParameters: { priceLimitRatioX: '0.02', priceLimitRatioY: '0.02' },
});

const contractInstrument = (book: BybitBook, market: SpotMarket) => {
  const inverse = book.category === 'inverse';
  const step = unitText(book.contractOf(market)?.amountDecimals ?? 0);
  const [tier] = leverageTiers(market);
  return {
    symbol: symbolOf(market),
    contractType: inverse ? 'InversePerpetual' : 'LinearPerpetual',
    status: market.trading ? 'Trading' : 'Closed',
    baseCoin: market.base.code,
    quoteCoin: market.quote.code,
    launchTime: LISTED_AT,
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: market.priceDecimals.toString(),
    leverageFilter: { minLeverage: '1', maxLeverage: `${tier?.maxLeverage ?? 50}.00`, leverageStep: '0.01' },
    priceFilter: {
      minPrice: unitText(market.priceDecimals),
      maxPrice: '1999999.80',
      tickSize: unitText(market.priceDecimals),
    },
    lotSizeFilter: {
      maxOrderQty: '1000000',
      minOrderQty: step,
      qtyStep: step,
      postOnlyMaxOrderQty: '1000000',
      maxMktOrderQty: '100000',
      minNotionalValue: '5',
    },
    unifiedMarginTrade: true,
    fundingInterval: 480,
    settleCoin: inverse ? market.base.code : market.quote.code,
    copyTrading: 'none',
    isPreListing: false,
  };
};

const orderBook = (books: BybitBooks, request: VenueRequest): Answer => {
  const given = parameters(request.query);
  const book = bookOf(books, given.get('category'));
  if (book === undefined) return badParameter(request.nowMs, 'Category is invalid');
  const symbol = given.get('symbol') ?? '';
  const quote = quoteOf(book, symbol, request.nowMs);
  if (quote === undefined) return badParameter(request.nowMs, 'Symbol Invalid');
  const stepMs = book.feed.stepStart(request.nowMs);
  const levels = Math.min(wholeOr(given.get('limit'), USUAL_LEVELS[book.category] ?? 25), 200);
  const { bids, asks, sequence } = depthOf(quote, levels, stepMs);
  return bybitOk(request.nowMs, {
    s: symbol,
    b: bids,
    a: asks,
    ts: stepMs,
    u: sequence,
    seq: sequence,
    cts: stepMs,
  });
};

const riskLimits = (books: BybitBooks, request: VenueRequest): Answer => {
  const given = parameters(request.query);
  const category = given.get('category');
  const book = bookOf(books, category);
  if (book === undefined || book.category === 'spot')
    return badParameter(request.nowMs, 'Category is invalid');
  const symbol = given.get('symbol');
  const list = book.feed.markets
    .filter((market) => symbol === undefined || symbolOf(market) === symbol)
    .flatMap((market) =>
      leverageTiers(market).map(({ tier, cap, maintenanceRate, maxLeverage, deduction }) => ({
        id: tier,
        symbol: symbolOf(market),
        riskLimitValue: cap.toString(),
        maintenanceMargin: maintenanceRate,
        initialMargin: formatFixed(ONE / BigInt(maxLeverage), 4),
        isLowestRisk: tier === 1 ? 1 : 0,
        maxLeverage: `${maxLeverage}.00`,
        mmDeduction: deduction,
      })),
    );
  return bybitOk(request.nowMs, { category, list, nextPageCursor: '' });
};
