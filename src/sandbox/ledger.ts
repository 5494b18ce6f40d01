/** The one book behind all venues: who holds which key, what the key may do, and what lies on the account. */
import { type DecimalString, add, isZero } from '../shared/money.ts';
import { type AccountActivity, emptyActivity } from './account-activity.ts';
import type { ScriptedFault } from './fault-kinds.ts';
import { type SandboxKeys, VENUE_IDS, type VenueId } from './venue-keys.ts';
import type { Wallet } from './wallets.ts';

export type Permission = 'read' | 'trade' | 'withdraw';

export interface Holding {
  readonly free: DecimalString;
  readonly locked: DecimalString;
}

export interface Position {
  /** The venue's own id of the contract, e.g. `BTCUSDT`, `BTC-USDT-SWAP`. */
  readonly contract: string;
  /** Signed: negative is short. */
  readonly amount: DecimalString;
  readonly entryPrice: DecimalString;
  /** Locked in the margin asset for it; positions made by the admin API have none. */
  readonly margin?: DecimalString;
}

export interface SandboxAccount {
  readonly venue: VenueId;
  readonly keys: SandboxKeys;
  /** Numbers the account at its venue. */
  readonly uid: number;
  readonly openedAtMs: number;
  permissions: ReadonlySet<Permission>;
  ipRestricted: boolean;
  /** null: the key does not expire. */
  expiresAtMs: number | null;
  hedgeMode: boolean;
  positions: readonly Position[];
  /** How many past trades the account has; the trades themselves are computed. */
  tradeCount: number;
  readonly wallets: Record<Wallet, Map<string, Holding>>;
  /** The greatest nonce seen (kraken). */
  lastNonce: bigint;
  readonly activity: AccountActivity;
  /** Faults that strike whoever uses this key, besides those of the fault book. */
  faults: readonly ScriptedFault[];
  /** Amounts of signed answers come as JSON numbers instead of strings. */
  bareNumbers: boolean;
}

type NewAccount = Pick<SandboxAccount, 'venue' | 'keys' | 'permissions' | 'ipRestricted' | 'openedAtMs'> &
  Partial<Pick<SandboxAccount, 'expiresAtMs' | 'hedgeMode' | 'positions' | 'tradeCount'>>;

export interface Ledger {
  /** Throws RangeError when the ledger is full or the key is taken. */
  open(account: NewAccount): SandboxAccount;
  find(venue: VenueId, apiKey: string): SandboxAccount | undefined;
  /** Of any venue. */
  findByKey(apiKey: string): SandboxAccount | undefined;
  close(account: SandboxAccount): void;
  readonly size: number;
}

/** About 1 KB each: the ledger stays under 200 MB. */
const MOST_ACCOUNTS = 150_000;
const FIRST_UID = 350_100_000;

export const createLedger = (): Ledger => {
  const books = new Map<VenueId, Map<string, SandboxAccount>>(VENUE_IDS.map((venue) => [venue, new Map()]));
  let opened = 0;

  const book = (venue: VenueId): Map<string, SandboxAccount> =>
    books.get(venue) ?? new Map<string, SandboxAccount>();
  const size = (): number => VENUE_IDS.reduce((count, venue) => count + book(venue).size, 0);

  return {
    get size() {
      return size();
    },
    open: (input) => {
      if (size() >= MOST_ACCOUNTS)
        throw new RangeError(`the sandbox holds at most ${MOST_ACCOUNTS} accounts`);
      if (book(input.venue).has(input.keys.api_key)) throw new RangeError('an account with this key exists');
      opened += 1;
      const account: SandboxAccount = {
        expiresAtMs: null,
        hedgeMode: false,
        positions: [],
        tradeCount: 0,
        ...input,
        uid: FIRST_UID + opened * 7,
        wallets: {
          spot: new Map(),
          margin: new Map(),
          linear: new Map(),
          inverse: new Map(),
          funding: new Map(),
        },
        lastNonce: -1n,
        activity: emptyActivity(),
        faults: [],
        bareNumbers: false,
      };
      book(input.venue).set(input.keys.api_key, account);
      return account;
    },
    find: (venue, apiKey) => book(venue).get(apiKey),
    findByKey: (apiKey) =>
      VENUE_IDS.map((venue) => book(venue).get(apiKey)).find((account) => account !== undefined),
    close: (account) => {
      book(account.venue).delete(account.keys.api_key);
    },
  };
};

/** Sets what is held of an asset; nothing at all removes it. */
export const setHolding = (
  account: SandboxAccount,
  wallet: Wallet,
  asset: string,
  holding: Holding,
): void => {
  if (isZero(holding.free) && isZero(holding.locked)) account.wallets[wallet].delete(asset);
  else account.wallets[wallet].set(asset, holding);
};

export const totalOf = (holding: Holding): DecimalString => add(holding.free, holding.locked);

export const isExpired = (account: SandboxAccount, nowMs: number): boolean =>
  account.expiresAtMs !== null && account.expiresAtMs <= nowMs;
