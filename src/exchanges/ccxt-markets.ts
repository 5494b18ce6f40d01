/** The adapter's calls about markets, open orders, networks and deposit addresses. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DecimalString } from '../shared/money.ts';
import type { Catalog } from './catalog.ts';
import type { KeyedCall } from './ccxt-keyed-instances.ts';
import type { Ask } from './ccxt-ask.ts';
import type { CcxtContracts } from './ccxt-contracts.ts';
import { belongsTo } from './ccxt-contracts.ts';
import type { VenueDesk } from './ccxt-desks.ts';
import { badResponse, callEndpoint, type CcxtExchange, isObject, objectAt } from './ccxt-exchange.ts';
import { positive, toBestOfBook, toMarketList, toQuote } from './ccxt-market-list.ts';
import { readDepositAddress, readNetworks } from './ccxt-networks.ts';
import { countOpenOrders } from './ccxt-open-orders.ts';
import type { AssetNetworks, DepositAddress, MarketList, Quote } from './market-port.ts';
import type { Venue } from './venue.ts';

export interface CcxtMarkets {
  fetchMarkets(marketCode: string, deadlineMs: number): Promise<MarketList>;
  fetchQuote(marketCode: string, symbol: string, deadlineMs: number): Promise<Quote>;
  fetchMaxLeverage(call: KeyedCall, marketCode: string, symbol: string): Promise<DecimalString>;
  countOpenOrders(call: KeyedCall, marketCode: string): Promise<number>;
  /** null: no such asset. */
  fetchNetworks(call: KeyedCall, marketCode: string, asset: string): Promise<AssetNetworks | null>;
  fetchDepositAddress(
    call: KeyedCall,
    marketCode: string,
    place: { readonly asset: string; readonly network: string },
  ): Promise<DepositAddress>;
}

export interface CcxtMarketsDeps {
  readonly catalog: Catalog;
  readonly contracts: CcxtContracts;
  readonly clock: Clock;
  readonly withKeys: <T>(
    call: KeyedCall,
    venue: Venue,
    work: (ask: Ask, instance: { readonly exchange: CcxtExchange }) => Promise<T>,
  ) => Promise<T>;
  /** One call without keys. */
  readonly withoutKeys: <T>(
    venue: Venue,
    deadlineMs: number,
    work: (ask: Ask, desk: VenueDesk) => Promise<T>,
  ) => Promise<T>;
}

/** Where the greatest leverage of a contract is told to key holders only: Binance. */
const BRACKETS: Readonly<Record<string, string>> = {
  binance_futures: 'fapiPrivateGetLeverageBracket',
  binance_futures_coin: 'dapiPrivateV2GetLeverageBracket',
};

export const createCcxtMarkets = (deps: CcxtMarketsDeps): CcxtMarkets => {
  const { catalog, contracts, clock, withKeys, withoutKeys } = deps;
  const venueOf = (marketCode: string): Venue => catalog.getVenueMarket(marketCode).venue;

  return {
    fetchMarkets: (marketCode, deadlineMs) =>
      withoutKeys(venueOf(marketCode), deadlineMs, async (_ask, desk) => {
        const { exchange, loadedMs } = await contracts.open(desk, marketCode);
        return {
          markets: toMarketList(exchange, belongsTo(marketCode)),
          asOf: new Date(loadedMs).toISOString(),
        };
      }),

    fetchQuote: (marketCode, symbol, deadlineMs) =>
      withoutKeys(venueOf(marketCode), deadlineMs, async (ask, desk) => {
        const { exchange } = await contracts.open(desk, marketCode);
        if (!Object.hasOwn(exchange.markets ?? {}, symbol)) throw noMarket();
        const quote = await readQuote(ask, exchange, symbol);
        return { ...quote, asOf: new Date(clock.now()).toISOString() };
      }),

    fetchMaxLeverage: async (call, marketCode, symbol) => {
      const venue = venueOf(marketCode);
      const method = BRACKETS[marketCode];
      if (method === undefined)
        throw new AppError('not_supported', 'The exchange does not tell the leverage of this market');
      const venueName = await withoutKeys(venue, call.deadlineMs, async (_ask, desk) => {
        const { exchange } = await contracts.open(desk, marketCode);
        return exchange.markets?.[symbol]?.['id'];
      });
      if (typeof venueName !== 'string') throw noMarket();
      return await withKeys(call, venue, (ask, { exchange }) =>
        readBracket(ask, exchange, method, venueName),
      );
    },

    countOpenOrders: (call, marketCode) => {
      const venue = venueOf(marketCode);
      return withKeys(call, venue, (ask, { exchange }) =>
        countOpenOrders(ask, exchange, venue.id, marketCode),
      );
    },

    fetchNetworks: async (call, marketCode, asset) => {
      const venue = venueOf(marketCode);
      const networks = await withKeys(call, venue, (ask, { exchange }) =>
        readNetworks(ask, exchange, venue.id, asset),
      );
      return networks ?? null;
    },

    fetchDepositAddress: (call, marketCode, place) => {
      const venue = venueOf(marketCode);
      return withKeys(call, venue, (ask, { exchange }) => readDepositAddress(ask, exchange, venue.id, place));
    },
  };
};

export const noMarket = (): AppError => new AppError('exchange_refused', 'The exchange has no such market');

/** Tickers of some contract venues leave the book out; it is asked for then. */
const readQuote = async (ask: Ask, exchange: CcxtExchange, symbol: string): Promise<Omit<Quote, 'asOf'>> => {
  const told = toQuote(await ask(() => callUnified(exchange, 'fetchTicker', symbol)));
  const { last, bid, ask: offer } = told;
  if (last === undefined)
    throw new AppError('exchange_unavailable', 'The exchange tells no price of this market');
  if (bid !== undefined && offer !== undefined) return { last, bid, ask: offer };
  const best = toBestOfBook(await ask(() => callUnified(exchange, 'fetchOrderBook', symbol)));
  // Where nobody bids or offers, the last price is all there is.
  return { last, bid: best.bid ?? last, ask: best.ask ?? last };
};

/** Calls a unified method such as `fetchTicker` for a symbol. */
export const callUnified = async (exchange: CcxtExchange, name: string, symbol: string): Promise<unknown> => {
  const method: unknown = Reflect.get(exchange, name);
  if (typeof method !== 'function') throw new AppError('not_supported', 'The exchange has no such operation');
  return await (Reflect.apply(method, exchange, [symbol]) as Promise<unknown>);
};

/** The first bracket allows the most. */
const readBracket = async (
  ask: Ask,
  exchange: CcxtExchange,
  method: string,
  venueName: string,
): Promise<DecimalString> => {
  const answer = await ask(() => callEndpoint(exchange, method, { symbol: venueName }));
  const rows: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const row = rows.find((each) => isObject(each) && each['symbol'] === venueName);
  const most = positive(objectAt(isObject(row) ? row['brackets'] : undefined, 0)?.['initialLeverage']);
  if (most === null) throw badResponse();
  return most;
};
