/** Coinbase Exchange: market data (products, spark lines, tickers, order books, currencies, time). */
import { networksOf } from '../asset-networks.ts';
import { unitText } from '../fixed-point.ts';
import type { MarketFeed, Quote } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import { segmentOf } from '../route-table.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  json,
  parameters,
  publicRoute,
} from '../venue.ts';
import { coinbaseRefusal } from './coinbase-signature.ts';
import { chainOf, isoTime, productId } from './coinbase-names.ts';

/** Decimals of every amount. */
export const BASE_DECIMALS = 8;
const HOUR_S = 3_600;
const UNKNOWN_PRODUCT = coinbaseRefusal(404, 'NotFound');

export const coinbaseMarketRoutes = (
  feed: MarketFeed,
  index: MarketIndex,
): readonly (readonly [string, VenueRoute])[] => {
  const products = json(200, feed.markets.map(product));
  const currencies = currencyRows(feed);
  const allCurrencies = json(200, [...currencies.values()]);
  const sparkLines = cachedAnswer(
    (nowMs) => json(200, Object.fromEntries(feed.quotes(nowMs).map((quote) => sparkLine(quote, nowMs)))),
    (nowMs) => feed.stepStart(nowMs),
  );

  const ofProduct =
    (render: (quote: Quote, request: VenueRequest) => unknown) =>
    (request: VenueRequest): Answer => {
      const quote = index.quote(segmentOf(request.path, 1), request.nowMs);
      return quote === undefined ? UNKNOWN_PRODUCT : json(200, render(quote, request));
    };

  return [
    ['GET /time', publicRoute(({ nowMs }) => json(200, { iso: isoTime(nowMs), epoch: nowMs / 1_000 }))],
    ['GET /products', publicRoute(() => products)],
    ['GET /products/spark-lines', publicRoute(sparkLines)],
    ['GET /products/{id}', publicRoute(ofProduct((quote) => product(quote.market)))],
    ['GET /products/{id}/ticker', publicRoute(ofProduct((quote, { nowMs }) => ticker(quote, nowMs)))],
    ['GET /products/{id}/stats', publicRoute(ofProduct(stats))],
    [
      'GET /products/{id}/book',
      publicRoute(
        ofProduct((quote, request) => book(quote, levelsOf(request), feed.stepStart(request.nowMs))),
      ),
    ],
    ['GET /currencies', publicRoute(() => allCurrencies)],
    [
      'GET /currencies/{id}',
      publicRoute((request) => {
        const row = currencies.get(segmentOf(request.path, 1));
        return row === undefined ? UNKNOWN_PRODUCT : json(200, row);
      }),
    ],
  ];
};

/** Level 1 is the best price alone; 2 and 3 are deeper. */
const levelsOf = (request: VenueRequest): number =>
  (parameters(request.query).get('level') ?? '1') === '1' ? 1 : 50;

export const minCost = (market: SpotMarket): string => unitText(market.notionalDecimals);

const product = (market: SpotMarket) => ({
  id: productId(market),
  base_currency: market.base.code,
  quote_currency: market.quote.code,
  quote_increment: unitText(market.priceDecimals),
  base_increment: unitText(BASE_DECIMALS),
  display_name: `${market.base.code}-${market.quote.code}`,
  min_market_funds: minCost(market),
  margin_enabled: false,
  post_only: false,
  limit_only: false,
  cancel_only: false,
  status: market.trading ? 'online' : 'offline',
  status_message: '',
  trading_disabled: !market.trading,
  fx_stablecoin: false,
  max_slippage_percentage: '0.02000000',
  auction_mode: false,
  high_bid_limit_percentage: '',
});

/** [second, low, high, open, close], newest first, numbers as on the venue's wire. */
const sparkLine = (quote: Quote, nowMs: number): readonly [string, readonly (readonly number[])[]] => {
  const hour = Math.floor(nowMs / 1_000 / HOUR_S) * HOUR_S;
  const row = [quote.low, quote.high, quote.open, quote.last].map(Number);
  return [productId(quote.market), [[hour, ...row]]];
};

const ticker = (quote: Quote, nowMs: number) => ({
  trade_id: Math.floor(nowMs / 1_000),
  price: quote.last,
  size: quote.lastSize,
  time: isoTime(nowMs),
  bid: quote.bid,
  ask: quote.ask,
  volume: quote.baseVolume,
});

const stats = (quote: Quote) => ({
  open: quote.open,
  high: quote.high,
  low: quote.low,
  last: quote.last,
  volume: quote.baseVolume,
});

const book = (quote: Quote, levels: number, stepMs: number) => {
  const depth = depthOf(quote, levels, stepMs);
  const rows = (side: typeof depth.bids) => side.map(([price, size]) => [price, size, 1]);
  return {
    bids: rows(depth.bids),
    asks: rows(depth.asks),
    sequence: depth.sequence,
    auction_mode: false,
    auction: null,
    time: isoTime(stepMs),
  };
};

const currencyRows = (feed: MarketFeed) => {
  const assets = new Set(feed.markets.flatMap((market) => [market.base, market.quote]));
  return new Map(
    [...assets].map((asset) => {
      const networks = networksOf(asset).map((network) => ({
        id: chainOf(network),
        name: network.name,
        status: 'online',
        contract_address: '',
        crypto_address_link: '',
        crypto_transaction_link: '',
        min_withdrawal_amount: Number(network.withdrawMin),
        max_withdrawal_amount: 20_000_000,
        network_confirmations: network.confirmations,
        processing_time_seconds: null,
      }));
      const row = {
        id: asset.code,
        name: asset.code,
        min_size: unitText(BASE_DECIMALS),
        status: 'online',
        message: '',
        max_precision: unitText(BASE_DECIMALS),
        convertible_to: [],
        details: { type: asset.kind === 'fiat' ? 'fiat' : 'crypto', symbol: null, sort_order: 0 },
        default_network: networks[0]?.id ?? '',
        supported_networks: networks,
        display_name: asset.code,
      };
      return [asset.code, row] as const;
    }),
  );
};
