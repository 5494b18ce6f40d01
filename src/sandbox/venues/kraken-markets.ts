/** Kraken: market data (asset pairs, assets, ticker, books, time, status). */
import { formatFixed, parseFixed, unitText } from '../fixed-point.ts';
import type { MarketFeed, Quote } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  parameters,
  publicRoute,
} from '../venue.ts';
import { altname, assetId, isMoney, pairAltname, pairId } from './kraken-names.ts';
import { krakenRefusal, krakenResult } from './kraken-signature.ts';

export const LOT_DECIMALS = 8;
const DEPTH_LEVELS = 100;
const UNKNOWN_PAIR = krakenRefusal('EQuery:Unknown asset pair');

export const krakenMarketRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const pairs = krakenResult(
    Object.fromEntries(feed.markets.map((market) => [pairId(market), assetPair(market)])),
  );
  const codes = new Set(feed.markets.flatMap((market) => [market.base.code, market.quote.code]));
  const assets = krakenResult(Object.fromEntries([...codes].map((code) => [assetId(code), assetInfo(code)])));
  const indexes = new Map(
    feed.markets.flatMap((market, index): [string, number][] => [
      [pairId(market), index],
      [pairAltname(market), index],
    ]),
  );
  const step = (nowMs: number): number => feed.stepStart(nowMs);
  const allTickers = cachedAnswer((nowMs) => tickerResult(feed.quotes(nowMs)), step);

  const ticker = (request: VenueRequest): Answer => {
    const wanted = parameters(request.query).get('pair');
    if (wanted === undefined) return allTickers(request);
    const all = feed.quotes(request.nowMs);
    const quotes = wanted.split(',').map((name) => all[indexes.get(name) ?? -1]);
    return quotes.every((quote) => quote !== undefined) ? tickerResult(quotes) : UNKNOWN_PAIR;
  };

  const depth = (request: VenueRequest): Answer => {
    const given = parameters(request.query);
    const quote = feed.quotes(request.nowMs)[indexes.get(given.get('pair') ?? '') ?? -1];
    if (quote === undefined) return UNKNOWN_PAIR;
    const count = given.get('count') ?? '';
    const levels = /^[1-9]\d{0,2}$/.test(count) ? Number(count) : DEPTH_LEVELS;
    const at = step(request.nowMs);
    const { bids, asks } = depthOf(quote, levels, at);
    const row = ([price, size]: readonly [string, string]) => [price, size, Math.floor(at / 1_000)];
    return krakenResult({ [pairId(quote.market)]: { asks: asks.map(row), bids: bids.map(row) } });
  };

  return [
    ['GET /0/public/Time', publicRoute((request) => krakenResult(serverTime(request.nowMs)))],
    ['GET /0/public/SystemStatus', publicRoute((request) => krakenResult(systemStatus(request.nowMs)))],
    ['GET /0/public/AssetPairs', publicRoute(() => pairs)],
    ['GET /0/public/Assets', publicRoute(() => assets)],
    ['GET /0/public/Ticker', publicRoute(ticker)],
    ['GET /0/public/Depth', publicRoute(depth)],
  ];
};

const serverTime = (nowMs: number) => ({
  unixtime: Math.floor(nowMs / 1000),
  rfc1123: new Date(nowMs).toUTCString().replace('GMT', '+0000'),
});

const systemStatus = (nowMs: number) => ({
  status: 'online',
  timestamp: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
});

const tickerResult = (quotes: readonly Quote[]): Answer =>
  krakenResult(Object.fromEntries(quotes.map((quote) => [pairId(quote.market), tickerRow(quote)])));

/** Pairs of figures are [since midnight, last 24 hours]; the sandbox has one figure for both. */
const tickerRow = (quote: Quote) => ({
  a: [quote.ask, wholeLots(quote.askSize), thousandths(quote.askSize)],
  b: [quote.bid, wholeLots(quote.bidSize), thousandths(quote.bidSize)],
  c: [quote.last, quote.lastSize],
  v: [quote.baseVolume, quote.baseVolume],
  p: [quote.average, quote.average],
  t: [quote.tradeCount, quote.tradeCount],
  l: [quote.low, quote.low],
  h: [quote.high, quote.high],
  o: quote.open,
});

const wholeLots = (size: string): string => formatFixed(parseFixed(size), 0);
const thousandths = (size: string): string => formatFixed(parseFixed(size), 3);

/** Smallest value of an order, in the quote. */
export const costMin = (market: SpotMarket): string =>
  market.notionalDecimals === 0 ? '0.5' : unitText(market.notionalDecimals + 1);

const assetPair = (market: SpotMarket) => {
  const leverage = market.base.kind === 'major' ? [2, 3] : [];
  const tick = unitText(market.priceDecimals);
  return {
    altname: pairAltname(market),
    wsname: `${altname(market.base.code)}/${altname(market.quote.code)}`,
    aclass_base: 'currency',
    base: assetId(market.base.code),
    aclass_quote: 'currency',
    quote: assetId(market.quote.code),
    lot: 'unit',
    cost_decimals: market.priceDecimals,
    pair_decimals: market.priceDecimals,
    lot_decimals: LOT_DECIMALS,
    lot_multiplier: 1,
    leverage_buy: leverage,
    leverage_sell: leverage,
    // [volume in dollars, per cent]: numbers on this venue's wire.
    fees: [
      [0, 0.4],
      [10_000, 0.35],
      [50_000, 0.24],
    ],
    fees_maker: [
      [0, 0.25],
      [10_000, 0.2],
      [50_000, 0.14],
    ],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: unitText(market.lotDecimals),
    costmin: costMin(market),
    tick_size: tick,
    status: market.trading ? 'online' : 'cancel_only',
  };
};

const assetInfo = (code: string) => ({
  aclass: 'currency',
  altname: altname(code),
  decimals: isMoney(code) ? 4 : 10,
  display_decimals: isMoney(code) ? 2 : 5,
  status: 'enabled',
});
