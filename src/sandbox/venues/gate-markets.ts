/** Gate: market data (pairs, contracts, currencies, tickers, order books, risk limits, time). */
import { networksOf } from '../asset-networks.ts';
import { formatFixed, unitText } from '../fixed-point.ts';
import { leverageTiers } from '../leverage-tiers.ts';
import type { MarketFeed, Quote } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import { wholeOr } from '../request-parameters.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  json,
  parameters,
  publicRoute,
} from '../venue.ts';
import type { World } from '../world.ts';
import { type GateBooks, type GateFutures, leastCost, pairOf } from './gate-books.ts';
import { chainOf } from './gate-funding.ts';
import { gateRefusal } from './gate-signature.ts';

const LISTED_AT = 1_574_035_200;
const UNKNOWN_PAIR = gateRefusal(400, 'INVALID_CURRENCY_PAIR', 'Invalid currency pair');
const UNKNOWN_CONTRACT = gateRefusal(404, 'CONTRACT_NOT_FOUND', 'Contract not found');

type Routes = readonly (readonly [string, VenueRoute])[];

export const gateMarketRoutes = (world: World, books: GateBooks): Routes => {
  const { feed } = books.spot;
  const currencies = json(200, currencyRows(world, feed));
  const pairs = json(200, feed.markets.map(pairRow));
  return [
    ['GET /api/v4/spot/time', publicRoute((request) => json(200, { server_time: request.nowMs }))],
    ['GET /api/v4/spot/currencies', publicRoute(() => currencies)],
    ['GET /api/v4/spot/currency_pairs', publicRoute(() => pairs)],
    // Margin, dated futures and options are not simulated.
    ['GET /api/v4/margin/currency_pairs', publicRoute(() => json(200, []))],
    ['GET /api/v4/delivery/usdt/contracts', publicRoute(() => json(200, []))],
    ['GET /api/v4/delivery/btc/contracts', publicRoute(() => json(200, []))],
    ['GET /api/v4/options/underlyings', publicRoute(() => json(200, []))],
    ['GET /api/v4/spot/tickers', tickers(feed, 'currency_pair', UNKNOWN_PAIR, spotTicker)],
    ['GET /api/v4/spot/order_book', publicRoute((request) => spotBook(feed, request))],
    ...futuresRoutes(books.usdt),
    ...futuresRoutes(books.btc),
  ];
};

const futuresRoutes = (book: GateFutures): Routes => {
  const base = `GET /api/v4/futures/${book.settle}`;
  const contracts = cachedAnswer(
    (nowMs) =>
      json(
        200,
        book.feed.quotes(nowMs).map((quote) => contractRow(book, quote)),
      ),
    (nowMs) => book.feed.stepStart(nowMs),
  );
  return [
    [`${base}/contracts`, publicRoute(contracts)],
    [`${base}/tickers`, tickers(book.feed, 'contract', UNKNOWN_CONTRACT, contractTicker)],
    [`${base}/order_book`, publicRoute((request) => contractBook(book, request))],
    [`${base}/risk_limit_tiers`, publicRoute((request) => riskLimits(book, request))],
  ];
};

/** All tickers, or a list of the one that is named. */
const tickers = (
  feed: MarketFeed,
  parameter: string,
  unknown: Answer,
  row: (quote: Quote) => unknown,
): VenueRoute => {
  const all = cachedAnswer(
    (nowMs) => json(200, feed.quotes(nowMs).map(row)),
    (nowMs) => feed.stepStart(nowMs),
  );
  return publicRoute((request) => {
    const name = parameters(request.query).get(parameter);
    if (name === undefined) return all(request);
    const quote = quoteOf(feed, name, request.nowMs);
    return quote === undefined ? unknown : json(200, [row(quote)]);
  });
};

export const quoteOf = (feed: MarketFeed, name: string, nowMs: number): Quote | undefined =>
  feed.quotes(nowMs).find((quote) => pairOf(quote.market) === name);

const spotTicker = (quote: Quote) => ({
  currency_pair: pairOf(quote.market),
  last: quote.last,
  lowest_ask: quote.ask,
  lowest_size: quote.askSize,
  highest_bid: quote.bid,
  highest_size: quote.bidSize,
  change_percentage: quote.changePercent,
  base_volume: quote.baseVolume,
  quote_volume: quote.quoteVolume,
  high_24h: quote.high,
  low_24h: quote.low,
});

const contractTicker = (quote: Quote) => ({
  contract: pairOf(quote.market),
  last: quote.last,
  change_percentage: quote.changePercent,
  total_size: quote.baseVolume,
  low_24h: quote.low,
  high_24h: quote.high,
  volume_24h: quote.baseVolume,
  volume_24h_base: quote.baseVolume,
  volume_24h_quote: quote.quoteVolume,
  volume_24h_settle: quote.quoteVolume,
  mark_price: quote.last,
  index_price: quote.last,
  funding_rate: '0.0001',
  lowest_ask: quote.ask,
  lowest_size: quote.askSize,
  highest_bid: quote.bid,
  highest_size: quote.bidSize,
});

