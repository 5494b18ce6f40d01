/** The venues that exist and the names under which callers know them. Loads no venue code. */
import { AppError } from '../shared/errors.ts';
import type { Venue, VenueId, VenueMarket } from './venue.ts';
import { binance } from './venues/binance.ts';
import { kraken } from './venues/kraken.ts';
import { okx } from './venues/okx.ts';

export const VENUES: readonly Venue[] = [binance, kraken, okx];

/** A market code together with its venue. */
export interface CatalogEntry {
  readonly venue: Venue;
  readonly market: VenueMarket;
}

export interface Catalog {
  readonly venues: readonly Venue[];
  readonly markets: readonly CatalogEntry[];
  /** By market code or alias, as callers send it in `type`. */
  findMarket(code: string): CatalogEntry | undefined;
  /** The same for a code that must exist, e.g. of a stored row; throws not_supported. */
  getMarket(code: string): CatalogEntry;
  /** By venue id, alias, market code or its alias. */
  findVenue(name: string): Venue | undefined;
  getVenue(id: string): Venue;
  /** Market codes that the same key pair can also connect: the values `types_to_create` may take. */
  relatedCodes(code: string): readonly string[];
}

/** Throws when two venues claim one name. */
export const createCatalog = (venues: readonly Venue[] = VENUES): Catalog => {
  const markets = venues.flatMap((venue) => venue.markets.map((market) => ({ venue, market })));
  const byCode = new Map<string, CatalogEntry>();
  const byVenue = new Map<string, Venue>();
  const byId = new Map<string, Venue>(venues.map((venue) => [venue.id, venue]));

  for (const entry of markets) {
    for (const name of [entry.market.code, ...entry.market.aliases]) {
      if (byCode.has(name)) throw new Error(`market code ${name} is declared twice`);
      byCode.set(name, entry);
    }
  }
  for (const venue of venues) {
    const names = venue.markets.flatMap((market) => [market.code, ...market.aliases]);
    for (const name of [venue.id, ...venue.aliases, ...names]) {
      if ((byVenue.get(name) ?? venue) !== venue) throw new Error(`venue name ${name} is declared twice`);
      byVenue.set(name, venue);
    }
  }

  const getMarket = (code: string): CatalogEntry => {
    const entry = byCode.get(code);
    if (entry === undefined) throw new AppError('not_supported', 'This account type is not supported');
    return entry;
  };

  return {
    venues,
    markets,
    findMarket: (code) => byCode.get(code),
    getMarket,
    findVenue: (name) => byVenue.get(name),
    getVenue: (id) => {
      const venue = byId.get(id);
      if (venue === undefined) throw new AppError('not_supported', 'This exchange is not supported');
      return venue;
    },
    relatedCodes: (code) => {
      const { venue, market } = getMarket(code);
      return venue.markets.filter((other) => other !== market).map((other) => other.code);
    },
  };
};

/** For tables that hold one row per venue, such as custody's ccxt parts. */
export type PerVenue<T> = Readonly<Record<VenueId, T>>;
