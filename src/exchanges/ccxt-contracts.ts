/**
 * Contract markets of a venue: most instances know spot markets alone, because nothing but these routes needs the
 * others. They are listed by an instance of their own, loaded when it is first asked for.
 */
import type { Clock } from '../shared/clock.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { VenueDesk } from './ccxt-desks.ts';
import { badResponse, type CcxtExchange, type JsonObject } from './ccxt-exchange.ts';

interface ContractMarkets {
  /** What the venue is asked for; undefined: its usual list holds contracts too. */
  readonly types: readonly string[] | undefined;
  readonly belongs: (market: JsonObject) => boolean;
}

const isPerpetual = (market: JsonObject): boolean => market['swap'] === true;
const isContract = (market: JsonObject): boolean => isPerpetual(market) || market['future'] === true;
const settledIn =
  (asset: string) =>
  (market: JsonObject): boolean =>
    isPerpetual(market) && market['settle'] === asset;

/** By market code; all other codes trade spot markets. */
const CONTRACTS: Readonly<Record<string, ContractMarkets>> = {
  binance_futures: {
    types: ['linear'],
    belongs: (market) => isContract(market) && market['linear'] === true,
  },
  binance_futures_coin: {
    types: ['inverse'],
    belongs: (market) => isContract(market) && market['inverse'] === true,
  },
  okex_futures: { types: ['swap', 'future'], belongs: isContract },
  bybit_usdt_perpetual: { types: ['linear'], belongs: settledIn('USDT') },
  gate_io_usdt_perpetual: { types: ['swap'], belongs: settledIn('USDT') },
  gate_io_btc_perpetual: { types: ['swap'], belongs: settledIn('BTC') },
  bitget_usdt_futures: { types: ['swap'], belongs: settledIn('USDT') },
  deribit: { types: undefined, belongs: (market) => market['spot'] === true || isContract(market) },
};

const isSpot = (market: JsonObject): boolean => market['spot'] === true;

/** Whether a market of ccxt's list is one of the market code's. */
export const belongsTo = (marketCode: string): ((market: JsonObject) => boolean) =>
  CONTRACTS[marketCode]?.belongs ?? isSpot;

export interface MarketBook {
  readonly exchange: CcxtExchange;
  readonly loadedMs: number;
}

export interface CcxtContracts {
  /** An instance without keys that knows the markets of the market code. Call it inside a call of the venue. */
  open(desk: VenueDesk, marketCode: string): Promise<MarketBook>;
}

export interface CcxtContractsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly marketsMaxAgeMs: number;
}

interface Entry {
  book: MarketBook | undefined;
  loading: Promise<MarketBook> | undefined;
}

export const createCcxtContracts = ({
  clock,
  logger,
  marketsMaxAgeMs,
}: CcxtContractsOptions): CcxtContracts => {
  const entries = new Map<string, Entry>();

  const load = async (desk: VenueDesk, types: readonly string[]): Promise<MarketBook> => {
    const exchange = await desk.seed.build(desk.seed.createLimit());
    exchange.options['fetchMarkets'] = { types: [...types] };
    const loadedMs = clock.now();
    await exchange.loadMarkets(true);
    if (Object.keys(exchange.markets ?? {}).length === 0) throw badResponse();
    return { exchange, loadedMs };
  };

  /** Contracts that were listed once serve on while the venue cannot list them. */
  const refresh = (desk: VenueDesk, entry: Entry, types: readonly string[]): Promise<MarketBook> => {
    entry.loading ??= load(desk, types)
      .then((book) => (entry.book = book))
      .finally(() => {
        entry.loading = undefined;
      });
    return entry.loading;
  };

  return {
    open: async (desk, marketCode) => {
      const spot = await desk.seed.ready();
      const types = CONTRACTS[marketCode]?.types;
      if (types === undefined)
        return { exchange: spot, loadedMs: desk.seed.marketsState?.loadedMs ?? clock.now() };
      const entry = entries.get(marketCode) ?? { book: undefined, loading: undefined };
      entries.set(marketCode, entry);
      const { book } = entry;
      if (book !== undefined && clock.now() - book.loadedMs < marketsMaxAgeMs) return book;
      return await refresh(desk, entry, types).catch((error: unknown) => {
        if (book === undefined) throw error;
        logger.warn('contracts not refreshed', { marketCode, ...errorFields(error) });
        return book;
      });
    },
  };
};
