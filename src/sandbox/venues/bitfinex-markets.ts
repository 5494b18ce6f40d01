/** Bitfinex: market data (configuration lists, tickers, order books, status). */
import { networksOf } from '../asset-networks.ts';
import type { Asset } from '../asset-universe.ts';
import { divideFixed, formatFixed, parseFixed, unitText } from '../fixed-point.ts';
import type { MarketFeed, Quote } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { SpotMarket } from '../market-list.ts';
import { depthOf } from '../order-book.ts';
import { segmentOf } from '../route-table.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, publicRoute } from '../venue.ts';
import { contractSymbol, methodOf, pairId, venueCode } from './bitfinex-names.ts';
import { bare, bitfinexJson, bitfinexRefusal, negated } from './bitfinex-wire.ts';

export interface BitfinexFeeds {
  /** Only markets that trade: the venue lists no others. */
  readonly spot: MarketFeed;
  readonly contracts: MarketFeed;
}

/** Decimals of every amount. */
export const AMOUNT_DECIMALS = 8;
const UNKNOWN_SYMBOL = bitfinexRefusal(10020, 'symbol: invalid');
const BAD_CONFIG = bitfinexRefusal(10020, 'config: invalid');

type Row = readonly unknown[];

export const bitfinexMarketRoutes = (
  feeds: BitfinexFeeds,
  index: MarketIndex,
  contracts: MarketIndex,
): readonly (readonly [string, VenueRoute])[] => {
  const lists = configurationOf(feeds);

  const quoteOf = (symbol: string, nowMs: number): Quote | undefined =>
    index.quote(symbol, nowMs) ?? contracts.quote(symbol, nowMs);

  const configuration = (request: VenueRequest): Answer => {
    const wanted = segmentOf(request.path, 2).split(',');
    const found = wanted.map((label) => lists.get(label));
    return found.every((list) => list !== undefined) ? bitfinexJson(found) : BAD_CONFIG;
  };

  const tickers = (request: VenueRequest): Answer => {
    const wanted = parameters(request.query).get('symbols') ?? '';
    const symbols = wanted === 'ALL' ? [...index.ids, ...contracts.ids] : wanted.split(',');
    const rows = symbols.map((symbol) => tickerRow(symbol, quoteOf(symbol, request.nowMs)));
    return bitfinexJson(rows.filter((row) => row !== undefined));
  };

  const oneTicker = (request: VenueRequest): Answer => {
    const symbol = segmentOf(request.path, 2);
    const row = tickerRow(symbol, quoteOf(symbol, request.nowMs));
    return row === undefined ? UNKNOWN_SYMBOL : bitfinexJson(row.slice(1));
  };

  const book = (request: VenueRequest): Answer => {
    const quote = quoteOf(segmentOf(request.path, 2), request.nowMs);
    if (quote === undefined) return UNKNOWN_SYMBOL;
    const length = parameters(request.query).get('len');
    const levels = length === '1' ? 1 : length === '100' || length === '250' ? Number(length) : 25;
    const raw = segmentOf(request.path, 3) === 'R0';
    return bitfinexJson(bookRows(quote, levels, feeds.spot.stepStart(request.nowMs), raw));
  };

  return [
    ['GET /v2/platform/status', publicRoute(() => bitfinexJson([1]))],
    ['GET /v2/conf/{config}', publicRoute(configuration)],
    ['GET /v2/tickers', publicRoute(tickers)],
    ['GET /v2/ticker/{symbol}', publicRoute(oneTicker)],
    ['GET /v2/book/{symbol}/{precision}', publicRoute(book)],
  ];
};

const tickerRow = (symbol: string, quote: Quote | undefined): Row | undefined => {
  if (quote === undefined) return undefined;
  const relative = formatFixed(divideFixed(parseFixed(quote.change), parseFixed(quote.open)), 8);
  return [
    symbol,
    bare(quote.bid),
    bare(quote.bidSize),
    bare(quote.ask),
    bare(quote.askSize),
    bare(quote.change),
    bare(relative),
    bare(quote.last),
    bare(quote.baseVolume),
    bare(quote.high),
    bare(quote.low),
  ];
};

