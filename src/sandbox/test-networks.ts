/**
 * The test networks of the venues that have one: the same venues on hosts of their own, in a world of its own, so that
 * no key of one network is known on the other. Made when it is first asked for.
 */
import type { FaultBook } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { RequestCounter } from './request-counter.ts';
import { type VenueDispatch, createVenueDispatch } from './venue-dispatch.ts';
import type { VenueId } from './venue-keys.ts';
import type { Venue, VenueRequest } from './venue.ts';
import { createBinanceVenue } from './venues/binance-venue.ts';
import { createBybitVenue } from './venues/bybit-venue.ts';
import { createCoinbaseVenue } from './venues/coinbase-venue.ts';
import { createGateVenue } from './venues/gate-venue.ts';
import { createOkxVenue } from './venues/okx-venue.ts';
import { type World, createWorld } from './world.ts';

export interface TestNetworks extends VenueDispatch {
  has(venue: VenueId): boolean;
  ledger(): Ledger;
}

interface TestNetwork {
  readonly create: (world: World) => Venue;
  /** Absent: on the venue's usual hosts, told by a header. */
  readonly hosts?: Venue['hosts'];
}

const TEST_NETWORKS: Partial<Readonly<Record<VenueId, TestNetwork>>> = {
  // Of all its APIs the spot one alone.
  binance: { create: createBinanceVenue, hosts: { 'testnet.binance.vision': ['/api/'] } },
  okx: { create: createOkxVenue },
  bybit: { create: createBybitVenue, hosts: { 'api-testnet.bybit.com': ['/v5/'] } },
  coinbase: {
    create: createCoinbaseVenue,
    hosts: { 'api-public.sandbox.exchange.coinbase.com': ['/'] },
  },
  gate_io: { create: createGateVenue, hosts: { 'api-testnet.gateapi.io': ['/api/v4/'] } },
};

const TEST_HOSTS = new Set(Object.values(TEST_NETWORKS).flatMap(({ hosts = {} }) => Object.keys(hosts)));
const OKX_HOST = /(?:^|\.)okx\.com$/;

export const isOfTestNetwork = (host: string, { headers }: VenueRequest): boolean =>
  TEST_HOSTS.has(host) || (OKX_HOST.test(host) && headers['x-simulated-trading'] === '1');

export const createTestNetworks = (deps: {
  readonly seed: string;
  readonly markets: number;
  readonly faults: FaultBook;
  readonly counter: RequestCounter;
}): TestNetworks => {
  let made: { readonly ledger: Ledger; readonly dispatch: VenueDispatch } | undefined;

  const make = () => {
    const world = createWorld(`${deps.seed}/testnet`, deps.markets);
    const venues = Object.values(TEST_NETWORKS).map(({ create, hosts }) => {
      const venue = create(world);
      return hosts === undefined ? venue : { ...venue, hosts };
    });
    const { ledger } = world;
    const { faults, counter } = deps;
    return { ledger, dispatch: createVenueDispatch({ venues, ledger, faults, counter, label: 'testnet ' }) };
  };

  return {
    has: (venue) => TEST_NETWORKS[venue] !== undefined,
    ledger: () => (made ??= make()).ledger,
    dispatch: (host, request) => (made ??= make()).dispatch.dispatch(host, request),
  };
};
