/** Asks venues through ccxt: one call with keys or without, inside its deadline, answered in the port's terms. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Catalog, PerVenue } from './catalog.ts';
import { type Ask, askWith } from './ccxt-ask.ts';
import { toBalances, toPrices } from './ccxt-balances.ts';
import { createCallRunner } from './ccxt-call.ts';
import { createCcxtContracts } from './ccxt-contracts.ts';
import { createCcxtDesks, type VenueDesk } from './ccxt-desks.ts';
import { limited } from './ccxt-errors.ts';
import { badResponse, isObject, type JsonObject, loadCcxtBase } from './ccxt-exchange.ts';
import type { LocalVenue } from './ccxt-local-venue.ts';
import { createKeyedInstances, type KeyedInstance, type KeyedCall } from './ccxt-keyed-instances.ts';
import { type CcxtMarkets, createCcxtMarkets } from './ccxt-markets.ts';
import { createCcxtProbes } from './ccxt-probes.ts';
import { createCcxtTickers } from './ccxt-tickers.ts';
import { type CcxtTrades, createCcxtTrades } from './ccxt-trades.ts';
import { readTransfers } from './ccxt-transfers.ts';
import { type CcxtVenueData, createCcxtVenueData } from './ccxt-venue-data.ts';
import { type CcxtWallets, createCcxtWallets } from './ccxt-wallets.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import { DEFAULT_EGRESS_POLICY, type EgressPolicy } from './egress-gate.ts';
import type { Connection, TickerPrices, Transfers, VenueAccount } from './exchange.ts';
import type { VenueState } from './venue-state.ts';
import type { Venue } from './venue.ts';

export interface CcxtAdapter extends CcxtMarkets, CcxtTrades, CcxtVenueData, CcxtWallets {
  connect(call: KeyedCall, marketCodes: readonly string[]): Promise<Connection>;
  fetchAccount(call: KeyedCall, marketCode: string): Promise<VenueAccount>;
  fetchPrices(venueId: string, deadlineMs: number): Promise<TickerPrices>;
  fetchTransfers(call: KeyedCall, marketCode: string, since: string): Promise<Transfers>;
  /** Wipes the keys of a credential, e.g. when its row is gone. */
  forget(credential: string): void;
  /** Wipes all keys, or those of the credentials whose names begin so. */
  forgetAll(prefix?: string): void;
  venueStates(): VenueState[];
  close(): Promise<void>;
}

export interface CcxtAdapterOptions {
  readonly catalog: Catalog;
  readonly venues: PerVenue<CcxtVenue>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sandboxUrl?: string | undefined;
  /** Keep to the venues' request limits; when not given, live venues only: the sandbox has none. */
  readonly throttle?: boolean | undefined;
  readonly egress?: EgressPolicy | undefined;
  /** Venues that this process plays itself, instead of reaching them over HTTP. */
  readonly localVenues?: Partial<PerVenue<LocalVenue>> | undefined;
  /** Bound of one call with all its requests and retries. */
  readonly callDeadlineMs: number;
  /** How many instances with keys are kept. */
  readonly privateInstances: number;
  readonly marketsMaxAgeMs: number;
}

// A private answer lists at most a venue's assets and positions.
const PRIVATE_LIMIT_BYTES = 8 * 1024 * 1024;
const PUBLIC_LIMIT_BYTES = 32 * 1024 * 1024;

