/** A bounded set of instances that hold keys; the least recently used one is forgotten, keys first. */
import { createHash, randomBytes } from 'node:crypto';
import type { CcxtExchange } from './ccxt-exchange.ts';
import type { CcxtSeed } from './ccxt-seed.ts';
import { type CredentialLane, createCredentialLane } from './credential-lane.ts';
import type { RateWindow } from '../shared/rate-window.ts';
import type { ExchangeKeys } from './exchange.ts';

/** Which keys an instance holds: those of one sealed record at one generation. */
export interface KeyIdentity {
  /** Names the record; a newer version of it replaces the older instance. */
  readonly credential: string;
  readonly version: string;
}

/** A call that needs keys. */
export interface KeyedCall extends KeyIdentity {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The keys are for the venue's test network; part of the version. */
  readonly testnet?: boolean;
  /** Called at most once for as long as an instance with these keys is kept. */
  openKeys(): Promise<ExchangeKeys>;
}

export interface KeyedInstance {
  readonly exchange: CcxtExchange;
  readonly lane: CredentialLane;
  /** Until when the venue wants no requests with these keys, in milliseconds since 1970. */
  readonly pause: { untilMs: number };
}

/** What all records with one key pair have in common. */
interface SharedLane {
  readonly lane: CredentialLane;
  readonly limit: RateWindow;
  readonly pause: { untilMs: number };
  users: number;
}

interface OpenInstance extends KeyedInstance {
  /** Forgets the keys and what was last signed with them. */
  wipe(): void;
}

interface Entry {
  readonly version: string;
  readonly instance: Promise<OpenInstance>;
  users: number;
  dropped: boolean;
}

export interface KeyedInstances {
  /** Runs `work` with the instance; `openKeys` is called only when there is none yet. */
  use<T>(
    identity: KeyIdentity,
    source: KeyedSource,
    work: (instance: KeyedInstance) => Promise<T>,
  ): Promise<T>;
  forget(credential: string): void;
  /** All, or those whose names begin so. */
  forgetAll(prefix?: string): void;
  readonly size: number;
}

interface KeyedSource {
  /** The venue, and which of its networks. */
  readonly network: string;
  readonly countingNonce: boolean;
  readonly seed: CcxtSeed;
  openKeys(): Promise<ExchangeKeys>;
}

// A lane that is this full cannot finish before the deadline of its last call.
const MAX_WAITING = 200;

export const createKeyedInstances = (bound: number): KeyedInstances => {
  const entries = new Map<string, Entry>();
  // Lanes belong to the key pair, not to the record: the same keys under two records still share one nonce.
  const lanes = new Map<string, SharedLane>();
  const salt = randomBytes(32);

  const acquireLane = ({ network, seed }: KeyedSource, keys: ExchangeKeys) => {
    const name = createHash('sha256').update(salt).update(`${network}\0${keys.apiKey}`).digest('base64');
    const shared: SharedLane = lanes.get(name) ?? {
      lane: createCredentialLane(MAX_WAITING),
      limit: seed.createLimit(),
      pause: { untilMs: 0 },
      users: 0,
    };
    lanes.set(name, shared);
    shared.users += 1;
    return {
      lane: shared.lane,
      limit: shared.limit,
      pause: shared.pause,
      release: (): void => {
        shared.users -= 1;
        if (shared.users === 0) lanes.delete(name);
      },
    };
  };

  const open = async (source: KeyedSource): Promise<OpenInstance> => {
    const keys = await source.openKeys();
    const { lane, limit, pause, release } = acquireLane(source, keys);
    const exchange = await source.seed.build(limit).catch((error: unknown) => {
      release();
      throw error;
    });
    exchange.apiKey = keys.apiKey;
    exchange.secret = keys.secret;
    if (keys.passphrase !== undefined) exchange.password = keys.passphrase;
    if (keys.customerId !== undefined) exchange.uid = keys.customerId;
    exchange.nonce = source.countingNonce
      ? () => lane.nextNonce(source.seed.venueTime())
      : () => source.seed.timeNonce();
    return {
      exchange,
      lane,
      pause,
      wipe: () => {
        release();
        exchange.apiKey = '';
        exchange.secret = '';
        exchange.password = '';
        exchange.uid = '';
        exchange.last_request_url = undefined;
        exchange.last_request_headers = undefined;
        exchange.last_request_body = undefined;
      },
    };
  };

  const drop = (credential: string, entry: Entry): void => {
    if (entries.get(credential) === entry) entries.delete(credential);
    entry.dropped = true;
    if (entry.users === 0) wipe(entry);
  };

  const wipe = (entry: Entry): void => {
    // Whoever waits for a failed opening gets its error; here there is nothing to wipe.
    entry.instance.then(
      (instance) => instance.wipe(),
      () => undefined,
    );
  };

  const find = (identity: KeyIdentity, source: KeyedSource): Entry => {
    const known = entries.get(identity.credential);
    if (known !== undefined && known.version === identity.version) {
      entries.delete(identity.credential);
      entries.set(identity.credential, known);
      return known;
    }
    if (known !== undefined) drop(identity.credential, known);
    const entry: Entry = { version: identity.version, instance: open(source), users: 0, dropped: false };
    entries.set(identity.credential, entry);
    entry.instance.catch(() => drop(identity.credential, entry));
    for (const [credential, oldest] of entries) {
      if (entries.size <= bound) break;
      drop(credential, oldest);
    }
    return entry;
  };

  return {
    use: async (identity, source, work) => {
      const entry = find(identity, source);
      entry.users += 1;
      try {
        return await work(await entry.instance);
      } finally {
        entry.users -= 1;
        if (entry.dropped && entry.users === 0) wipe(entry);
      }
    },
    forget: (credential) => {
      const entry = entries.get(credential);
      if (entry !== undefined) drop(credential, entry);
    },
    forgetAll: (prefix = '') => {
      for (const [credential, entry] of entries) if (credential.startsWith(prefix)) drop(credential, entry);
    },
    get size() {
      return entries.size;
    },
  };
};
