/** The adapter's calls about an account's own trades: asked for by the venue's part, read in the port's terms. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { type DecimalString, isZero, toDecimal } from '../shared/money.ts';
import type { Catalog, PerVenue } from './catalog.ts';
import { type CcxtContracts, belongsTo } from './ccxt-contracts.ts';
import { badResponse, type CcxtExchange, isObject, type JsonObject, objectAt } from './ccxt-exchange.ts';
import type { KeyedCall } from './ccxt-keyed-instances.ts';
import type { CcxtMarketsDeps } from './ccxt-markets.ts';
import { listOpenOrders } from './ccxt-open-orders.ts';
import type { TradeSource } from './ccxt-trade-source.ts';
import { walkTrades } from './ccxt-trade-walk.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import type { TradeListing, TradePage, TradeQuery, VenueTrade } from './trade-port.ts';
import type { Venue } from './venue.ts';

export interface CcxtTrades {
  fetchTradeListing(call: KeyedCall, marketCode: string): Promise<TradeListing>;
  fetchTrades(call: KeyedCall, marketCode: string, query: TradeQuery): Promise<TradePage>;
}

export interface CcxtTradesDeps extends Pick<CcxtMarketsDeps, 'withKeys' | 'withoutKeys'> {
  readonly catalog: Catalog;
  readonly venues: PerVenue<CcxtVenue>;
  readonly contracts: CcxtContracts;
  readonly clock: Clock;
}

export const createCcxtTrades = (deps: CcxtTradesDeps): CcxtTrades => {
  const { catalog, venues, contracts, clock, withKeys, withoutKeys } = deps;

  const find = (marketCode: string): { venue: Venue; source: TradeSource } => {
    const { venue } = catalog.getVenueMarket(marketCode);
    const source = venues[venue.id].trades?.[marketCode];
    if (source === undefined)
      throw new AppError('not_supported', 'The trades of this exchange cannot be read yet');
    return { venue, source };
  };

  /** An instance that knows the markets of the market code, and so the size of its contracts. */
  const openBook = (venue: Venue, marketCode: string, deadlineMs: number): Promise<CcxtExchange> =>
    withoutKeys(venue, deadlineMs, async (_ask, desk) => (await contracts.open(desk, marketCode)).exchange);

  return {
    fetchTradeListing: async (call, marketCode) => {
      const { venue, source } = find(marketCode);
      if (!source.needsSymbol) return { needsSymbol: false, openSymbols: [] };
      const book = await openBook(venue, marketCode, call.deadlineMs);
      const orders = await withKeys(call, venue, (ask, { exchange }) =>
        listOpenOrders(ask, exchange, marketCode),
      ).catch(noneIfNotTold);
      return { needsSymbol: true, openSymbols: symbolsOf(orders, book, belongsTo(marketCode)) };
    },

    fetchTrades: async (call, marketCode, query) => {
      const { venue, source } = find(marketCode);
      const book = await openBook(venue, marketCode, call.deadlineMs);
      const market = query.symbol === null ? undefined : book.markets?.[query.symbol];
      if (query.symbol !== null && (market === undefined || !belongsTo(marketCode)(market)))
        throw new AppError('exchange_refused', 'The exchange has no such market');
      if (source.needsSymbol && market === undefined)
        throw new AppError('exchange_refused', 'The exchange lists the trades of one market at a time');
      return await withKeys(call, venue, (ask, { exchange }) =>
        walkTrades({
          source,
          query,
          nowMs: clock.now(),
          ask: (request) => ask(() => source.page({ ...request, exchange, market })),
          parse: (rows) => parseTrades(book, rows, market),
        }),
      );
    },
  };
};

const noneIfNotTold = (error: unknown): readonly unknown[] => {
  if (error instanceof AppError && ['not_supported', 'exchange_refused'].includes(error.code)) return [];
  throw error;
};

/** The instance with keys may not know the market of a contract: then the venue's own name tells it. */
const symbolsOf = (
  orders: readonly unknown[],
  book: CcxtExchange,
  belongs: (market: JsonObject) => boolean,
): string[] => {
  const markets = Object.values(book.markets ?? {}).filter(belongs);
  const wanted = new Set(
    orders.flatMap((order) => [textAt(order, 'symbol'), textAt(objectAt(order, 'info'), 'symbol')]),
  );
  return markets
    .filter((market) => wanted.has(textAt(market, 'symbol')) || wanted.has(textAt(market, 'id')))
    .map((market) => String(market['symbol']));
};

const textAt = (row: unknown, name: string): string | undefined => {
  const value = isObject(row) ? row[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const parseTrades = (
  book: CcxtExchange,
  rows: readonly JsonObject[],
  market: JsonObject | undefined,
): VenueTrade[] => {
  const parse: unknown = Reflect.get(book, 'parseTrade');
  if (typeof parse !== 'function') throw badResponse();
  const trades = rows.map((row) => toTrade(book, Reflect.apply(parse, book, [row, market]) as unknown));
  // Venues that list all markets together take no symbol.
  return trades
    .filter(({ symbol }) => market === undefined || symbol === market['symbol'])
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
};

const toTrade = (book: CcxtExchange, row: unknown): VenueTrade => {
  if (!isObject(row)) throw badResponse();
  const [id, symbol, side] = [textAt(row, 'id'), textAt(row, 'symbol'), row['side']];
  const at = row['timestamp'];
  if (
    id === undefined ||
    symbol === undefined ||
    typeof at !== 'number' ||
    (side !== 'buy' && side !== 'sell')
  )
    throw badResponse();
  return {
    id,
    symbol,
    side,
    price: amountOf(row['price']),
    amount: amountOf(row['amount']),
    total: amountOf(row['cost']),
    totalAsset: totalAssetOf(book.markets?.[symbol], symbol),
    fee: feeOf(row),
    at: new Date(at).toISOString(),
  };
};

const amountOf = (value: unknown): DecimalString => {
  if (typeof value !== 'string') throw badResponse();
  return toDecimal(value);
};

/** A market that is listed no more still has its name: `BTC/USDT`. */
const totalAssetOf = (market: JsonObject | undefined, symbol: string): string =>
  textAt(market, market?.['inverse'] === true ? 'base' : 'quote') ?? /\/([^/:]+)/.exec(symbol)?.[1] ?? symbol;

/** Of several, the first that was really taken: a venue may take it in points of its own. */
const feeOf = (row: JsonObject): VenueTrade['fee'] => {
  const listed: readonly unknown[] = Array.isArray(row['fees']) ? row['fees'] : [];
  const fees = [row['fee'], ...listed].flatMap((fee) => {
    const [asset, cost] = [textAt(fee, 'currency'), textAt(fee, 'cost')];
    return asset === undefined || cost === undefined ? [] : [{ asset, amount: toDecimal(cost) }];
  });
  return fees.find(({ amount }) => !isZero(amount)) ?? fees[0] ?? null;
};
