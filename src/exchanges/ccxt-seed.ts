/**
 * One credential-less instance per venue: it downloads the markets that all instances of the venue share, keeps them to
 * the venue's request limit, and knows how far the venue's clock is from ours.
 */
import type { Clock } from '../shared/clock.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { type CcxtBlueprint, createCcxtBlueprint } from './ccxt-blueprint.ts';
import type { CallRunner } from './ccxt-call.ts';
import { isClockSkew, isLimit, isRefusedKey } from './ccxt-errors.ts';
import { badResponse, type CcxtExchange, type FetchImplementation, loadCcxtClass } from './ccxt-exchange.ts';
import { guardCcxtClass } from './ccxt-guard.ts';
import { LONGEST_BAN_MS } from './ccxt-transport.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import type { EgressGate } from './egress-gate.ts';
import { createRateWindow, type RateWindow } from '../shared/rate-window.ts';

export interface CcxtSeed {
  /** The instance as it is, with markets or without. */
  readonly instance: CcxtExchange;
  /** The instance, with markets. Loads them on the first call and refreshes old ones behind the caller's back. */
  ready(): Promise<CcxtExchange>;
  /** A new instance without keys, on the seed's markets and kept to `limit`, which is one of `createLimit`. */
  build(limit: RateWindow): Promise<CcxtExchange>;
  /** What the private requests of one key are kept to: its own measure, or the one that all requests share. */
  createLimit(): RateWindow;
  /** Gives the instance the newest markets. */
  update(instance: CcxtExchange): void;
  /** Whether the venue may have refused a call because of the time that it was signed with. */
  mayBeSkewed(error: unknown): boolean;
  /**
   * Measures the venue's clock; callers at the same time share one measurement. Answers whether it differs from what
   * was believed of it.
   */
  adjustClock(): Promise<boolean>;
  /** Our clock as the venue sees it, in milliseconds. */
  venueTime(): number;
  /** The same in the unit of the venue's nonces. */
  timeNonce(): number;
  /** The markets as they are now; undefined: never loaded. */
  readonly marketsState: { readonly count: number; readonly loadedMs: number } | undefined;
}

export interface CcxtSeedOptions {
  readonly venue: CcxtVenue;
  /** Speak to the venue's test network. */
  readonly testnet?: boolean;
  readonly gate: EgressGate;
  readonly fetch: FetchImplementation;
  readonly calls: CallRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keep to the venue's request limit; off against the sandbox, which has none. */
  readonly throttle: boolean;
  readonly callDeadlineMs: number;
  readonly marketsMaxAgeMs: number;
}

// Binance lists 3,000 markets in about 16 MB.
const MARKETS_LIMIT_BYTES = 64 * 1024 * 1024;
const TIME_LIMIT_BYTES = 64 * 1024;
// A market download is larger than a call and nobody waits for all of it.
const MARKETS_DEADLINES = 3;
// Binance sends Retry-After with a ban; its shortest ban is two minutes.
const DEFAULT_BAN_MS = 120_000;
const NOTABLE_SKEW_MS = 5_000;
// The rest is for requests that ccxt counts too low, and for other programs behind this address.
const SHARE_OF_LIMIT = 0.9;
const DEFAULT_WINDOW = { windowMs: 1_000, countedBy: 'address' } as const;
// Old markets serve on; a venue that cannot list them now is asked again after about this long.
const MARKETS_RETRY_MS = 60_000;
const BANNED_UNTIL = /banned until (\d{13})\b/;

