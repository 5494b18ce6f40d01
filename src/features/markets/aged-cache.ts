/** Answers of a venue that many callers share: kept for a while, loaded once at a time, served on while it is down. */
import type { Clock } from '../../shared/clock.ts';

export interface Aged<T> {
  readonly value: T;
  /** When the venue told it, in milliseconds. */
  readonly asOfMs: number;
}

export interface AgedCache<T> {
  /** Throws the error of `load` when nothing usable is kept. */
  get(key: string, load: () => Promise<Aged<T>>): Promise<Aged<T>>;
  /**
   * What is known at once, be it a failure: something newer is loaded behind the caller's back. Waits only where
   * nothing usable is known.
   */
  latest(key: string, load: () => Promise<Aged<T>>): Promise<Aged<T>>;
}

export interface AgedCacheOptions {
  /** How long an answer is given out without asking again. */
  readonly freshMs: number;
  /** How long it stands in for one that cannot be had. */
  readonly usableMs: number;
  /** How many answers are kept; the one asked for longest ago goes first. */
  readonly capacity: number;
  /** How long a failure with nothing to stand in for it is given out without asking again; 0 when not given. */
  readonly failureMs?: number;
  readonly clock: Clock;
  /** An older answer was given out in place of a new one. */
  readonly onStale: (key: string, error: unknown) => void;
}

interface Entry<T> {
  kept: Aged<T> | undefined;
  /** By our own clock: the venue's, or custody's, may differ. */
  loadedMs: number;
  /** Until then the venue is not asked again. */
  restUntilMs: number;
  loading: Promise<Aged<T>> | undefined;
  /** The newest load's, with nothing kept to stand in for it. */
  failure: { readonly error: unknown; readonly atMs: number } | undefined;
}

/** How long a failure is good enough for those who want to know at once. */
const FAILURE_STANDS_MS = 30_000;

export const createAgedCache = <T>(options: AgedCacheOptions): AgedCache<T> => {
  const { freshMs, usableMs, capacity, clock, onStale, failureMs = 0 } = options;
  const entries = new Map<string, Entry<T>>();

  const entryOf = (key: string): Entry<T> => {
    const entry = entries.get(key) ?? newEntry<T>();
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= capacity) break;
      entries.delete(oldest);
    }
    return entry;
  };

  const isUsable = ({ loadedMs }: Entry<T>): boolean => clock.now() - loadedMs < usableMs;

  const refresh = async (key: string, entry: Entry<T>, load: () => Promise<Aged<T>>): Promise<Aged<T>> => {
    try {
      const loaded = await load();
      entry.kept = loaded;
      entry.loadedMs = clock.now();
      entry.failure = undefined;
      return loaded;
    } catch (error) {
      const { kept } = entry;
      if (kept === undefined || !isUsable(entry)) {
        entry.failure = { error, atMs: clock.now() };
        throw error;
      }
      onStale(key, error);
      return kept;
    } finally {
      entry.loading = undefined;
      if (entry.kept !== undefined) entry.restUntilMs = clock.now() + freshMs;
    }
  };

  const isFresh = (entry: Entry<T>): boolean => clock.now() < entry.restUntilMs && isUsable(entry);
  const failedWithin = (entry: Entry<T>, ms: number): boolean =>
    entry.failure !== undefined && clock.now() - entry.failure.atMs < ms;

  const get: AgedCache<T>['get'] = async (key, load) => {
    const entry = entryOf(key);
    if (entry.kept !== undefined && isFresh(entry)) return entry.kept;
    if (failedWithin(entry, failureMs)) throw entry.failure?.error;
    entry.loading ??= refresh(key, entry, load);
    return await entry.loading;
  };

  return {
    get,
    latest: async (key, load) => {
      const entry = entryOf(key);
      const { kept, failure } = entry;
      const newer = get(key, load);
      // Whoever waits for it hears of its failure; here it comes too late to matter.
      newer.catch(() => undefined);
      if (kept !== undefined && isUsable(entry)) return kept;
      if (failure !== undefined && failedWithin(entry, FAILURE_STANDS_MS)) throw failure.error;
      return await newer;
    },
  };
};

const newEntry = <T>(): Entry<T> => ({
  kept: undefined,
  loadedMs: 0,
  restUntilMs: 0,
  loading: undefined,
  failure: undefined,
});
