/** What there is of each venue in use: its shared instance, its gate and its connections, made when it is first asked for. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { PerVenue } from './catalog.ts';
import type { CallRunner } from './ccxt-call.ts';
import { type LocalVenue, localFetch } from './ccxt-local-venue.ts';
import { type CcxtSeed, createCcxtSeed } from './ccxt-seed.ts';
import { type CcxtTransport, createCcxtTransport } from './ccxt-transport.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import { createEgressGate, type EgressGate, type EgressPolicy } from './egress-gate.ts';
import type { VenueState } from './venue-state.ts';
import type { Venue, VenueId } from './venue.ts';

export interface VenueDesk {
  /** The venue, and which of its networks. */
  readonly network: string;
  readonly seed: CcxtSeed;
  readonly gate: EgressGate;
}

export interface CcxtDesks {
  /** The test network of a venue has a desk of its own: nothing of it is shared with the real one. */
  of(venue: Venue, testnet?: boolean): Promise<VenueDesk>;
  /** Of the venues in use; of their real networks. */
  states(): VenueState[];
  close(): Promise<void>;
}

export interface CcxtDesksOptions {
  readonly venues: PerVenue<CcxtVenue>;
  readonly calls: CallRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sandboxUrl?: string | undefined;
  /** Venues that this process plays itself, instead of reaching them over HTTP. */
  readonly localVenues?: Partial<PerVenue<LocalVenue>> | undefined;
  /** Keep to the venues' request limits; a local venue has none. */
  readonly throttle: boolean;
  readonly egress: EgressPolicy;
  /** Bound of one call with all its requests and retries. */
  readonly callDeadlineMs: number;
  readonly marketsMaxAgeMs: number;
}

export const createCcxtDesks = (options: CcxtDesksOptions): CcxtDesks => {
  const { calls, clock, logger, callDeadlineMs } = options;
  const desks = new Map<string, Promise<VenueDesk>>();
  const open = new Map<VenueId, VenueDesk>();
  const transports: CcxtTransport[] = [];

  const openDesk = async (venue: Venue, network: string, testnet: boolean): Promise<VenueDesk> => {
    const gate = createEgressGate({
      venue: network,
      policy: options.egress,
      // A request that had half of a call to itself was not cut short by what came before it.
      patienceMs: callDeadlineMs / 2,
      clock,
      logger,
    });
    const local = options.localVenues?.[venue.id];
    const seed = await createCcxtSeed({
      venue: options.venues[venue.id],
      testnet,
      gate,
      fetch: local === undefined ? (await openTransport()).fetch : localFetch(local, calls),
      calls,
      clock,
      logger,
      throttle: options.throttle && local === undefined,
      callDeadlineMs,
      marketsMaxAgeMs: options.marketsMaxAgeMs,
    });
    const desk = { network, seed, gate };
    if (!testnet) open.set(venue.id, desk);
    return desk;
  };

  /** Venues share no connections: one that leaves requests hanging holds its own only. */
  const openTransport = async (): Promise<CcxtTransport> => {
    const transport = await createCcxtTransport({ calls, clock, sandboxUrl: options.sandboxUrl });
    transports.push(transport);
    return transport;
  };

  return {
    of: (venue, testnet = false) => {
      // ccxt's class of another venue may inherit the test hosts of its parent.
      if (testnet && venue.testMarkets === undefined) return Promise.reject(noTestNetwork(venue));
      const network = testnet ? `${venue.id} testnet` : venue.id;
      const known = desks.get(network);
      if (known !== undefined) return known;
      const desk = openDesk(venue, network, testnet);
      desks.set(network, desk);
      desk.catch(() => desks.delete(network));
      return desk;
    },
    states: () => [...open].map(([venueId, desk]) => stateOf(venueId, desk)),
    close: async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
};

const noTestNetwork = ({ displayName }: Venue): AppError =>
  new AppError('not_supported', `${displayName} has no test network`);

const stateOf = (venueId: VenueId, { seed, gate }: VenueDesk): VenueState => {
  const { state } = gate;
  const markets = seed.marketsState;
  return {
    venueId,
    circuit: state.circuit,
    consecutiveFailures: state.consecutiveFailures,
    stoppedUntil: instant(state.stoppedUntilMs),
    lastSuccessAt: instant(state.lastSuccessMs),
    lastFailureAt: instant(state.lastFailureMs),
    latencyMs: state.latencyMs ?? null,
    callsInFlight: state.callsInFlight,
    marketsCount: markets?.count ?? null,
    marketsLoadedAt: instant(markets?.loadedMs),
  };
};

const instant = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();
