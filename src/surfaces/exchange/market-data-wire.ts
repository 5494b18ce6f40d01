/** Markets and tickers on /api/exchange: their schemas and the only mapping to them. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ListedMarket, Ticker } from '../../exchanges/venue-data-port.ts';
import type { DecimalString } from '../../shared/money.ts';
import { text } from '../api/api-fields.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { exchangeName } from './exchange-name.ts';

const LONGEST_SYMBOL = 64;

export const marketsParameters = (catalog: Pick<Catalog, 'findExchange' | 'venues'>) =>
  z.object({ exchange: exchangeName(catalog) });

export const tickerParameters = (catalog: Pick<Catalog, 'findExchange' | 'venues'>) =>
  z.object({
    exchange: exchangeName(catalog),
    symbol: text({ least: 1, most: LONGEST_SYMBOL }).describe(
      '`BTC/USDT`, `BTC/USDT:USDT`; also `BTC-USDT` and `BTCUSDT` where only one market can be meant',
    ),
  });

const figure = () => exactNumber().nullable();

/** null stays null. */
export const toFigure = (amount: DecimalString | null): z.input<ReturnType<typeof figure>> =>
  amount === null ? null : toExactNumber(amount);

const marketSchema = z
  .strictObject({
    symbol: z.string(),
    base: z.string(),
    quote: z.string(),
    settle: z.string().nullable().describe('Of contracts: the asset that profit is paid in'),
    type: z.string().describe('spot, swap, future, option'),
    active: z.boolean(),
    price_precision: figure().describe('Tick size; null where prices have significant digits instead'),
    amount_precision: figure().describe('Tick size'),
    min_amount: figure(),
    max_amount: figure(),
    min_cost: figure(),
    max_cost: figure(),
    min_price: figure(),
    max_price: figure(),
    maker_fee: figure().describe('A fraction, at the lowest volume'),
    taker_fee: figure(),
  })
  .meta({ id: 'ExchangeMarket' });

export const marketsSchema = z
  .strictObject({
    exchange: z.string(),
    markets: z.array(marketSchema),
    total_count: z.int(),
    cached: z.boolean(),
    last_updated: z.iso.datetime().describe('When the exchange told them'),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'ExchangeMarkets' });

export const toMarketWire = (market: ListedMarket): z.input<typeof marketSchema> => ({
  symbol: market.symbol,
  base: market.base,
  quote: market.quote,
  settle: market.settle,
  type: market.type,
  active: market.isActive,
  price_precision: toFigure(market.priceStep),
  amount_precision: toFigure(market.amountStep),
  min_amount: toFigure(market.minAmount),
  max_amount: toFigure(market.maxAmount),
  min_cost: toFigure(market.minCost),
  max_cost: toFigure(market.maxCost),
  min_price: toFigure(market.minPrice),
  max_price: toFigure(market.maxPrice),
  maker_fee: toFigure(market.makerFee),
  taker_fee: toFigure(market.takerFee),
});

export const tickerSchema = z
  .strictObject({
    exchange: z.string(),
    symbol: z.string(),
    last: figure(),
    bid: figure(),
    ask: figure(),
    bid_volume: figure(),
    ask_volume: figure(),
    open: figure(),
    high: figure(),
    low: figure(),
    close: figure(),
    vwap: figure(),
    base_volume: figure(),
    quote_volume: figure(),
    change: figure(),
    percentage: figure(),
    average: figure(),
    cached: z.boolean(),
    timestamp: z.iso.datetime().describe('When the exchange told it'),
  })
  .meta({ id: 'ExchangeTicker' });

export const toTickerWire = (
  exchange: string,
  ticker: Ticker,
  cached: boolean,
): z.input<typeof tickerSchema> => ({
  exchange,
  symbol: ticker.symbol,
  last: toFigure(ticker.last),
  bid: toFigure(ticker.bid),
  ask: toFigure(ticker.ask),
  bid_volume: toFigure(ticker.bidVolume),
  ask_volume: toFigure(ticker.askVolume),
  open: toFigure(ticker.open),
  high: toFigure(ticker.high),
  low: toFigure(ticker.low),
  close: toFigure(ticker.close),
  vwap: toFigure(ticker.vwap),
  base_volume: toFigure(ticker.baseVolume),
  quote_volume: toFigure(ticker.quoteVolume),
  change: toFigure(ticker.change),
  percentage: toFigure(ticker.percentage),
  average: toFigure(ticker.average),
  cached,
  timestamp: ticker.asOf,
});
