/** Binance: the futures APIs, fapi (margined in USDT) and dapi (margined in the coin). */
import { unitText } from '../fixed-point.ts';
import { type MarketFeed, type Quote, createMarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import type { OrderEngine } from '../order-engine.ts';
import { type VenueRoute, cachedAnswer, json, parameters, publicRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { futuresAccountRoutes } from './binance-futures-account.ts';
import { type FuturesBook, futuresBook } from './binance-positions.ts';
import { futuresOrderRoutes } from './binance-futures-orders.ts';
import { depthLimit, rateLimits } from './binance-markets.ts';
import { refusal } from './binance-signature.ts';
import { symbolOf } from './binance-symbols.ts';

const INVALID_SYMBOL = refusal(400, -1121, 'Invalid symbol.');
const DAY_MS = 86_400_000;
/** How the venue writes "never". */
const PERPETUAL_DELIVERY = 4_133_404_800_000;
const LISTED_AT = 1_569_398_400_000;

export interface FuturesApi {
  readonly routes: readonly (readonly [string, VenueRoute])[];
  readonly orders: OrderEngine;
}

export const createFuturesApi = (
  world: World,
  name: 'fapi' | 'dapi',
  markets: readonly SpotMarket[],
): FuturesApi => {
  const feed = createMarketFeed(markets, world.walk);
  const api = futuresBook(name, feed);
  const orders = world.contractOrders(feed, api);
  return {
    orders,
    routes: [
      ...marketRoutes(api, feed),
      ...futuresAccountRoutes(api, feed),
      ...futuresOrderRoutes(api, feed, orders),
    ],
  };
};

const marketRoutes = (api: FuturesBook, feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const idOf = (market: SpotMarket): string => api.contractOf(market).id;
  const step = (nowMs: number): number => feed.stepStart(nowMs);
  const infos = feed.markets.map((market) => contractInfo(api, market));
  const info = cachedAnswer(
    (nowMs) =>
      json(200, {
        timezone: 'UTC',
        serverTime: nowMs,
        rateLimits: rateLimits(2_400),
        exchangeFilters: [],
        symbols: infos,
      }),
    step,
  );
  const tickers = (row: (quote: Quote, stepMs: number) => unknown) =>
    publicRoute((request) => {
      const wanted = parameters(request.query).get('symbol');
      const quotes = feed
        .quotes(request.nowMs)
        .filter((quote) => wanted === undefined || idOf(quote.market) === wanted);
      if (quotes.length === 0) return INVALID_SYMBOL;
      const rows = quotes.map((quote) => row(quote, step(request.nowMs)));
      return json(200, wanted === undefined || api.name === 'dapi' ? rows : rows[0]);
    });

  const depth = publicRoute((request) => {
    const given = parameters(request.query);
    const quote = feed.quotes(request.nowMs).find((each) => idOf(each.market) === given.get('symbol'));
    if (quote === undefined) return INVALID_SYMBOL;
    const at = step(request.nowMs);
    const { bids, asks, sequence } = depthOf(quote, depthLimit(given), at);
    return json(200, { lastUpdateId: sequence, E: request.nowMs, T: at, bids, asks });
  });

  const base = `/${api.name}`;
  return [
    [`GET ${base}/v1/ping`, publicRoute(() => json(200, {}))],
    [`GET ${base}/v1/time`, publicRoute((request) => json(200, { serverTime: request.nowMs }))],
    [`GET ${base}/v1/exchangeInfo`, publicRoute(info)],
    [`GET ${base}/v1/ticker/24hr`, tickers((quote, at) => dayTicker(api, idOf(quote.market), quote, at))],
    [`GET ${base}/v1/ticker/bookTicker`, tickers((quote, at) => bookTicker(idOf(quote.market), quote, at))],
    [`GET ${base}/v1/depth`, depth],
  ];
};

const contractInfo = (api: FuturesBook, market: SpotMarket) => {
  const { id: symbol, inverse, size, amountDecimals } = api.contractOf(market);
  const tick = unitText(market.priceDecimals);
  const lot = unitText(amountDecimals);
  return {
    symbol,
    pair: symbolOf(market),
    contractType: 'PERPETUAL',
    deliveryDate: PERPETUAL_DELIVERY,
    onboardDate: LISTED_AT,
    ...(inverse ? { contractStatus: 'TRADING', contractSize: Number(size) } : { status: 'TRADING' }),
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: market.base.code,
    quoteAsset: market.quote.code,
    marginAsset: inverse ? market.base.code : market.quote.code,
    pricePrecision: market.priceDecimals,
    quantityPrecision: amountDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty: lot, maxQty: '1000000', stepSize: lot },
      { filterType: 'MARKET_LOT_SIZE', minQty: lot, maxQty: '100000', stepSize: lot },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      ...(inverse ? [] : [{ filterType: 'MIN_NOTIONAL', notional: '5' }]),
    ],
    orderTypes: [
      'LIMIT',
      'MARKET',
      'STOP',
      'STOP_MARKET',
      'TAKE_PROFIT',
      'TAKE_PROFIT_MARKET',
      'TRAILING_STOP_MARKET',
    ],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
};

const dayTicker = (api: FuturesBook, symbol: string, quote: Quote, stepMs: number) => ({
  symbol,
  ...(api.name === 'dapi'
    ? { pair: symbolOf(quote.market), baseVolume: quote.baseVolume }
    : { quoteVolume: quote.quoteVolume }),
  priceChange: quote.change,
  priceChangePercent: quote.changePercent,
  weightedAvgPrice: quote.average,
  lastPrice: quote.last,
  lastQty: quote.lastSize,
  openPrice: quote.open,
  highPrice: quote.high,
  lowPrice: quote.low,
  volume: quote.baseVolume,
  openTime: stepMs - DAY_MS,
  closeTime: stepMs,
  firstId: 1,
  lastId: quote.tradeCount,
  count: quote.tradeCount,
});

const bookTicker = (symbol: string, quote: Quote, stepMs: number) => ({
  symbol,
  bidPrice: quote.bid,
  bidQty: quote.bidSize,
  askPrice: quote.ask,
  askQty: quote.askSize,
  time: stepMs,
});
