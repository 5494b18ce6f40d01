/** Whole lists, read page by page as they are walked: `for await (const account of client.accounts.each())`. */
import type { Account, CallerKey, Portfolio, Trade } from './api-types.ts';
import type { NamedMethods, OperationName, ParametersOf } from './client-methods.ts';
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
  readonly exchange: {
    eachTrade(asked: Asked<'GET /api/exchange/trades'>, options?: CallOptions): Items<Trade>;
  };
}

const ACCOUNTS_A_PAGE = 100;

export const createLists = ({ accounts, portfolios, keys, exchange }: NamedMethods): Lists => ({
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
  exchange: {
    eachTrade: (asked, options) =>
      walkPages(async (offset) => {
        const { trades: items, has_more: hasMore } = await exchange.trades({ ...asked, offset }, options);
        return { items, hasMore };
      }),
  },
});
