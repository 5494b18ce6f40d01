/** Coinbase Advanced: market data (products, tickers, order books, currencies, time). */
import type { Asset } from '../asset-universe.ts';
import { unitText } from '../fixed-point.ts';
import type { MarketFeed, Quote } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import { segmentOf } from '../route-table.ts';
import { stableUuid } from '../stable-uuid.ts';
import {
  type Answer,
  type PublicVenueRoute,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  json,
  parameters,
  publicRoute,
  signedRoute,
} from '../venue.ts';
import { advancedRefusal } from './coinbase-advanced-signature.ts';
import { isoTime, productId } from './coinbase-names.ts';

/** Decimals of every amount. */
export const BASE_DECIMALS = 8;
const MOST_LEVELS = 500;
const UNKNOWN_PRODUCT = advancedRefusal(404, 'NOT_FOUND', 'valid product_id is required');

export const coinbaseAdvancedMarketRoutes = (
  feed: MarketFeed,
  index: MarketIndex,
): readonly (readonly [string, VenueRoute])[] => {
  const step = (nowMs: number): number => feed.stepStart(nowMs);
  const all = cachedAnswer((nowMs) => productList(feed.quotes(nowMs)), step);

  const products = (request: VenueRequest): Answer => {
    const query = new URLSearchParams(request.query);
    const type = query.get('product_type');
    if (type !== null && type !== 'SPOT') return productList([]);
    const wanted = query.getAll('product_ids');
    if (wanted.length === 0) return all(request);
    const quotes = wanted.map((id) => index.quote(id, request.nowMs));
    return productList(quotes.filter((quote) => quote !== undefined));
  };

  /** `segment`: which one of the path names the product. */
  const ofProduct =
    (segment: number, render: (quote: Quote, nowMs: number) => unknown) =>
    (request: VenueRequest): Answer => {
      const quote = index.quote(segmentOf(request.path, segment), request.nowMs);
      return quote === undefined ? UNKNOWN_PRODUCT : json(200, render(quote, request.nowMs));
    };

  const book = (request: VenueRequest): Answer => {
    const given = parameters(request.query);
    const quote = index.quote(given.get('product_id') ?? '', request.nowMs);
    if (quote === undefined) return UNKNOWN_PRODUCT;
    const limit = given.get('limit') ?? '';
    const levels = /^[1-9]\d{0,3}$/.test(limit) ? Math.min(Number(limit), MOST_LEVELS) : 50;
    return json(200, { pricebook: pricebook(quote, levels, step(request.nowMs)) });
  };

  /** Public under `market/`, and signed without it. */
  const both = (path: string, handle: PublicVenueRoute['handle']): (readonly [string, VenueRoute])[] => [
    [`GET /api/v3/brokerage/market/${path}`, publicRoute(handle)],
    [`GET /api/v3/brokerage/${path}`, signedRoute('read', handle)],
  ];

  return [
    ['GET /v2/time', publicRoute(({ nowMs }) => json(200, { data: timeV2(nowMs) }))],
    ['GET /api/v3/brokerage/time', publicRoute(({ nowMs }) => json(200, timeV3(nowMs)))],
    ...currencyRoutes(feed),
    ...both('products', products),
    ...both('product_book', book),
    [
      'GET /api/v3/brokerage/market/products/{product_id}',
      publicRoute(ofProduct(5, (quote) => product(quote))),
    ],
    [
      'GET /api/v3/brokerage/products/{product_id}',
      signedRoute(
        'read',
        ofProduct(4, (quote) => product(quote)),
      ),
    ],
    ['GET /api/v3/brokerage/market/products/{product_id}/ticker', publicRoute(ofProduct(5, ticker))],
    ['GET /api/v3/brokerage/products/{product_id}/ticker', signedRoute('read', ofProduct(4, ticker))],
    [
      'GET /api/v3/brokerage/best_bid_ask',
      signedRoute('read', (request) => {
        const wanted = new URLSearchParams(request.query).getAll('product_ids');
        const ids = wanted.length === 0 ? index.ids : wanted;
        const quotes = ids.map((id) => index.quote(id, request.nowMs)).filter((quote) => quote !== undefined);
        return json(200, { pricebooks: quotes.map((quote) => pricebook(quote, 1, step(request.nowMs))) });
      }),
    ],
  ];
};

const currencyRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const assets = new Set(feed.markets.flatMap((market) => [market.base, market.quote]));
  const ofKind = (fiat: boolean): Asset[] => [...assets].filter((asset) => (asset.kind === 'fiat') === fiat);
  const money = ofKind(true).map(({ code }) => ({ id: code, name: code, min_size: '0.01' }));
  const coins = ofKind(false).map(({ code }, index) => ({
    asset_id: stableUuid(`asset\n${code}`),
    code,
    name: code,
    color: '#0052FF',
    sort_index: index,
    exponent: BASE_DECIMALS,
    type: 'crypto',
  }));
  const rates = Object.fromEntries([...assets].map(({ code }) => [code, '1']));
  return [
    ['GET /v2/currencies', publicRoute(() => json(200, { data: money }))],
    ['GET /v2/currencies/crypto', publicRoute(() => json(200, { data: coins }))],
    ['GET /v2/exchange-rates', publicRoute(() => json(200, { data: { currency: 'USD', rates } }))],
  ];
};

const timeV2 = (nowMs: number) => ({
  iso: `${isoTime(nowMs).slice(0, 19)}Z`,
  epoch: Math.floor(nowMs / 1_000),
});

const timeV3 = (nowMs: number) => ({
  iso: `${isoTime(nowMs).slice(0, 19)}Z`,
  epochSeconds: Math.floor(nowMs / 1_000).toString(),
  epochMillis: nowMs.toString(),
});

const productList = (quotes: readonly Quote[]): Answer =>
  json(200, { products: quotes.map(product), num_products: quotes.length });

const product = (quote: Quote) => {
  const { market } = quote;
  return {
    product_id: productId(market),
    price: quote.last,
    price_percentage_change_24h: quote.changePercent,
    volume_24h: quote.baseVolume,
    volume_percentage_change_24h: '0',
    base_increment: unitText(BASE_DECIMALS),
    quote_increment: unitText(market.priceDecimals),
    quote_min_size: minCost(market),
    quote_max_size: '150000000',
    base_min_size: unitText(BASE_DECIMALS),
    base_max_size: '100000000',
    base_name: market.base.code,
    quote_name: market.quote.code,
    watched: false,
    is_disabled: false,
    new: false,
    status: market.trading ? 'online' : 'delisted',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: !market.trading,
    auction_mode: false,
    product_type: 'SPOT',
    quote_currency_id: market.quote.code,
    base_currency_id: market.base.code,
    fcm_trading_session_details: null,
    mid_market_price: '',
    alias: '',
    alias_to: [],
    base_display_symbol: market.base.code,
    quote_display_symbol: market.quote.code,
    view_only: false,
    price_increment: unitText(market.priceDecimals),
    display_name: productId(market),
    product_venue: 'CBE',
    approximate_quote_24h_volume: quote.quoteVolume,
  };
};

export const minCost = (market: SpotMarket): string => unitText(market.notionalDecimals);

const ticker = (quote: Quote, nowMs: number) => ({
  trades: [
    {
      trade_id: Math.floor(nowMs / 1_000).toString(),
      product_id: productId(quote.market),
      price: quote.last,
      size: quote.lastSize,
      time: isoTime(nowMs),
      side: 'BUY',
      bid: '',
      ask: '',
    },
  ],
  best_bid: quote.bid,
  best_ask: quote.ask,
});

const pricebook = (quote: Quote, levels: number, stepMs: number) => {
  const { bids, asks } = depthOf(quote, levels, stepMs);
  const rows = (side: typeof bids) => side.map(([price, size]) => ({ price, size }));
  return { product_id: productId(quote.market), bids: rows(bids), asks: rows(asks), time: isoTime(stepMs) };
};
