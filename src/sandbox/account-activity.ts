/** What an account did: its orders, its fills, its transfers, and settings that it changed itself. */
import type { DecimalString } from '../shared/money.ts';
import type { SpotMarket } from './market-list.ts';
import type { Wallet } from './wallets.ts';

export type Side = 'buy' | 'sell';
export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'post_only';
type OrderStatus = 'open' | 'filled' | 'canceled' | 'expired';

/** One trade. The past of an account is computed in the same form (trade-history.ts). */
export interface Trade {
  /** Grows with time; unique at the venue. */
  readonly id: number;
  readonly orderId: number;
  readonly market: SpotMarket;
  readonly side: Side;
  readonly maker: boolean;
  readonly price: DecimalString;
  readonly amount: DecimalString;
  /** In the quote asset; of inverse contracts in the base. */
  readonly cost: DecimalString;
  readonly fee: DecimalString;
  /** Code of the asset that the fee was taken in. */
  readonly feeAsset: string;
  readonly timeMs: number;
}

export interface Fill extends Trade {
  readonly wallet: Wallet;
}

/** Filled whole or not at all: at its one price the simulated market has enough for everybody. */
export interface SandboxOrder {
  /** Unique in the sandbox, growing. */
  readonly id: number;
  /** The caller's own id, empty when none was given. */
  readonly clientId: string;
  readonly wallet: Wallet;
  readonly market: SpotMarket;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  readonly timeInForce: TimeInForce;
  /** null: at the market's price. */
  readonly price: DecimalString | null;
  /** Of the base asset, or contracts. */
  readonly amount: DecimalString;
  readonly createdAtMs: number;
  /** Contracts only: may only make a position smaller. */
  readonly reduceOnly: boolean;
  /** Contracts in hedge mode: which of the two positions it changes. */
  readonly positionSide: 'long' | 'short' | null;
  /** What lies locked for it while it is open. */
  reserved: { readonly asset: string; readonly amount: DecimalString } | null;
  status: OrderStatus;
  fill: Fill | null;
  updatedAtMs: number;
  /** Up to when the price path was looked at. */
  seenMs: number;
}

/** Money that came or left over a chain or a bank. */
export interface Transfer {
  /** Unique in the sandbox. */
  readonly id: number;
  readonly type: 'deposit' | 'withdrawal';
  readonly asset: string;
  readonly amount: DecimalString;
  /** Withdrawals: on top of the amount. */
  readonly fee: DecimalString;
  /** Id as in asset-networks.ts; empty for money. */
  readonly network: string;
  readonly address: string;
  readonly tag: string;
  readonly txId: string;
  readonly status: 'pending' | 'done' | 'failed';
  readonly timeMs: number;
}

/** Balances that were converted together; all amounts but the first in the target. */
export interface DustConversion {
  readonly timeMs: number;
  readonly rows: readonly {
    readonly asset: string;
    readonly amount: DecimalString;
    readonly received: DecimalString;
    readonly fee: DecimalString;
  }[];
}

export interface AccountActivity {
  /** Oldest first. */
  orders: SandboxOrder[];
  readonly fills: Fill[];
  readonly transfers: Transfer[];
  /** Binance: pay fees of spot trades, or margin interest, in BNB. */
  spotBnbBurn: boolean;
  interestBnbBurn: boolean;
  /** Binance: small balances that were converted, oldest first. */
  readonly dustConversions: DustConversion[];
}

export const emptyActivity = (): AccountActivity => ({
  orders: [],
  fills: [],
  transfers: [],
  spotBnbBurn: false,
  interestBnbBurn: false,
  dustConversions: [],
});