/** Raw: [order id, price, amount]; otherwise [price, count, amount]. Amounts on offer have a minus. */
const bookRows = (quote: Quote, levels: number, stepMs: number, raw: boolean): readonly Row[] => {
  const { bids, asks, sequence } = depthOf(quote, levels, stepMs);
  const rows = (side: typeof bids, offered: boolean): Row[] =>
    side.map(([price, size], place) => {
      const amount = offered ? negated(size) : bare(size);
      const orderId = sequence * 1_000 + place * 2 + (offered ? 1 : 0);
      return raw ? [orderId, bare(price), amount] : [bare(price), 1, amount];
    });
  return [...rows(bids, false), ...rows(asks, true)];
};

/** By label, as the calls ask for them. */
const configurationOf = ({ spot, contracts }: BitfinexFeeds): ReadonlyMap<string, readonly unknown[]> => {
  const assets = [...new Set(spot.markets.flatMap((market) => [market.base, market.quote]))];
  const coins = assets.filter(({ kind }) => kind !== 'fiat');
  const codes = assets.map(({ code }) => venueCode(code));
  const renamed = assets.filter(({ code }) => venueCode(code) !== code);
  const pairs = spot.markets.map(pairId);
  const contractIds = contracts.markets.map((market) => contractSymbol(market).slice(1));
  return new Map<string, readonly unknown[]>([
    ['pub:info:pair', spot.markets.map((market) => [pairId(market), pairInfo(market)])],
    [
      'pub:info:pair:futures',
      contracts.markets.map((market) => [contractSymbol(market).slice(1), contractInfo(market)]),
    ],
    ['pub:list:pair:exchange', pairs],
    ['pub:list:pair:futures', contractIds],
    ['pub:list:pair:securities', []],
    ['pub:list:pair:margin', spot.markets.filter(({ base }) => base.kind === 'major').map(pairId)],
    ['pub:list:currency', codes],
    ['pub:map:currency:sym', renamed.map(({ code }) => [venueCode(code), code])],
    ['pub:map:currency:label', assets.map(({ code }) => [venueCode(code), code])],
    ['pub:map:currency:unit', []],
    ['pub:map:currency:undl', []],
    ['pub:map:currency:pool', coins.flatMap(poolRow)],
    ['pub:map:currency:explorer', []],
    ['pub:map:currency:tx:fee', coins.flatMap(feeRow)],
    ['pub:map:tx:method', methods(coins)],
    ['pub:info:tx:status', methods(coins).map(([method]) => [method, 1, 1])],
    [
      'pub:list:currency:margin',
      assets.filter(({ kind }) => kind === 'major').map(({ code }) => venueCode(code)),
    ],
  ]);
};

const pairInfo = (market: SpotMarket): Row => [
  null,
  null,
  null,
  unitText(market.lotDecimals),
  '100000.0',
  null,
  null,
  null,
  null,
  null,
  null,
  null,
];

const contractInfo = (market: SpotMarket): Row => [
  null,
  null,
  null,
  unitText(market.lotDecimals),
  '100000.0',
  null,
  null,
  null,
  bare('0.01'),
  bare('0.005'),
];

/** Tokens are told apart from coins by the chain that they live on. */
const poolRow = (asset: Asset): Row[] => {
  const [network] = networksOf(asset);
  return network === undefined || network.id === asset.code ? [] : [[venueCode(asset.code), network.id]];
};

const feeRow = (asset: Asset): Row[] => {
  const [network] = networksOf(asset);
  return network === undefined ? [] : [[venueCode(asset.code), [0, bare(network.withdrawFee)]]];
};

/** [method, [the asset]] */
const methods = (coins: readonly Asset[]): readonly (readonly [string, readonly string[]])[] =>
  coins.flatMap((asset) =>
    networksOf(asset).map(({ id }) => [methodOf(asset.code, id), [venueCode(asset.code)]] as const),
  );
