/** Use cases on stored trades: list them, and add them up. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import type { AskedExchange, CredentialChoice } from '../credentials/credential-choice.ts';
import type { Trade } from './trade.ts';
import { createTradePageStore } from './trade-page-store.ts';
import { createTradeSumsStore, type TradeSums } from './trade-sums-store.ts';

export interface TradeRange {
  /** Both inclusive; undefined: open. */
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

export interface TradeListRequest extends TradeRange {
  readonly exchange: AskedExchange;
  readonly symbol: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface TradeList {
  /** In the order in which they were stored. */
  readonly trades: readonly Trade[];
  readonly total: number;
  readonly hasMore: boolean;
}

export interface TradeService {
  /** Those of all credentials of the exchange, also of deleted ones. */
  list(actor: Actor, request: TradeListRequest): Promise<TradeList>;
  /** `exchange` undefined: all exchanges. */
  stats(actor: Actor, exchange: AskedExchange | undefined, range: TradeRange): Promise<TradeSums>;
}

export const createTradeService = (deps: {
  readonly database: TenantDatabase;
  readonly credentials: Pick<CredentialChoice, 'choosePast'>;
}): TradeService => {
  const { database, credentials } = deps;

  /** A name may stand for the keys of another exchange, where the caller had them stored so. */
  const marketCodeOf = async (actor: Actor, exchange: AskedExchange): Promise<string> => {
    try {
      return (await credentials.choosePast(actor, exchange, undefined)).marketCode;
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return exchange.market.code;
      throw error;
    }
  };

  return {
    async list(actor, { exchange, limit, offset, symbol, from, until }) {
      const filter = { marketCode: await marketCodeOf(actor, exchange), symbol, from, until };
      const session = database.session(actor.tenantId);
      const store = createTradePageStore(session);
      // One more tells whether there is another page, in the very sight of the page itself.
      const rows = await store.list(filter, { limit: limit + 1, offset });
      // Of a span of time the days tell: a count would look at every trade in it.
      const isSpan = symbol === undefined && (from !== undefined || until !== undefined);
      const total = isSpan
        ? (await createTradeSumsStore(session).sums(filter)).tradeCount
        : await store.count(filter);
      return { trades: rows.slice(0, limit), total, hasMore: rows.length > limit };
    },

    async stats(actor, exchange, { from, until }) {
      const marketCode = exchange === undefined ? undefined : await marketCodeOf(actor, exchange);
      return createTradeSumsStore(database.session(actor.tenantId)).sums({ marketCode, from, until });
    },
  };
};