export const createCcxtAdapter = async (options: CcxtAdapterOptions): Promise<CcxtAdapter> => {
  const { catalog, clock, logger } = options;
  const calls = createCallRunner(logger, clock);
  await loadCcxtBase();
  const instances = createKeyedInstances(options.privateInstances);
  const desks = createCcxtDesks({
    ...options,
    calls,
    egress: options.egress ?? DEFAULT_EGRESS_POLICY,
    throttle: options.throttle ?? options.sandboxUrl === undefined,
  });

  const withKeys = <T>(
    call: KeyedCall,
    venue: Venue,
    work: (ask: Ask, instance: KeyedInstance) => Promise<T>,
  ): Promise<T> => {
    const limits = {
      deadlineMs: Math.min(call.deadlineMs, options.callDeadlineMs),
      limitBytes: PRIVATE_LIMIT_BYTES,
      signal: call.signal,
      credential: call.credential,
    };
    const { countingNonce } = options.venues[venue.id];
    return calls.run(limits, async (scope) => {
      const desk = await desks.of(venue, call.testnet);
      const { seed, network } = desk;
      const source = { network, countingNonce, seed, openKeys: () => call.openKeys() };
      const useInstance = (instance: KeyedInstance): Promise<T> =>
        instance.lane.run(scope.signal, async () => {
          const pausedMs = instance.pause.untilMs - clock.now();
          if (pausedMs > 0) throw limited(pausedMs);
          seed.update(instance.exchange);
          try {
            return await work(askWith(desk, scope), instance);
          } catch (error) {
            instance.pause.untilMs = clock.now() + limitOf(error);
            throw error;
          }
        });
      try {
        return await desk.gate.admit(async () => {
          await seed.ready();
          return await instances.use(call, source, useInstance);
        });
      } catch (error) {
        if (error instanceof AppError && error.code === 'invalid_credentials')
          instances.forget(call.credential);
        throw error;
      }
    });
  };

  const readAccount = async (
    ask: Ask,
    { exchange }: KeyedInstance,
    venue: Venue,
    marketCode: string,
  ): Promise<VenueAccount> => {
    const part = options.venues[venue.id];
    const parameters = part.balanceParameters[marketCode];
    if (parameters === undefined)
      throw new AppError('not_supported', 'Balances of this account type cannot be read');
    const answer = await ask(
      () => part.fetchBalance?.(exchange, parameters) ?? exchange.fetchBalance(parameters),
    );
    const info = infoOf(answer);
    if (info === undefined || !part.isBalance(info, marketCode)) throw badResponse();
    const hasContracts = catalog.getVenueMarket(marketCode).market.supportedMarketTypes.includes('futures');
    const readPositions = hasContracts ? part.readPositions?.bind(part) : undefined;
    const positions =
      readPositions === undefined
        ? { openPositions: 0, hedgeModeEnabled: false }
        : await ask(() => readPositions(exchange, info, marketCode));
    return {
      marketCode,
      balances: toBalances(answer, (code) => part.assetOf?.(code) ?? code),
      ...positions,
      asOf: now(),
    };
  };

  const now = (): string => new Date(clock.now()).toISOString();

  const withoutKeys = <T>(
    venue: Venue,
    deadlineMs: number,
    work: (ask: Ask, desk: VenueDesk) => Promise<T>,
  ): Promise<T> => {
    const limits = {
      deadlineMs: Math.min(deadlineMs, options.callDeadlineMs),
      limitBytes: PUBLIC_LIMIT_BYTES,
    };
    return calls.run(limits, async (scope) => {
      const desk = await desks.of(venue);
      return await desk.gate.admit(() => work(askWith(desk, scope), desk));
    });
  };

  /** Waits for work that others share, which goes on without this caller. */
  const within = <T>(deadlineMs: number, work: () => Promise<T>): Promise<T> =>
    calls.run({ deadlineMs, limitBytes: PUBLIC_LIMIT_BYTES }, work);
  const loadTickers = createCcxtTickers({ ...options, withoutKeys });
  const contracts = createCcxtContracts(options);

  return {
    connect: async (call, marketCodes) => {
      const venue = venueOf(catalog, marketCodes);
      return await withKeys(call, venue, async (ask, instance) => {
        const part = options.venues[venue.id];
        const readRights = (call.testnet === true ? part.readTestKeyRights : undefined) ?? part.readKeyRights;
        const rights = await ask(() => readRights(instance.exchange));
        const accounts: VenueAccount[] = [];
        for (const marketCode of marketCodes)
          accounts.push(await readAccount(ask, instance, venue, marketCode));
        return { rights, accounts };
      });
    },

    fetchAccount: async (call, marketCode) => {
      const { venue } = catalog.getVenueMarket(marketCode);
      return await withKeys(call, venue, (ask, instance) => readAccount(ask, instance, venue, marketCode));
    },

    fetchTransfers: async (call, marketCode, since) => {
      const { venue } = catalog.getVenueMarket(marketCode);
      return await withKeys(call, venue, async (ask, { exchange }) => {
        const asOf = now();
        const transfers = await readTransfers(ask, exchange, options.venues[venue.id], {
          fromMs: Date.parse(since),
          untilMs: Date.parse(asOf),
        });
        return { transfers, asOf };
      });
    },

    fetchPrices: async (venueId, deadlineMs) => {
      const venue = catalog.getVenue(venueId);
      const { tickers, markets, asOf } = await within(deadlineMs, () => loadTickers(venue));
      return { prices: toPrices(tickers, markets), asOf };
    },

    ...createCcxtWallets({ catalog, venues: options.venues, clock, withKeys }),
    ...createCcxtTrades({ ...options, contracts, withKeys, withoutKeys }),
    ...createCcxtMarkets({ catalog, contracts, clock, withKeys, withoutKeys }),
    ...createCcxtVenueData({
      catalog,
      contracts,
      clock,
      withoutKeys,
      loadTickers,
      probe: createCcxtProbes({ ...options, withoutKeys }),
      states: () => desks.states(),
      within,
    }),

    forget: (credential) => instances.forget(credential),
    forgetAll: (prefix) => instances.forgetAll(prefix),
    venueStates: () => desks.states(),

    close: async () => {
      instances.forgetAll();
      await desks.close();
    },
  };
};

/** How long the venue wants no requests with these keys; 0: it said no such thing. */
const limitOf = (error: unknown): number =>
  error instanceof AppError && error.code === 'exchange_rate_limited' ? (error.details.retryAfterMs ?? 0) : 0;

/** A raw answer that is a list stands under `list`. */
const infoOf = (answer: unknown): JsonObject | undefined => {
  const info: unknown = isObject(answer) ? answer['info'] : undefined;
  if (Array.isArray(info)) return { list: info };
  return isObject(info) ? info : undefined;
};

const venueOf = (catalog: Catalog, marketCodes: readonly string[]): Venue => {
  const [first, ...others] = marketCodes.map((code) => catalog.getVenueMarket(code).venue);
  if (first === undefined || others.some((venue) => venue !== first))
    throw new AppError('not_supported', 'Account types of one exchange are connected together');
  return first;
};
