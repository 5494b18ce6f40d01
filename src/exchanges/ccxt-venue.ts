/** What custody must know of a venue beyond its declaration: how to ask it, and how to read what it says. */
import type { AppError } from '../shared/errors.ts';
import type { CcxtExchange, JsonObject } from './ccxt-exchange.ts';
import type { TradeSource } from './ccxt-trade-source.ts';
import type { KeyRights } from './exchange.ts';
import type { BnbBurn, DustAssets } from './wallet-port.ts';

interface PositionFacts {
  readonly openPositions: number;
  readonly hedgeModeEnabled: boolean;
}

/** One for each extra that the venue declares. They throw bad_response for an answer that is not of the venue's form. */
export interface WalletOperations {
  readonly bnbBurn?: {
    readonly read: (exchange: CcxtExchange) => Promise<BnbBurn>;
    /** Answers what then holds; setting it twice changes nothing. */
    readonly set: (exchange: CcxtExchange, spot: boolean) => Promise<BnbBurn>;
  };
  readonly readDust?: (exchange: CcxtExchange) => Promise<Omit<DustAssets, 'asOf'>>;
}

export interface CcxtVenue {
  readonly ccxtId: string;
  /** Merged into every instance, the credential-less one included. */
  readonly options: JsonObject;
  /** The nonce is a counter of the key rather than a time stamp: it must grow with every call. */
  readonly countingNonce: boolean;
  /** How long one unit of a nonce that is a time stamp is; 1 when not given. */
  readonly nonceUnitMs?: number;
  /**
   * Over which time the venue counts requests, and whether it counts private ones by key rather than by address. How
   * many fit is ccxt's to say (`rateLimit` and costs). When not given: by address, over a second.
   */
  readonly requestWindow?: { readonly windowMs: number; readonly countedBy: 'address' | 'key' };
  /** The venue has the same words for a wrong key and for a clock that is off. */
  readonly refusesSkewAsKey?: boolean;
  /** Parameters of fetchBalance by market code; a code that is missing here cannot be read. */
  readonly balanceParameters: Readonly<Record<string, JsonObject>>;
  /** Where ccxt asks for a part of the balance only; answers in ccxt's form, with the whole raw answer as `info`. */
  fetchBalance?(exchange: CcxtExchange, parameters: JsonObject): Promise<unknown>;
  /** Tickers of all spot markets where ccxt cannot ask for them in one call. */
  fetchTickers?(exchange: CcxtExchange): Promise<unknown>;
  /**
   * A cheap public request, where ccxt can ask neither for the venue's state nor for its time. Throws bad_response for
   * an answer that is not of the venue's form.
   */
  ping?(exchange: CcxtExchange): Promise<void>;
  /**
   * How deposits and withdrawals are listed: the longest span that one request may ask for, and what the end of a span
   * is called in ccxt's parameters. Absent: one request answers all that began since a moment.
   */
  readonly transferSpan?: { readonly longestMs: number; readonly until: string };
  /** Deposits and withdrawals where ccxt's are not exact or not all: rows in its form that began since `fromMs`. */
  listTransfers?(exchange: CcxtExchange, fromMs: number): Promise<readonly JsonObject[]>;
  /** How an account's own trades are listed, by market code; a code that is missing here cannot be read. */
  readonly trades?: Readonly<Record<string, TradeSource>>;
  /**
   * Whether a raw balance answer has the venue's own form; ccxt turns anything else into an empty balance.
   * An answer that is a list stands under `list`.
   */
  isBalance(info: JsonObject, marketCode: string): boolean;
  readonly readKeyRights: (exchange: CcxtExchange) => Promise<KeyRights>;
  /** Where the test network tells rights in another way. */
  readonly readTestKeyRights?: (exchange: CcxtExchange) => Promise<KeyRights>;
  /** What the venue offers beyond trading. */
  readonly wallet?: WalletOperations;
  /** Asked for market codes that hold contracts; `info` as in `isBalance`. */
  readPositions?(exchange: CcxtExchange, info: JsonObject, marketCode: string): Promise<PositionFacts>;
  /** The asset that a wallet code of the venue stands for, e.g. `BTC` for `BTC.F`; absent: codes are assets. */
  assetOf?(code: string): string;
  /** Errors that ccxt classes wrongly, told by the venue's own code; undefined: leave it to ccxt. */
  classify?(answer: unknown, status: number): AppError | undefined;
}
