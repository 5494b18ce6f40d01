/** Counts the open orders of an account, page by page where the venue lists them so. */
import { AppError } from '../shared/errors.ts';
import type { Ask } from './ccxt-ask.ts';
import { hasCcxtClass } from './ccxt-errors.ts';
import {
  badResponse,
  callEndpoint,
  type CcxtExchange,
  isObject,
  type JsonObject,
  objectAt,
} from './ccxt-exchange.ts';
import type { VenueId } from './venue.ts';

interface Page {
  readonly rows: readonly unknown[];
  /** Parameters of the next page; undefined: this was the last. */
  readonly next: JsonObject | undefined;
}

interface PagedList {
  /** What each list of the market code is asked by. */
  parameters(marketCode: string): readonly JsonObject[];
  page(exchange: CcxtExchange, parameters: JsonObject): Promise<Page>;
}

// A venue's own bound on open orders is far below what these can list.
const MOST_PAGES = 20;
const OKX_ROWS = 100;
const BYBIT_ROWS = 50;

const listOf = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw badResponse();
  return value;
};

const textAt = (row: unknown, key: string): string | undefined => {
  const value = isObject(row) ? row[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const PAGED: Partial<Readonly<Record<VenueId, PagedList>>> = {
  okx: {
    parameters: (marketCode) =>
      marketCode === 'okex_futures'
        ? [{ instType: 'SWAP' }, { instType: 'FUTURES' }]
        : [{ instType: 'SPOT' }, { instType: 'MARGIN' }],
    page: async (exchange, parameters) => {
      const query = { ...parameters, limit: OKX_ROWS };
      const answer = await callEndpoint(exchange, 'privateGetTradeOrdersPending', query);
      const rows = listOf(isObject(answer) ? answer['data'] : undefined);
      const last = textAt(rows.at(-1), 'ordId');
      return { rows, next: rows.length < OKX_ROWS || last === undefined ? undefined : { after: last } };
    },
  },
  bybit: {
    parameters: (marketCode) =>
      marketCode === 'bybit_usdt_perpetual'
        ? [{ category: 'linear', settleCoin: 'USDT' }]
        : [{ category: 'spot' }],
    page: async (exchange, parameters) => {
      const query = { ...parameters, limit: BYBIT_ROWS };
      const result = objectAt(await callEndpoint(exchange, 'privateGetV5OrderRealtime', query), 'result');
      const rows = listOf(result?.['list']);
      const cursor = textAt(result, 'nextPageCursor');
      return { rows, next: rows.length < BYBIT_ROWS || cursor === undefined ? undefined : { cursor } };
    },
  },
};

/** What ccxt's one call needs to list the market code's own orders. */
const PARAMETERS: Readonly<Record<string, JsonObject>> = {
  binance_margin: { type: 'margin' },
  binance_futures: { type: 'swap', subType: 'linear' },
  binance_futures_coin: { type: 'swap', subType: 'inverse' },
  gate_io_usdt_perpetual: { type: 'swap', settle: 'usdt' },
  gate_io_btc_perpetual: { type: 'swap', settle: 'btc' },
  bitget_usdt_futures: { type: 'swap', productType: 'USDT-FUTURES' },
};

export const countOpenOrders = async (
  ask: Ask,
  exchange: CcxtExchange,
  venueId: VenueId,
  marketCode: string,
): Promise<number> => {
  const paged = PAGED[venueId];
  if (paged === undefined) return await countAtOnce(ask, exchange, marketCode);
  let count = 0;
  for (const parameters of paged.parameters(marketCode)) {
    let next: JsonObject | undefined = {};
    for (let page = 0; next !== undefined; page += 1) {
      if (page >= MOST_PAGES) throw tooMany();
      const query: JsonObject = { ...parameters, ...next };
      const answer: Page = await ask(() => paged.page(exchange, query));
      count += answer.rows.length;
      next = answer.next;
    }
  }
  return count;
};

const tooMany = (): AppError =>
  new AppError('exchange_error', 'The exchange lists more open orders than can be read');

const countAtOnce = async (ask: Ask, exchange: CcxtExchange, marketCode: string): Promise<number> =>
  (await listOpenOrders(ask, exchange, marketCode)).length;

/** In ccxt's form, from one answer of the venue. Throws not_supported where that does not list all. */
export const listOpenOrders = async (
  ask: Ask,
  exchange: CcxtExchange,
  marketCode: string,
): Promise<readonly unknown[]> => {
  // ccxt warns that this costs more of Binance's limit; the cost is counted.
  exchange.options['warnOnFetchOpenOrdersWithoutSymbol'] = false;
  const parameters = PARAMETERS[marketCode] ?? {};
  const list: unknown = Reflect.get(exchange, 'fetchOpenOrders');
  if (exchange.has['fetchOpenOrders'] !== true || typeof list !== 'function') throw notTold();
  const orders = await ask(
    () => Reflect.apply(list, exchange, [undefined, undefined, undefined, parameters]) as Promise<unknown>,
  ).catch((error: unknown) => {
    throw hasCcxtClass(error, ['ArgumentsRequired', 'NotSupported']) ? notTold() : error;
  });
  if (!Array.isArray(orders)) throw badResponse();
  return orders as unknown[];
};

const notTold = (): AppError =>
  new AppError('not_supported', 'The exchange does not list all open orders of an account');
