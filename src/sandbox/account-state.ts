/** An account's books as JSON, to be kept over a restart: what it holds, its orders, trades and transfers. */
import type { SandboxAccount } from './ledger.ts';
import type { SpotMarket } from './market-list.ts';
import { WALLETS } from './wallets.ts';

type Books = Pick<SandboxAccount, 'wallets' | 'activity' | 'positions' | 'hedgeMode'>;

/** The same books always give the same text. */
export const writeBooks = ({ wallets, activity, positions, hedgeMode }: SandboxAccount): string =>
  JSON.stringify({ wallets, activity, positions, hedgeMode } satisfies Books, (_key, value: unknown) => {
    if (value instanceof Map) return { $map: [...(value as Map<unknown, unknown>)] };
    // Markets belong to the feed; the engine knows them by identity.
    if (isMarket(value)) return { $market: [value.base.code, value.quote.code] };
    return value;
  });

/** Gives the account the books that were written. Throws RangeError for a market that is no longer there. */
export const readBooks = (
  account: SandboxAccount,
  text: string,
  findMarket: (base: string, quote: string) => SpotMarket | undefined,
): void => {
  const books = JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
    if (!('$market' in value)) return value;
    const [base = '', quote = ''] = value.$market as string[];
    const market = findMarket(base, quote);
    if (market === undefined) throw new RangeError(`the market ${base}/${quote} is gone`);
    return market;
  }) as Books;
  for (const wallet of WALLETS) {
    account.wallets[wallet].clear();
    for (const [asset, holding] of books.wallets[wallet]) account.wallets[wallet].set(asset, holding);
  }
  Object.assign(account.activity, books.activity);
  account.positions = books.positions;
  account.hedgeMode = books.hedgeMode;
};

const isMarket = (value: unknown): value is SpotMarket =>
  typeof value === 'object' && value !== null && 'lotDecimals' in value;
