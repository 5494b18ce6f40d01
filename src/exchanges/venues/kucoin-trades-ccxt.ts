/** Trades of KuCoin. Source: KuCoin API reference (trade history of the fast engine, of classic and unified accounts). */
import { badResponse, callEndpoint, type CcxtExchange, type JsonObject, objectAt } from '../ccxt-exchange.ts';
import {
  DAY_MS,
  idAt,
  named,
  rowsOf,
  type TradeRequest,
  type TradeRows,
  type TradeSource,
} from '../ccxt-trade-source.ts';
import { learnAccountKind } from './kucoin-account-kind-ccxt.ts';

const askData = async (
  exchange: CcxtExchange,
  endpoint: string,
  parameters: JsonObject,
): Promise<{ data: JsonObject; rows: readonly JsonObject[] }> => {
  const data = objectAt(await callEndpoint(exchange, endpoint, parameters), 'data');
  if (data === undefined) throw badResponse();
  return { data, rows: rowsOf(data['items']) };
};

const spanOf = ({ market, fromMs, untilMs }: TradeRequest): JsonObject => ({
  ...named('symbol', market),
  startAt: fromMs,
  endAt: untilMs,
});

/** Newest first; the venue names the row that the next page follows. */
const afterLast = async (
  request: TradeRequest,
  endpoint: string,
  parameters: JsonObject,
): Promise<TradeRows> => {
  const { exchange, token, limit } = request;
  const { data, rows } = await askData(exchange, endpoint, {
    ...spanOf(request),
    ...parameters,
    ...(token !== undefined && { lastId: token }),
  });
  return { rows, next: rows.length < limit ? undefined : idAt(data, 'lastId') };
};

/** Classic accounts: numbered pages, whose size may not change on the way. */
const paged = async (request: TradeRequest): Promise<TradeRows> => {
  const [page = '1', size = String(request.limit)] = request.token?.split('/') ?? [];
  const { rows } = await askData(request.exchange, 'privateGetFills', {
    ...spanOf(request),
    tradeType: 'TRADE',
    currentPage: page,
    pageSize: size,
  });
  const isFull = rows.length >= Number.parseInt(size, 10);
  return { rows, next: isFull ? `${Number.parseInt(page, 10) + 1}/${size}` : undefined };
};

export const kucoinTrades: Readonly<Record<string, TradeSource>> = {
  kucoin: {
    needsSymbol: true,
    mostRows: 100,
    longestMs: 7 * DAY_MS,
    // The venue does not say how long it keeps them.
    keepsMs: 730 * DAY_MS,
    page: async (request) => {
      const { exchange, limit } = request;
      await learnAccountKind(exchange);
      if (exchange.options['uta'] === true)
        return await afterLast(request, 'utaPrivateGetAccountModeOrderExecution', {
          accountMode: 'unified',
          tradeType: 'SPOT',
          pageSize: limit,
        });
      return exchange.options['hf'] === true
        ? await afterLast(request, 'privateGetHfFills', { limit })
        : await paged(request);
    },
  },
};
