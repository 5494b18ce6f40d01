/** Whole lists, read page by page as they are walked: `for await (const account of client.accounts.each())`. */
import type { Account, CallerKey, Portfolio, Trade } from './api-types.ts';
import type { AnswerOf, NamedMethods, OperationName, ParametersOf } from './client-methods.ts';
import type { GatewayEvent } from './event-stream.ts';
import { walkPages } from './paging.ts';
import type { CallOptions } from './sender.ts';

/** What a list is asked for, but its place; `limit` and `per_page` are the size of a page. */
type Asked<Name extends OperationName> = Omit<ParametersOf<Name>, 'page' | 'offset'>;

type Items<Item> = AsyncGenerator<Item, void, undefined>;

export interface Lists {
  readonly accounts: {
    each(asked?: Asked<'GET /ver1/accounts'>, options?: CallOptions): Items<Account>;
  };
  readonly portfolios: {
    each(asked?: Asked<'GET /api/portfolios'>, options?: CallOptions): Items<Portfolio>;
  };
  readonly keys: {
    each(asked?: Asked<'GET /api/keys'>, options?: CallOptions): Items<CallerKey>;
  };
  readonly events: {
    /** What has happened, in its order, up to now. */
    each(
      asked?: Omit<ParametersOf<'GET /api/events'>, 'before' | 'order'>,
      options?: CallOptions,
    ): Items<GatewayEvent>;
  };
  readonly exchange: {
    eachTrade(asked: Asked<'GET /api/exchange/trades'>, options?: CallOptions): Items<Trade>;
  };
}

const ACCOUNTS_A_PAGE = 100;

export const createLists = ({ accounts, portfolios, keys, events, exchange }: NamedMethods): Lists => ({
  accounts: {
    each: (asked = {}, options) => {
      const size = asked.per_page ?? ACCOUNTS_A_PAGE;
      return walkPages(async (offset) => {
        const items = await accounts.list({ ...asked, per_page: size, page: offset / size + 1 }, options);
        return { items, hasMore: items.length === size };
      });
    },
  },
  portfolios: {
    each: (asked = {}, options) =>
      walkPages(async (offset) => {
        const { portfolios: items, total_count: total } = await portfolios.list(
          { ...asked, offset },
          options,
        );
        return { items, hasMore: offset + items.length < total };
      }),
  },
  keys: {
    each: (asked = {}, options) =>
      walkPages(async (offset) => {
        const { keys: items, total_count: total } = await keys.list({ ...asked, offset }, options);
        return { items, hasMore: offset + items.length < total };
      }),
  },
  events: {
    each: (asked = {}, options) =>
      walkEvents((after) => events.list({ ...asked, after: after ?? null }, options), asked.after),
  },
  exchange: {
    eachTrade: (asked, options) =>
      walkPages(async (offset) => {
        const { trades: items, has_more: hasMore } = await exchange.trades({ ...asked, offset }, options);
        return { items, hasMore };
      }),
  },
});

/** From the place that each page tells; one without events is the last. */
async function* walkEvents(
  read: (after: number | null | undefined) => Promise<AnswerOf<'GET /api/events'>>,
  start: number | null | undefined,
): Items<GatewayEvent> {
  for (let after = start; ; ) {
    const { items, next } = await read(after);
    yield* items as unknown as readonly GatewayEvent[];
    if (items.length === 0 || next === null) return;
    after = next;
  }
}
