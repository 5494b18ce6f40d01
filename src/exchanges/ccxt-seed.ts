/**
 * One credential-less instance per venue: it downloads the markets that all instances of the venue share, carries the
 * venue's throttler, and knows how far the venue's clock is from ours.
 */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { type CcxtBlueprint, createCcxtBlueprint } from './ccxt-blueprint.ts';
import type { CallRunner } from './ccxt-call.ts';
import { isClockSkew, isRefusedKey } from './ccxt-errors.ts';
import { badResponse, type CcxtExchange, type FetchImplementation, loadCcxtClass } from './ccxt-exchange.ts';
import { guardCcxtClass } from './ccxt-guard.ts';
import type { CcxtVenue } from './ccxt-venue.ts';

export interface CcxtSeed {
  /** The instance, with markets. Loads them on the first call and refreshes old ones behind the caller's back. */
  ready(): Promise<CcxtExchange>;
  /** A new instance without keys, on the seed's markets and throttler. */
  build(): Promise<CcxtExchange>;
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
  /** Throws exchange_rate_limited while the venue bans this address. */
  assertNotBanned(): void;
}

export interface CcxtSeedOptions {
  readonly venue: CcxtVenue;
  readonly fetch: FetchImplementation;
  readonly calls: CallRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keep to the venue's request limits; off against the sandbox, which has none. */
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

export const createCcxtSeed = async (options: CcxtSeedOptions): Promise<CcxtSeed> => {
  const { venue, calls, clock, logger } = options;
  let bannedUntil = 0;
  const ban = (): void => {
    bannedUntil = clock.now() + (calls.current()?.retryAfterMs ?? DEFAULT_BAN_MS);
    logger.warn('exchange bans this address', { venue: venue.ccxtId, untilMs: bannedUntil });
  };

  const ccxtClass = guardCcxtClass(await loadCcxtClass(venue.ccxtId), venue, ban);
  const config = {
    // Amounts keep their digits.
    number: String,
    enableRateLimit: options.throttle,
    timeout: options.callDeadlineMs * MARKETS_DEADLINES,
    enableLastHttpResponse: false,
    options: venue.options,
    has: { fetchCurrencies: false },
  };
  const seed = new ccxtClass(config);
  seed.fetchImplementation = options.fetch;
  seed.milliseconds = () => clock.now();
  // Proxies are not offered; looking for their packages in vain cost a tenth of a call.
  const noProxies = Promise.resolve();
  seed.proxiesModulesLoading = noProxies;

  let blueprint: Promise<CcxtBlueprint> | undefined;
  let loading: Promise<void> | undefined;
  let measuring: Promise<boolean> | undefined;
  let loadedOnce = false;
  let staleAt = 0;

  const load = async (): Promise<void> => {
    const limits = {
      deadlineMs: options.callDeadlineMs * MARKETS_DEADLINES,
      limitBytes: MARKETS_LIMIT_BYTES,
    };
    // Always a forced load: ccxt would otherwise repeat the outcome of a failed one for ever.
    await calls.run(limits, async () => {
      const before = seed.markets;
      await seed.loadMarkets(true);
      if (Object.keys(seed.markets ?? {}).length > 0) return;
      seed.markets = before;
      throw badResponse();
    });
    loadedOnce = true;
    // Jitter keeps venues that were loaded together from being reloaded together.
    staleAt = clock.now() + options.marketsMaxAgeMs * (0.9 + 0.2 * Math.random());
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
    ready: async () => {
      if (!loadedOnce) await loadShared();
      else if (clock.now() >= staleAt) {
        // Old markets serve on; a failed refresh is tried again with the next call.
        loadShared().catch((error: unknown) =>
          logger.warn('markets not refreshed', { venue: venue.ccxtId, ...errorFields(error) }),
        );
      }
      return seed;
    },

    build: async () => {
      blueprint ??= createCcxtBlueprint(ccxtClass, config);
      const instance = (await blueprint).build();
      instance.setMarketsFromExchange(seed);
      instance.fetchImplementation = options.fetch;
      instance.throttler = seed.throttler;
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

    assertNotBanned: () => {
      const retryAfterMs = bannedUntil - clock.now();
      if (retryAfterMs <= 0) return;
      throw new AppError('exchange_rate_limited', 'The exchange limits our requests', {
        details: { retryAfterMs },
      });
    },
  };
};
