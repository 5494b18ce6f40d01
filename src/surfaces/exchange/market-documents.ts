/** The answer of /api/exchange/markets: thousands of markets, written and compressed once for as long as they are kept. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { MarketListing } from '../../features/markets/listing.ts';
import type { Shared } from '../../features/markets/venue-market-service.ts';
import { createPreparedDocument } from '../../http/prepared-document.ts';
import { type SharedAnswer, shareAnswer } from '../../http/shared-answer.ts';
import type { Clock } from '../../shared/clock.ts';
import { printJson } from '../exact-number.ts';
import type { NamedExchange } from './exchange-name.ts';
import { type marketsSchema, toMarketWire } from './market-data-wire.ts';

type Wire = z.input<typeof marketsSchema>;

export type MarketDocuments = (exchange: NamedExchange, listing: Shared<MarketListing>) => SharedAnswer<Wire>;

/** What all answers with one listing share; it goes when the listing goes. */
interface Written {
  readonly marketsText: string;
  readonly digest: string;
  /** By the name that the caller used. */
  readonly byName: Map<string, SharedAnswer<Wire>>;
}

// Callers keep it and ask whether it still holds: whoever has it saves the venue's whole list.
const CACHE_CONTROL = 'private, no-cache';

export const createMarketDocuments = (clock: Clock): MarketDocuments => {
  const written = new WeakMap<MarketListing, Written>();

  const writeMarkets = (listing: MarketListing): Written => {
    let known = written.get(listing);
    if (known === undefined) {
      const marketsText = printJson(listing.markets.map(toMarketWire));
      const digest = createHash('sha256').update(marketsText).digest('base64url');
      known = { marketsText, digest, byName: new Map() };
      written.set(listing, known);
    }
    return known;
  };

  return (exchange, { value: listing, asOfMs, isCached }) => {
    const { marketsText, digest, byName } = writeMarkets(listing);
    const known = isCached ? byName.get(exchange.name) : undefined;
    if (known !== undefined) return known;
    const rest = {
      total_count: listing.markets.length,
      cached: isCached,
      last_updated: new Date(asOfMs).toISOString(),
      timestamp: new Date(clock.now()).toISOString(),
    };
    const name = JSON.stringify(exchange.name);
    const answer = shareAnswer<Wire>(
      createPreparedDocument({
        contentType: 'application/json',
        cacheControl: CACHE_CONTROL,
        // Of what is listed: that the same list was read again makes no other document.
        etag: `W/"${createHash('sha256').update(`${digest} ${name}`).digest('base64url')}"`,
        body: `{"exchange":${name},"markets":${marketsText},${JSON.stringify(rest).slice(1)}`,
        isCompressed: isUsualName(exchange),
      }),
      () => ({ exchange: exchange.name, markets: listing.markets.map(toMarketWire), ...rest }),
    );
    // Other spellings are without end.
    if (isCached && isUsualName(exchange)) byName.set(exchange.name, answer);
    return answer;
  };
};

const isUsualName = ({ name, venue }: NamedExchange): boolean =>
  name === venue.id ||
  venue.aliases.includes(name) ||
  venue.markets.some(({ code, aliases }) => code === name || aliases.includes(name));
