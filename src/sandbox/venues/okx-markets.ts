/** OKX: public data and market data (instruments, tickers, books, time, status). */
import { unitText } from '../fixed-point.ts';
import { type MarketFeed, type Quote } from '../market-feed.ts';
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
import { positionTiers, swapContract } from './okx-contracts.ts';
import { okxData, spotId, swapId } from './okx-names.ts';
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

interface Instrument {
  readonly type: 'SPOT' | 'SWAP';
  readonly feed: MarketFeed;
  readonly index: number;
  readonly market: SpotMarket;
}

/** By the venue's id. */
export const instrumentsOf = (feeds: OkxFeeds): ReadonlyMap<string, Instrument> => {
  const instruments = new Map<string, Instrument>();
  const add = (type: Instrument['type'], feed: MarketFeed, idOf: (market: SpotMarket) => string): void =>
    feed.markets.forEach((market, index) => instruments.set(idOf(market), { type, feed, index, market }));
  add('SPOT', feeds.spot, spotId);
  add('SWAP', feeds.linear, swapId);
  add('SWAP', feeds.inverse, swapId);
  return instruments;
};

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

  const places = instrumentsOf(feeds);
  const oneTicker = (request: VenueRequest): Answer => {
    const instId = parameters(request.query).get('instId') ?? '';
    const found = places.get(instId);
    const quote = found?.feed.quotes(request.nowMs)[found.index];
    if (found === undefined || quote === undefined) return UNKNOWN_INSTRUMENT;
    return okxData([ticker(found.type, instId, quote, found.feed.stepStart(request.nowMs))]);
  };

  const books = (request: VenueRequest): Answer => {
    const given = parameters(request.query);
    const found = places.get(given.get('instId') ?? '');
    const quote = found?.feed.quotes(request.nowMs)[found.index];
    if (found === undefined || quote === undefined) return UNKNOWN_INSTRUMENT;
    const size = given.get('sz') ?? '';
    const at = found.feed.stepStart(request.nowMs);
    const { bids, asks } = depthOf(quote, /^[1-9]\d{0,2}$/.test(size) ? Number(size) : 1, at);
    const row = ([price, amount]: readonly [string, string]) => [price, amount, '0', '1'];
    return okxData([{ asks: asks.map(row), bids: bids.map(row), ts: at.toString() }]);
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
    ['GET /api/v5/market/books', publicRoute(books)],
    [
      'GET /api/v5/public/position-tiers',
      publicRoute((request) => positionTiers([feeds.linear, feeds.inverse], request)),
    ],
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

/** Amounts are finer than the smallest one. */
export const spotLotDecimals = (market: SpotMarket): number => Math.max(market.lotDecimals, 6);

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
  lotSz: unitText(spotLotDecimals(market)),
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
    ctVal: swapContract(market).size,
    ctValCcy: inverse ? 'USD' : market.base.code,
    lever: '100',
    lotSz: '1',
    minSz: '1',
  };
};
