/** The sandbox: one HTTP server on the loopback that speaks the REST wire of several exchanges. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { createAdminApi } from './admin-api.ts';
import { openDemoAccounts } from './demo-accounts.ts';
import { createFaultBook } from './faults.ts';
import { createRequestCounter } from './request-counter.ts';
import { createSandboxClock } from './sandbox-clock.ts';
import { createSandboxServer } from './sandbox-server.ts';
import { createTestNetworks, isOfTestNetwork } from './test-networks.ts';
import { createVenueDispatch } from './venue-dispatch.ts';
import type { SandboxKeys } from './venue-keys.ts';
import { createEthereumNode } from './chains/ethereum-node.ts';
import { createTronNode } from './chains/tron-node.ts';
import { createBinanceUsVenue } from './venues/binance-us-venue.ts';
import { createBinanceVenue } from './venues/binance-venue.ts';
import { createBitfinexVenue } from './venues/bitfinex-venue.ts';
import { createBitstampVenue } from './venues/bitstamp-venue.ts';
import { createBybitVenue } from './venues/bybit-venue.ts';
import { createCoinbaseAdvancedVenue } from './venues/coinbase-advanced-venue.ts';
import { createCoinbaseVenue } from './venues/coinbase-venue.ts';
import { createKrakenVenue } from './venues/kraken-venue.ts';
import { createOkxVenue } from './venues/okx-venue.ts';
import { createKucoinVenue } from './venues/kucoin-venue.ts';
import { createGateVenue } from './venues/gate-venue.ts';
import { createWorld } from './world.ts';

export type { SandboxKeys } from './venue-keys.ts';

export interface SandboxOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Decides keys, prices and trade history. */
  readonly seed: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Spot markets on each venue, 50 to 2,000; 240 when not given. */
  readonly markets?: number;
}

export interface Sandbox {
  /** Origin, e.g. `http://127.0.0.1:8765`. */
  readonly url: string;
  /** The demo accounts' keys by venue. */
  readonly accounts: Record<string, SandboxKeys>;
  /** Cuts open connections, hanging ones too. */
  close(): Promise<void>;
}

const DEFAULT_MARKETS = 240;

/** Throws RangeError for a market count out of range; rejects when the port is taken. */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const markets = options.markets ?? DEFAULT_MARKETS;
  if (!Number.isInteger(markets) || markets < 50 || markets > 2_000) {
    throw new RangeError('markets must be a whole number from 50 to 2000');
  }
  const clock = createSandboxClock(options.clock ?? systemClock);
  const world = createWorld(options.seed, markets);
  const accounts = openDemoAccounts(options.seed, world);
  const faults = createFaultBook();
  const counter = createRequestCounter();
  const venues = [
    createBinanceVenue(world),
    createEthereumNode(world.ledger),
    createTronNode(world.ledger),
    createBinanceUsVenue(world),
    createKrakenVenue(world),
    createOkxVenue(world),
    createCoinbaseAdvancedVenue(world),
    createCoinbaseVenue(world),
    createBitfinexVenue(world),
    createBitstampVenue(world),
    createBybitVenue(world),
    createKucoinVenue(world),
    createGateVenue(world),
  ];
  const testNetworks = createTestNetworks({ seed: options.seed, markets, faults, counter });
  const real = createVenueDispatch({ venues, ledger: world.ledger, faults, counter });
  const server = createSandboxServer({
    dispatch: {
      dispatch: (host, request) =>
        (isOfTestNetwork(host, request) ? testNetworks : real).dispatch(host, request),
    },
    admin: createAdminApi({
      seed: options.seed,
      clock,
      assets: world.assetByCode,
      ledger: world.ledger,
      testNetworks,
      faults,
      counter,
    }),
    clock,
    logger: options.logger,
  });

  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  options.logger?.info('sandbox venues listening', { port, markets });

  return {
    url: `http://127.0.0.1:${port}`,
    accounts,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
