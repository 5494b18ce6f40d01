/** KuCoin: market data of the spot API (symbols, currencies, tickers, order books, time, status). */
import { networksOf } from '../asset-networks.ts';
import { formatFixed, parseFixed, unitText } from '../fixed-point.ts';
import type { MarketFeed, Quote } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { type Depth, depthOf } from '../order-book.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  cachedAnswer,
  parameters,
  publicRoute,
  signedRoute,
} from '../venue.ts';
import type { World } from '../world.ts';
import { kucoinData, kucoinRefusal } from './kucoin-signature.ts';

const UNKNOWN_SYMBOL = kucoinRefusal('900001', 'The symbol does not exist.');
const FULL_BOOK = 500;

export const symbolOf = (market: SpotMarket): string => `${market.base.code}-${market.quote.code}`;

/** Smallest value of an order, in its quote. */
export const leastFunds = (market: SpotMarket): string =>
  market.notionalDecimals === 0 ? '0.1' : unitText(market.notionalDecimals + 2);

export const kucoinMarketRoutes = (
  world: World,
  feed: MarketFeed,
): readonly (readonly [string, VenueRoute])[] => {
  const indexes = new Map(feed.markets.map((market, index) => [symbolOf(market), index]));
  const step = (nowMs: number): number => feed.stepStart(nowMs);
  const allTickers = cachedAnswer(
    (nowMs) => kucoinData({ time: step(nowMs), ticker: feed.quotes(nowMs).map(tickerRow) }),
    step,
  );
  const quoteOf = (request: VenueRequest): Quote | undefined =>
    feed.quotes(request.nowMs)[indexes.get(parameters(request.query).get('symbol') ?? '') ?? -1];
  const book = (request: VenueRequest, levels: number): Answer => {
    const quote = quoteOf(request);
    if (quote === undefined) return UNKNOWN_SYMBOL;
    const at = step(request.nowMs);
    return kucoinData(bookOf(depthOf(quote, levels, at), at));
  };
  const symbols = kucoinData(feed.markets.map(symbolRow));
  const currencies = kucoinData(currencyRows(world, feed));

  return [
    ['GET /api/v1/timestamp', publicRoute((request) => kucoinData(request.nowMs))],
    ['GET /api/v1/status', publicRoute(() => kucoinData({ status: 'open', msg: '' }))],
    ['GET /api/v2/symbols', publicRoute(() => symbols)],
    ['GET /api/v3/currencies', publicRoute(() => currencies)],
    ['GET /api/v1/market/allTickers', publicRoute(allTickers)],
    [
      'GET /api/v1/market/stats',
      publicRoute((request) => {
        const quote = quoteOf(request);
        return quote === undefined
          ? UNKNOWN_SYMBOL
          : kucoinData({ time: step(request.nowMs), ...tickerRow(quote) });
      }),
    ],
    ['GET /api/v1/market/orderbook/level2_20', publicRoute((request) => book(request, 20))],
    ['GET /api/v1/market/orderbook/level2_100', publicRoute((request) => book(request, 100))],
    ['GET /api/v3/market/orderbook/level2', signedRoute('read', (request) => book(request, FULL_BOOK))],
    // Contracts and margin are not simulated: empty lists are what a venue without any would send.
    ['GET /api/v1/contracts/active', publicRoute(() => kucoinData([]))],
    ['GET /api/v3/margin/symbols', signedRoute(null, (request) => marginSymbols(request))],
    ['GET /api/v1/isolated/symbols', signedRoute(null, () => kucoinData([]))],
  ];
};

const marginSymbols = (request: VenueRequest): Answer => kucoinData({ timestamp: request.nowMs, items: [] });

const bookOf = (depth: Depth, time: number) => ({
  time,
  sequence: depth.sequence.toString(),
  bids: depth.bids,
  asks: depth.asks,
});

const tickerRow = (quote: Quote) => ({
  symbol: symbolOf(quote.market),
  symbolName: symbolOf(quote.market),
  buy: quote.bid,
  bestBidSize: quote.bidSize,
  sell: quote.ask,
  bestAskSize: quote.askSize,
  changeRate: formatFixed(parseFixed(quote.changePercent) / 100n, 5),
  changePrice: quote.change,
  high: quote.high,
  low: quote.low,
  vol: quote.baseVolume,
  volValue: quote.quoteVolume,
  last: quote.last,
  averagePrice: quote.average,
  takerFeeRate: '0.001',
  makerFeeRate: '0.001',
  takerCoefficient: '1',
  makerCoefficient: '1',
});

const symbolRow = (market: SpotMarket) => ({
  symbol: symbolOf(market),
  name: symbolOf(market),
  baseCurrency: market.base.code,
  quoteCurrency: market.quote.code,
  feeCurrency: market.quote.code,
  market: market.quote.code,
  baseMinSize: unitText(market.lotDecimals),
  quoteMinSize: leastFunds(market),
  baseMaxSize: '10000000000',
  quoteMaxSize: '99999999',
  baseIncrement: unitText(market.lotDecimals),
  quoteIncrement: '0.00000001',
  priceIncrement: unitText(market.priceDecimals),
  priceLimitRate: '0.1',
  minFunds: leastFunds(market),
  isMarginEnabled: false,
  enableTrading: market.trading,
  feeCategory: 1,
  makerFeeCoefficient: '1.00',
  takerFeeCoefficient: '1.00',
  st: false,
});

const currencyRows = (world: World, feed: MarketFeed) => {
  const codes = new Set(feed.markets.flatMap(({ base, quote }) => [base.code, quote.code]));
  return [...codes].flatMap((code) => {
    const asset = world.assetByCode.get(code);
    return asset === undefined
      ? []
      : [
          {
            currency: code,
            name: code,
            fullName: code,
            precision: 8,
            confirms: null,
            contractAddress: null,
            isMarginEnabled: false,
            isDebitEnabled: false,
            chains: networksOf(asset).map((network) => ({
              chainName: network.name,
              chainId: network.id.toLowerCase(),
              withdrawalMinSize: network.withdrawMin,
              depositMinSize: network.depositMin,
              withdrawFeeRate: '0',
              withdrawalMinFee: network.withdrawFee,
              isWithdrawEnabled: true,
              isDepositEnabled: true,
              confirms: network.confirmations,
              preConfirms: network.confirmations,
              contractAddress: '',
              withdrawPrecision: 8,
              maxWithdraw: null,
              maxDeposit: null,
              needTag: network.needsTag,
            })),
          },
        ];
  });
};
