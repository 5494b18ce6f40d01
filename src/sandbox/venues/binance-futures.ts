/** Binance: the futures APIs, fapi (margined in USDT) and dapi (margined in the coin). */
import { unitText } from '../fixed-point.ts';
import type { SandboxAccount } from '../ledger.ts';
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
  signedRoute,
} from '../venue.ts';
import { futuresAccount, positionRisk, positionsOf } from './binance-futures-account.ts';
import { rateLimits } from './binance-markets.ts';
import { refusal } from './binance-signature.ts';
import { symbolOf } from './binance-symbols.ts';

interface FuturesApi {
  /** `fapi` or `dapi`. */
  readonly name: 'fapi' | 'dapi';
  readonly wallet: 'linear' | 'inverse';
  /** Versions under which the account and the positions are served. */
  readonly versions: readonly string[];
}

export const LINEAR: FuturesApi = { name: 'fapi', wallet: 'linear', versions: ['v2', 'v3'] };
export const INVERSE: FuturesApi = { name: 'dapi', wallet: 'inverse', versions: ['v1'] };

const DAY_MS = 86_400_000;
/** How the venue writes "never". */
const PERPETUAL_DELIVERY = 4_133_404_800_000;
const LISTED_AT = 1_569_398_400_000;
const INVERSE_CONTRACT_USD = 100;

export const futuresRoutes = (
  api: FuturesApi,
  feed: MarketFeed,
): readonly (readonly [string, VenueRoute])[] => {
  const contractOf = (market: SpotMarket): string =>
    api.name === 'fapi' ? symbolOf(market) : `${symbolOf(market)}_PERP`;
  const step = (nowMs: number): number => feed.stepStart(nowMs);
  const infos = feed.markets.map((market) => contractInfo(api, contractOf(market), market));
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
        .filter((quote) => wanted === undefined || contractOf(quote.market) === wanted);
      if (quotes.length === 0) return refusal(400, -1121, 'Invalid symbol.');
      const rows = quotes.map((quote) => row(quote, step(request.nowMs)));
      return json(200, wanted === undefined || api.name === 'dapi' ? rows : rows[0]);
    });

  const risk = (_: VenueRequest, account: SandboxAccount): Answer =>
    json(
      200,
      positionsOf(account, feed, contractOf).map((position) => positionRisk(position)),
    );
  const brackets = feed.markets.map((market) => ({ symbol: contractOf(market), brackets: [BRACKET] }));
  const account = (request: VenueRequest, holder: SandboxAccount): Answer =>
    json(200, futuresAccount(api.wallet, holder, positionsOf(holder, feed, contractOf), request.nowMs));

  const base = `/${api.name}`;
  return [
    [`GET ${base}/v1/ping`, publicRoute(() => json(200, {}))],
    [`GET ${base}/v1/time`, publicRoute((request) => json(200, { serverTime: request.nowMs }))],
    [`GET ${base}/v1/exchangeInfo`, publicRoute(info)],
    [
      `GET ${base}/v1/ticker/24hr`,
      tickers((quote, at) => dayTicker(api, contractOf(quote.market), quote, at)),
    ],
    [
      `GET ${base}/v1/ticker/bookTicker`,
      tickers((quote, at) => bookTicker(contractOf(quote.market), quote, at)),
    ],
    [
      `GET ${base}/v1/positionSide/dual`,
      signedRoute('read', (_, holder) => json(200, { dualSidePosition: holder.hedgeMode })),
    ],
    [`GET ${base}/v1/userTrades`, signedRoute('read', () => json(200, []))],
    [`GET ${base}/v1/leverageBracket`, signedRoute('read', () => json(200, brackets))],
    [`GET ${base}/v2/leverageBracket`, signedRoute('read', () => json(200, brackets))],
    ...api.versions.flatMap((version): [string, VenueRoute][] => [
      [`GET ${base}/${version}/account`, signedRoute('read', account)],
      [`GET ${base}/${version}/positionRisk`, signedRoute('read', risk)],
    ]),
  ];
};

const BRACKET = {
  bracket: 1,
  initialLeverage: 75,
  notionalCap: 50_000_000,
  notionalFloor: 0,
  qtyCap: 50_000_000,
  qtyFloor: 0,
  maintMarginRatio: 0.005,
  cum: 0,
};

const contractInfo = (api: FuturesApi, symbol: string, market: SpotMarket) => {
  const inverse = api.name === 'dapi';
  const tick = unitText(market.priceDecimals);
  const lotDecimals = inverse ? 0 : Math.min(market.lotDecimals, 3);
  const lot = unitText(lotDecimals);
  return {
    symbol,
    pair: symbolOf(market),
    contractType: 'PERPETUAL',
    deliveryDate: PERPETUAL_DELIVERY,
    onboardDate: LISTED_AT,
    ...(inverse
      ? { contractStatus: 'TRADING', contractSize: market.base.code === 'BTC' ? INVERSE_CONTRACT_USD : 10 }
      : { status: 'TRADING' }),
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: market.base.code,
    quoteAsset: market.quote.code,
    marginAsset: inverse ? market.base.code : market.quote.code,
    pricePrecision: market.priceDecimals,
    quantityPrecision: lotDecimals,
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

const dayTicker = (api: FuturesApi, symbol: string, quote: Quote, stepMs: number) => ({
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
