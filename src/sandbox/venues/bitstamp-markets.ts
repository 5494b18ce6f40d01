/** Bitstamp: market data (markets, currencies, tickers, order books). */
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
  publicRoute,
} from '../venue.ts';
import { chainName, pairId, pairName } from './bitstamp-names.ts';
import { bitstampRefusal } from './bitstamp-signature.ts';

/** Decimals of every amount. */
export const BASE_DECIMALS = 8;
const LEVELS = 100;
const UNKNOWN_PAIR = bitstampRefusal(404, 'Market not found', '404.001');
const NO_PARAMETERS = bitstampRefusal(400, 'GET parameters not allowed for this request.', '400.018');

export const bitstampMarketRoutes = (
  feed: MarketFeed,
  index: MarketIndex,
): readonly (readonly [string, VenueRoute])[] => {
  const markets = json(200, feed.markets.map(marketRow));
  const currencies = json(200, currencyRows(feed));
  const tickers = cachedAnswer(
    (nowMs) =>
      json(
        200,
        feed.quotes(nowMs).map((quote) => ({ ...ticker(quote, nowMs), pair: pairName(quote.market) })),
      ),
    (nowMs) => feed.stepStart(nowMs),
  );

  /** `segment`: which one of the path names the pair. */
  const ofPair =
    (segment: number, render: (quote: Quote, nowMs: number) => unknown) =>
    (request: VenueRequest): Answer => {
      const quote = index.quote(segmentOf(request.path, segment), request.nowMs);
      return quote === undefined ? UNKNOWN_PAIR : json(200, render(quote, request.nowMs));
    };

  return [
    ['GET /api/v2/markets/', plainRoute(() => markets)],
    ['GET /api/v2/currencies/', plainRoute(() => currencies)],
    ['GET /api/v2/ticker/', plainRoute(tickers)],
    ['GET /api/v2/ticker/{pair}/', plainRoute(ofPair(3, ticker))],
    [
      'GET /api/v2/order_book/{pair}/',
      publicRoute(ofPair(3, (quote, nowMs) => book(quote, feed.stepStart(nowMs)))),
    ],
  ];
};

/** Calls that refuse any parameter. */
const plainRoute = (handle: (request: VenueRequest) => Answer): VenueRoute =>
  publicRoute((request) => (request.query === '' ? handle(request) : NO_PARAMETERS));

export const minCost = (market: SpotMarket): string => unitText(market.notionalDecimals);

const marketRow = (market: SpotMarket) => ({
  name: pairName(market),
  market_symbol: pairId(market),
  base_currency: market.base.code,
  base_decimals: BASE_DECIMALS,
  counter_currency: market.quote.code,
  counter_decimals: market.priceDecimals,
  minimum_order_value: minCost(market),
  minimum_order_amount: unitText(BASE_DECIMALS),
  maximum_order_amount: null,
  maximum_order_value: null,
  trading: market.trading ? 'Enabled' : 'Disabled',
  instant_order_counter_decimals: 2,
  instant_and_market_orders: market.trading ? 'Enabled' : 'Disabled',
  description: `${market.base.code} / ${market.quote.code}`,
  market_type: 'SPOT',
});

const ticker = (quote: Quote, nowMs: number) => ({
  timestamp: Math.floor(nowMs / 1_000).toString(),
  open: quote.open,
  high: quote.high,
  low: quote.low,
  last: quote.last,
  volume: quote.baseVolume,
  vwap: quote.average,
  bid: quote.bid,
  ask: quote.ask,
  side: '0',
  open_24: quote.open,
  percent_change_24: quote.changePercent,
  market_type: 'SPOT',
});

const book = (quote: Quote, stepMs: number) => {
  const { bids, asks } = depthOf(quote, LEVELS, stepMs);
  return {
    timestamp: Math.floor(stepMs / 1_000).toString(),
    microtimestamp: (stepMs * 1_000).toString(),
    bids,
    asks,
  };
};

const currencyRows = (feed: MarketFeed) => {
  const assets = new Set(feed.markets.flatMap((market) => [market.base, market.quote]));
  return [...assets].map((asset) => ({
    name: asset.code,
    currency: asset.code,
    type: asset.kind === 'fiat' ? 'fiat' : 'crypto',
    symbol: asset.code,
    decimals: asset.kind === 'fiat' ? 2 : BASE_DECIMALS,
    logo: '',
    available_supply: null,
    deposit: 'Enabled',
    withdrawal: 'Enabled',
    networks: networksOf(asset).map((network) => ({
      network: chainName(network.id),
      withdrawal_minimum_amount: network.withdrawMin,
      withdrawal_decimals: BASE_DECIMALS,
      deposit: 'Enabled',
      withdrawal: 'Enabled',
    })),
  }));
};
