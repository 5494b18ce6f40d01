/** The venues that exist and the names under which callers know them. Loads no venue code. */
import { AppError } from '../shared/errors.ts';
import type { Chain, Venue, VenueId, VenueMarket } from './venue.ts';
import { binanceUs } from './venues/binance-us.ts';
import { binance } from './venues/binance.ts';
import { coinbaseAdvanced } from './venues/coinbase-advanced.ts';
import { coinbase } from './venues/coinbase.ts';
import { bitfinex } from './venues/bitfinex.ts';
import { bitstamp } from './venues/bitstamp.ts';
import { gemini } from './venues/gemini.ts';
import { poloniex } from './venues/poloniex.ts';
import { deribit } from './venues/deribit.ts';
import { kraken } from './venues/kraken.ts';
import { bitget } from './venues/bitget.ts';
import { bybit } from './venues/bybit.ts';
import { cryptoCom } from './venues/crypto-com.ts';
import { gateIo } from './venues/gate-io.ts';
import { huobi } from './venues/huobi.ts';
import { kucoin } from './venues/kucoin.ts';
import { okx } from './venues/okx.ts';
import { paperTrading } from './venues/paper-trading.ts';
import { ethereumWallet } from './venues/ethereum-wallet.ts';
import { tronWallet } from './venues/tron-wallet.ts';

/** Real exchanges; a catalog holds paper trading and the chains besides. */
export const VENUES: readonly Venue[] = [
  binance,
  binanceUs,
  kraken,
  okx,
  coinbaseAdvanced,
  coinbase,
  bitfinex,
  bitstamp,
  gemini,
  poloniex,
  deribit,
  bybit,
  kucoin,
  gateIo,
  bitget,
  huobi,
  cryptoCom,
];

const CHAINS: readonly Chain[] = [ethereumWallet, tronWallet];

/** A market code together with what it belongs to. */
export interface CatalogEntry {
  readonly venue: Venue | Chain;
  readonly market: VenueMarket;
}

export interface VenueEntry extends CatalogEntry {
  readonly venue: Venue;
}

export interface Catalog {
  readonly venues: readonly Venue[];
  readonly markets: readonly CatalogEntry[];
  /** By market code or alias, as callers send it in `type`. */
  findMarket(code: string): CatalogEntry | undefined;
  /** The same for a code that must exist, e.g. of a stored row; throws not_supported. */
  getMarket(code: string): CatalogEntry;
  /** The same for what ccxt speaks to: no chain's. */
  getVenueMarket(code: string): VenueEntry;
  /** By venue id, alias, market code or its alias. */
  findVenue(name: string): Venue | undefined;
  /** The same as one wallet: that of the market code, or the venue's plain one. */
  findExchange(name: string): VenueEntry | undefined;
  getVenue(id: string): Venue;
  /** Market codes that the same key pair can also connect: the values `types_to_create` may take. */
  relatedCodes(code: string): readonly string[];
}

/** Throws when two venues claim one name. */
export const createCatalog = (
  venues: readonly Venue[] = [...VENUES, paperTrading],
  chains: readonly Chain[] = CHAINS,
): Catalog => {
  const connectable: readonly (Venue | Chain)[] = [...venues, ...chains];
  const markets = connectable.flatMap((venue) => venue.markets.map((market) => ({ venue, market })));
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
    getVenueMarket: (code) => {
      const { venue, market } = getMarket(code);
      if (venue.ccxtId === null)
        throw new AppError('not_supported', 'Nothing but the balances of an address can be asked for');
      return { venue, market };
    },
    findVenue: (name) => byVenue.get(name),
    findExchange: (name) => {
      const venue = byVenue.get(name);
      if (venue === undefined) return undefined;
      const isNamed = (market: VenueMarket): boolean => market.code === name || market.aliases.includes(name);
      return { venue, market: venue.markets.find(isNamed) ?? venue.markets[0] };
    },
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