const pairRow = (market: SpotMarket) => ({
  id: pairOf(market),
  base: market.base.code,
  base_name: market.base.code,
  quote: market.quote.code,
  quote_name: market.quote.code,
  fee: '0.1',
  min_base_amount: unitText(market.lotDecimals),
  min_quote_amount: leastCost(market),
  amount_precision: market.lotDecimals,
  precision: market.priceDecimals,
  trade_status: market.trading ? 'tradable' : 'untradable',
  sell_start: LISTED_AT,
  buy_start: LISTED_AT,
  type: 'normal',
});

const contractRow = (book: GateFutures, { market, last }: Quote) => {
  const contract = book.contractOf(market);
  const tiers = leverageTiers(market);
  return {
    name: pairOf(market),
    type: contract.inverse ? 'inverse' : 'direct',
    quanto_multiplier: contract.inverse ? '0' : contract.size,
    leverage_min: '1',
    leverage_max: (tiers[0]?.maxLeverage ?? 50).toString(),
    maintenance_rate: tiers[0]?.maintenanceRate ?? '0.01',
    mark_type: 'index',
    mark_price: last,
    index_price: last,
    last_price: last,
    maker_fee_rate: '0.0005',
    taker_fee_rate: '0.0005',
    order_price_round: unitText(market.priceDecimals),
    mark_price_round: unitText(market.priceDecimals),
    order_price_deviate: '0.5',
    order_size_min: 1,
    order_size_max: 1_000_000,
    orders_limit: 200,
    risk_limit_base: (tiers[0]?.cap ?? 0).toString(),
    risk_limit_step: (tiers[0]?.cap ?? 0).toString(),
    risk_limit_max: (tiers.at(-1)?.cap ?? 0).toString(),
    funding_rate: '0.0001',
    funding_interval: 28_800,
    status: market.trading ? 'trading' : 'delisting',
    in_delisting: false,
    create_time: LISTED_AT,
  };
};

const currencyRows = (world: World, feed: MarketFeed) => {
  const codes = new Set(feed.markets.flatMap(({ base, quote }) => [base.code, quote.code]));
  return [...codes].map((currency) => {
    const asset = world.assetByCode.get(currency);
    const chains = asset === undefined ? [] : networksOf(asset).map(({ id }) => chainOf(id));
    return {
      currency,
      name: currency,
      delisted: false,
      withdraw_disabled: false,
      withdraw_delayed: false,
      deposit_disabled: false,
      trade_disabled: false,
      chain: chains[0] ?? '',
      chains: chains.map((name) => ({
        name,
        addr: '',
        withdraw_disabled: false,
        withdraw_delayed: false,
        deposit_disabled: false,
      })),
    };
  });
};

const levelsOf = (request: VenueRequest): number =>
  Math.min(wholeOr(parameters(request.query).get('limit'), 10), 1_000);

const spotBook = (feed: MarketFeed, request: VenueRequest): Answer => {
  const quote = quoteOf(feed, parameters(request.query).get('currency_pair') ?? '', request.nowMs);
  if (quote === undefined) return UNKNOWN_PAIR;
  const at = feed.stepStart(request.nowMs);
  const { bids, asks, sequence } = depthOf(quote, levelsOf(request), at);
  return json(200, { id: sequence, current: request.nowMs, update: at, asks, bids });
};

const contractBook = ({ feed }: GateFutures, request: VenueRequest): Answer => {
  const quote = quoteOf(feed, parameters(request.query).get('contract') ?? '', request.nowMs);
  if (quote === undefined) return UNKNOWN_CONTRACT;
  const at = feed.stepStart(request.nowMs);
  const { bids, asks, sequence } = depthOf(quote, levelsOf(request), at);
  const rows = (side: typeof bids) => side.map(([p, s]) => ({ p, s }));
  return json(200, {
    id: sequence,
    current: secondsOf(request.nowMs),
    update: secondsOf(at),
    asks: rows(asks),
    bids: rows(bids),
  });
};

/** Seconds as a JSON number with milliseconds behind the point. */
export const secondsOf = (ms: number): number => ms / 1_000;

const riskLimits = ({ markets }: GateFutures, request: VenueRequest): Answer => {
  const name = parameters(request.query).get('contract') ?? '';
  const market = markets.get(name);
  if (market === undefined) return UNKNOWN_CONTRACT;
  return json(
    200,
    leverageTiers(market).map(({ tier, cap, maintenanceRate, maxLeverage, deduction }) => ({
      contract: name,
      tier,
      risk_limit: cap.toString(),
      initial_rate: formatFixed(10n ** 18n / BigInt(maxLeverage), 6),
      maintenance_rate: maintenanceRate,
      leverage_max: maxLeverage.toString(),
      deduction,
    })),
  );
};
