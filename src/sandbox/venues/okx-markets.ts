/** OKX: public data and market data (instruments, tickers, time, status). */
import { unitText } from '../fixed-point.ts';
import { type MarketFeed, type Quote } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  json,
  parameters,
  publicRoute,
} from '../venue.ts';
import { okxRefusal } from './okx-signature.ts';

/** What okx trades: spot pairs, and perpetual swaps margined in the quote or in the base. */
export interface OkxFeeds {
  readonly spot: MarketFeed;
  readonly linear: MarketFeed;
  readonly inverse: MarketFeed;
}

const LISTED_AT = '1611907686000';
const TYPE_MISSING = okxRefusal(400, '50014', 'Parameter instType cannot be empty.');
const UNKNOWN_TYPE = okxRefusal(400, '51000', 'Parameter instType error');
const UNKNOWN_INSTRUMENT = okxRefusal(
  200,
  '51001',
  "Instrument ID, Instrument ID code, or Spread ID doesn't exist.",
);

export const okxData = (data: readonly unknown[]): Answer => json(200, { code: '0', data, msg: '' });

export const spotId = (market: SpotMarket): string => `${market.base.code}-${market.quote.code}`;
const swapId = (market: SpotMarket): string => `${spotId(market)}-SWAP`;

export const okxMarketRoutes = (feeds: OkxFeeds): readonly (readonly [string, VenueRoute])[] => {
  const swaps = [...feeds.linear.markets, ...feeds.inverse.markets];
  const marginPairs = feeds.spot.markets.filter((market) => market.base.kind === 'major');
  const instruments: Readonly<Record<string, Answer>> = {
    SPOT: okxData(feeds.spot.markets.map(spotInstrument)),
    MARGIN: okxData(marginPairs.map((market) => ({ ...spotInstrument(market), instType: 'MARGIN' }))),
    SWAP: okxData(swaps.map(swapInstrument)),
    // Dated futures and options are not simulated.
    FUTURES: okxData([]),
    OPTION: okxData([]),
  };
  const spotRows = (nowMs: number): unknown[] => {
    const at = feeds.spot.stepStart(nowMs);
    return feeds.spot.quotes(nowMs).map((quote) => ticker('SPOT', spotId(quote.market), quote, at));
  };
  const swapRows = (nowMs: number): unknown[] => {
    const at = feeds.linear.stepStart(nowMs);
    const quotes = [...feeds.linear.quotes(nowMs), ...feeds.inverse.quotes(nowMs)];
    return quotes.map((quote) => ticker('SWAP', swapId(quote.market), quote, at));
  };
  const step = (nowMs: number): number => feeds.spot.stepStart(nowMs);
  const spotTickers = cachedAnswer((nowMs) => okxData(spotRows(nowMs)), step);
  const swapTickers = cachedAnswer((nowMs) => okxData(swapRows(nowMs)), step);

  const tickers = (request: VenueRequest): Answer => {
    const type = parameters(request.query).get('instType');
    if (type === undefined) return TYPE_MISSING;
    if (type === 'SPOT') return spotTickers(request);
    if (type === 'SWAP') return swapTickers(request);
    return type in instruments ? okxData([]) : UNKNOWN_TYPE;
  };

  const places = new Map<string, readonly [type: string, feed: MarketFeed, index: number]>();
  const place = (type: string, feed: MarketFeed, idOf: (market: SpotMarket) => string): void =>
    feed.markets.forEach((market, index) => places.set(idOf(market), [type, feed, index]));
  place('SPOT', feeds.spot, spotId);
  place('SWAP', feeds.linear, swapId);
  place('SWAP', feeds.inverse, swapId);

  const oneTicker = (request: VenueRequest): Answer => {
    const instId = parameters(request.query).get('instId') ?? '';
    const [type, feed, index] = places.get(instId) ?? [];
    const quote = feed?.quotes(request.nowMs)[index ?? -1];
    if (type === undefined || feed === undefined || quote === undefined) return UNKNOWN_INSTRUMENT;
    return okxData([ticker(type, instId, quote, feed.stepStart(request.nowMs))]);
  };

  return [
    ['GET /api/v5/public/time', publicRoute((request) => okxData([{ ts: request.nowMs.toString() }]))],
    ['GET /api/v5/system/status', publicRoute(() => okxData([]))],
    [
      'GET /api/v5/public/instruments',
      publicRoute((request) => {
        const type = parameters(request.query).get('instType');
        return type === undefined ? TYPE_MISSING : (instruments[type] ?? UNKNOWN_TYPE);
      }),
    ],
    ['GET /api/v5/market/tickers', publicRoute(tickers)],
    ['GET /api/v5/market/ticker', publicRoute(oneTicker)],
  ];
};

const ticker = (instType: string, instId: string, quote: Quote, stepMs: number) => ({
  instType,
  instId,
  last: quote.last,
  lastSz: quote.lastSize,
  askPx: quote.ask,
  askSz: quote.askSize,
  bidPx: quote.bid,
  bidSz: quote.bidSize,
  open24h: quote.open,
  high24h: quote.high,
  low24h: quote.low,
  volCcy24h: quote.quoteVolume,
  vol24h: quote.baseVolume,
  ts: stepMs.toString(),
  sodUtc0: quote.open,
  sodUtc8: quote.open,
});

const instrument = (market: SpotMarket) => ({
  alias: '',
  category: '1',
  expTime: '',
  listTime: LISTED_AT,
  contTdSwTime: '',
  optType: '',
  stk: '',
  ruleType: 'normal',
  state: market.trading ? 'live' : 'suspend',
  tickSz: unitText(market.priceDecimals),
  maxLmtSz: '9999999999',
  maxMktSz: '1000000',
  maxLmtAmt: '20000000',
  maxMktAmt: '1000000',
});

const spotInstrument = (market: SpotMarket) => ({
  ...instrument(market),
  instType: 'SPOT',
  instId: spotId(market),
  instFamily: '',
  uly: '',
  baseCcy: market.base.code,
  quoteCcy: market.quote.code,
  settleCcy: '',
  ctMult: '',
  ctType: '',
  ctVal: '',
  ctValCcy: '',
  lever: market.base.kind === 'major' ? '10' : '',
  lotSz: unitText(Math.max(market.lotDecimals, 6)),
  minSz: unitText(market.lotDecimals),
});

const swapInstrument = (market: SpotMarket) => {
  const inverse = market.quote.code === 'USD';
  return {
    ...instrument(market),
    instType: 'SWAP',
    instId: swapId(market),
    instFamily: spotId(market),
    uly: spotId(market),
    baseCcy: '',
    quoteCcy: '',
    settleCcy: inverse ? market.base.code : market.quote.code,
    ctMult: '1',
    ctType: inverse ? 'inverse' : 'linear',
    ctVal: inverse ? '10' : unitText(Math.min(market.lotDecimals, 2)),
    ctValCcy: inverse ? 'USD' : market.base.code,
    lever: '100',
    lotSz: '1',
    minSz: '1',
  };
};
