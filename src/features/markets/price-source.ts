/** The newest price book of each venue: fetched at most every few seconds, one fetch in flight, with a stated age. */
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { type AssetPrice, createPriceBook, type PriceBook } from './price-book.ts';
import type { PriceStore } from './price-store.ts';

export interface DatedPriceBook {
  readonly book: PriceBook;
  /** When the venue told these prices, ISO 8601. */
  readonly asOf: string;
}

export interface PriceSource {
  /** Throws the venue's error when there is no price younger than an hour. */
  current(venueId: string, requestId: string): Promise<DatedPriceBook>;
}

export interface PriceSourceDeps {
  readonly exchanges: Pick<ExchangePort, 'fetchPrices'>;
  readonly store: PriceStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FRESH_MS = 10_000;
const SAVE_EVERY_MS = 60_000;
// Older prices would show a portfolio that no longer exists.
const USABLE_MS = 3_600_000;

interface Entry {
  dated: DatedPriceBook | undefined;
  fetchedAt: number;
  savedAt: number;
  inFlight: Promise<DatedPriceBook> | undefined;
}

export const createPriceSource = (deps: PriceSourceDeps): PriceSource => {
  const { exchanges, store, clock, logger } = deps;
  const venues = new Map<string, Entry>();

  const fetch = async (venueId: string, requestId: string): Promise<DatedPriceBook> => {
    const { prices, asOf } = await exchanges.fetchPrices({ requestId, purpose: 'sync' }, venueId);
    return { book: createPriceBook(prices), asOf };
  };

  const fallBack = async (venueId: string, entry: Entry, reason: unknown): Promise<DatedPriceBook> => {
    logger.warn('prices are not current', { venue: venueId, ...errorFields(reason) });
    if (entry.dated !== undefined && clock.now() - entry.fetchedAt < USABLE_MS) return entry.dated;
    const stored = await store.load(venueId, new Date(clock.now() - USABLE_MS));
    if (stored.length === 0) throw reason;
    return fromStored(stored);
  };

  /** Prices that were used since the last time; a failure costs only the fall-back. */
  const save = async (venueId: string, entry: Entry): Promise<void> => {
    const used = entry.dated?.book.valued();
    if (entry.dated === undefined || used === undefined || used.size === 0) return;
    if (clock.now() - entry.savedAt < SAVE_EVERY_MS) return;
    entry.savedAt = clock.now();
    try {
      await store.save(venueId, used, entry.dated.asOf);
    } catch (error) {
      logger.warn('prices were not saved', { venue: venueId, ...errorFields(error) });
    }
  };

  const refresh = async (venueId: string, entry: Entry, requestId: string): Promise<DatedPriceBook> => {
    try {
      await save(venueId, entry);
      const dated = await fetch(venueId, requestId);
      entry.dated = dated;
      entry.fetchedAt = clock.now();
      return dated;
    } catch (error) {
      return await fallBack(venueId, entry, error);
    } finally {
      entry.inFlight = undefined;
    }
  };

  return {
    async current(venueId, requestId) {
      let entry = venues.get(venueId);
      if (entry === undefined) {
        entry = { dated: undefined, fetchedAt: 0, savedAt: 0, inFlight: undefined };
        venues.set(venueId, entry);
      }
      if (entry.dated !== undefined && clock.now() - entry.fetchedAt < FRESH_MS) return entry.dated;
      entry.inFlight ??= refresh(venueId, entry, requestId);
      return entry.inFlight;
    },
  };
};

const UNPRICED: AssetPrice = { btc: null, usd: null };

const fromStored = (stored: readonly (AssetPrice & { asset: string; asOf: Date })[]): DatedPriceBook => {
  const prices = new Map<string, AssetPrice>(stored.map(({ asset, btc, usd }) => [asset, { btc, usd }]));
  const oldest = Math.min(...stored.map(({ asOf }) => asOf.getTime()));
  return {
    book: { price: (asset) => prices.get(asset) ?? UNPRICED, valued: () => prices },
    asOf: new Date(oldest).toISOString(),
  };
};
