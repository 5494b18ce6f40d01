/**
 * The venue of paper accounts: Binance's simulated spot market without the HTTP around it. Whoever runs it brings the
 * account of every request and keeps its books, so the signature, which would be checked against itself, is not.
 */
import type { Clock } from '../shared/clock.ts';
import type { DecimalString } from '../shared/money.ts';
import { readBooks, writeBooks } from './account-state.ts';
import { createFaultBook } from './faults.ts';
import { type SandboxAccount, createLedger, setHolding } from './ledger.ts';
import type { MarketFeed } from './market-feed.ts';
import { createRequestCounter } from './request-counter.ts';
import { createVenueDispatch } from './venue-dispatch.ts';
import type { Answer, Venue, VenueRequest } from './venue.ts';
import { createBinanceVenue } from './venues/binance-venue.ts';
import { createWorld } from './world.ts';

export interface PaperVenue {
  /** An account with its books as they were written; null: as it was opened. */
  openAccount(opening: Readonly<Record<string, DecimalString>>, books: string | null): SandboxAccount;
  writeBooks(account: SandboxAccount): string;
  /** May change the account. undefined: a request without keys. */
  answer(request: VenueRequest, account: SandboxAccount | undefined): Answer;
}

// Fixed: a restart finds the prices where they would have been.
const SEED = 'paper trading';
const MARKETS = 240;
const HOST = 'api.binance.com';

export const createPaperVenue = (clock: Clock): PaperVenue => {
  const world = createWorld(SEED, MARKETS, numbersByTime(clock));
  const feeds: MarketFeed[] = [];
  const base = createBinanceVenue({
    ...world,
    spotFeed: (rules) => {
      const feed = world.spotFeed(rules);
      feeds.push(feed);
      return feed;
    },
  });
  const markets = new Map(
    feeds.flatMap((feed) =>
      feed.markets.map((market) => [`${market.base.code}/${market.quote.code}`, market]),
    ),
  );
  let signer: SandboxAccount | undefined;
  const venue: Venue = {
    ...base,
    hosts: { [HOST]: base.hosts[HOST] ?? [] },
    authenticate: () => signer ?? base.errors.invalidKey(),
  };
  const dispatch = createVenueDispatch({
    venues: [venue],
    ledger: world.ledger,
    faults: createFaultBook(),
    counter: createRequestCounter(),
  });

  return {
    openAccount: (opening, books) => {
      const account = blankAccount();
      for (const [asset, free] of Object.entries(opening))
        setHolding(account, 'spot', asset, { free, locked: '0' });
      if (books !== null) readBooks(account, books, (base, quote) => markets.get(`${base}/${quote}`));
      return account;
    },
    writeBooks,
    answer: (request, account) => {
      signer = account;
      try {
        return dispatch.dispatch(HOST, request)?.answer() ?? base.errors.notFound(request);
      } finally {
        signer = undefined;
      }
    },
  };
};

/** Of no ledger: it lives for one request, and its books elsewhere. */
const blankAccount = (): SandboxAccount =>
  createLedger().open({
    venue: 'binance',
    keys: { api_key: 'paper', secret: '' },
    permissions: new Set(['read', 'trade']),
    ipRestricted: true,
    openedAtMs: 0,
  });

/** Microseconds since 1970: greater than every number before a restart, and exact as a double until 2255. */
const numbersByTime = (clock: Clock): { order: () => number; trade: () => number } => {
  let last = 0;
  const next = (): number => {
    last = Math.max(last + 1, clock.now() * 1_000);
    return last;
  };
  return { order: next, trade: next };
};