export const createCcxtSeed = async (options: CcxtSeedOptions): Promise<CcxtSeed> => {
  const { venue, gate, calls, clock, logger } = options;

  const ccxtClass = guardCcxtClass(await loadCcxtClass(venue.ccxtId), {
    venue,
    pass: (request) => {
      const scope = calls.current();
      const noted = (): ReturnType<typeof request> =>
        request().catch((error: unknown) => {
          // Some venues ban with a status of their own.
          if (isLimit(error) && scope?.retryAfterMs !== undefined)
            gate.stopUntil(clock.now() + scope.retryAfterMs);
          throw error;
        });
      return gate.pass(scope, noted);
    },
    onLimited: (status, body) => {
      const told = calls.current()?.retryAfterMs ?? bannedForMs(body, clock);
      const waitMs = told ?? (status === 418 ? DEFAULT_BAN_MS : undefined);
      if (waitMs !== undefined) gate.stopUntil(clock.now() + waitMs);
      return waitMs;
    },
  });
  const config = {
    // Amounts keep their digits.
    number: String,
    enableRateLimit: options.throttle,
    timeout: options.callDeadlineMs * MARKETS_DEADLINES,
    enableLastHttpResponse: false,
    options: venue.options,
    has: { fetchCurrencies: false },
    ...(options.testnet === true && { sandbox: true }),
  };
  const seed = new ccxtClass(config);
  seed.fetchImplementation = options.fetch;
  seed.milliseconds = () => clock.now();
  // Proxies are not offered; looking for their packages in vain cost a tenth of a call.
  const noProxies = Promise.resolve();
  seed.proxiesModulesLoading = noProxies;
  const { windowMs, countedBy } = venue.requestWindow ?? DEFAULT_WINDOW;
  const createMeasure = (): RateWindow =>
    createRateWindow({
      windowMs,
      capacity: (SHARE_OF_LIMIT * windowMs) / seed.rateLimit,
      now: () => clock.now(),
    });
  const addressLimit = createMeasure();
  const throttlerOf = (limit: RateWindow): object => ({
    // With `number: String` some venues' costs are texts.
    throttle: (cost: unknown = 1) => gate.throttle(calls.current(), limit, Number.parseFloat(String(cost))),
  });
  seed.throttler = throttlerOf(addressLimit);

  let blueprint: Promise<CcxtBlueprint> | undefined;
  let loading: Promise<void> | undefined;
  let measuring: Promise<boolean> | undefined;
  let loadedMs: number | undefined;
  let staleMs = 0;

  /** Jitter keeps venues that were loaded together from being reloaded together. */
  const reloadAfter = (waitMs: number): void => {
    staleMs = clock.now() + waitMs * (0.9 + 0.2 * Math.random());
  };

  const load = async (): Promise<void> => {
    const limits = {
      deadlineMs: options.callDeadlineMs * MARKETS_DEADLINES,
      limitBytes: MARKETS_LIMIT_BYTES,
    };
    // Always a forced load: ccxt would otherwise repeat the outcome of a failed one for ever.
    await calls.run(limits, async (scope) => {
      const before = seed.markets;
      await gate.retrying(scope, () => seed.loadMarkets(true));
      if (Object.keys(seed.markets ?? {}).length > 0) return;
      seed.markets = before;
      throw badResponse();
    });
    loadedMs = clock.now();
    reloadAfter(options.marketsMaxAgeMs);
  };

  const loadShared = (): Promise<void> => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  const timeDifference = (): number => {
    const difference = seed.options['timeDifference'];
    return typeof difference === 'number' && Number.isFinite(difference) ? difference : 0;
  };

  const venueTime = (): number => clock.now() - timeDifference();

  /** A clock that is told in seconds jitters by more than one. */
  const measureClock = async (): Promise<boolean> => {
    const believed = timeDifference();
    await seed.loadTimeDifference();
    return Math.abs(timeDifference() - believed) >= NOTABLE_SKEW_MS;
  };

  return {
    instance: seed,

    ready: async () => {
      if (loadedMs === undefined) await loadShared();
      else if (clock.now() >= staleMs) {
        reloadAfter(Math.min(MARKETS_RETRY_MS, options.marketsMaxAgeMs));
        loadShared().catch((error: unknown) =>
          logger.warn('markets not refreshed', { venue: venue.ccxtId, ...errorFields(error) }),
        );
      }
      return seed;
    },

    createLimit: () => (countedBy === 'key' ? createMeasure() : addressLimit),

    build: async (limit) => {
      blueprint ??= createCcxtBlueprint(ccxtClass, config);
      const instance = (await blueprint).build();
      instance.setMarketsFromExchange(seed);
      instance.fetchImplementation = options.fetch;
      instance.throttler = throttlerOf(limit);
      instance.proxiesModulesLoading = noProxies;
      // Some venues sign with these and not with the nonce.
      instance.milliseconds = venueTime;
      instance.seconds = () => Math.floor(venueTime() / 1_000);
      return instance;
    },

    update: (instance) => {
      if (instance.markets !== seed.markets) instance.setMarketsFromExchange(seed);
    },

    mayBeSkewed: (error) =>
      seed.has['fetchTime'] === true &&
      (isClockSkew(error) || (venue.refusesSkewAsKey === true && isRefusedKey(error))),

    adjustClock: async () => {
      // A call of its own: the caller that started it may give up while others still wait for the answer.
      measuring ??= calls
        .run({ deadlineMs: options.callDeadlineMs, limitBytes: TIME_LIMIT_BYTES }, measureClock)
        .then((differs) => {
          logger.info('exchange clock measured', { venue: venue.ccxtId, offsetMs: timeDifference() });
          return differs;
        })
        .finally(() => {
          measuring = undefined;
        });
      return await measuring;
    },

    venueTime,

    timeNonce: () => Math.floor(venueTime() / (venue.nonceUnitMs ?? 1)),

    get marketsState() {
      return loadedMs === undefined ? undefined : { count: Object.keys(seed.markets ?? {}).length, loadedMs };
    },
  };
};

/** From Binance's words; undefined when it says nothing, or nothing of this world. */
const bannedForMs = (body: string, clock: Clock): number | undefined => {
  const until = BANNED_UNTIL.exec(body)?.[1];
  if (until === undefined) return undefined;
  const waitMs = Number.parseInt(until, 10) - clock.now();
  return waitMs > 0 && waitMs <= LONGEST_BAN_MS ? waitMs : undefined;
};
