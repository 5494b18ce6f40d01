/** Orders as they are kept on an account: made, ended, and forgotten when there are too many. */
import type { DecimalString } from '../shared/money.ts';
import type { SandboxOrder, TimeInForce } from './account-activity.ts';
import type { SandboxAccount } from './ledger.ts';
import type { Wallet } from './wallets.ts';

const MOST_ORDERS = 1_000;

/** What of a new order goes into its record as it came. */
interface Wanted extends Pick<SandboxOrder, 'market' | 'side' | 'type'> {
  readonly clientId?: string | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly positionSide?: 'long' | 'short' | undefined;
}

export const newOrder = (
  wanted: Wanted,
  known: {
    id: number;
    wallet: Wallet;
    amount: DecimalString;
    limit: DecimalString | null;
    timeInForce: TimeInForce;
    nowMs: number;
  },
): SandboxOrder => ({
  id: known.id,
  clientId: wanted.clientId ?? '',
  wallet: known.wallet,
  market: wanted.market,
  side: wanted.side,
  type: wanted.type,
  timeInForce: known.timeInForce,
  price: known.limit,
  amount: known.amount,
  createdAtMs: known.nowMs,
  reduceOnly: wanted.reduceOnly ?? false,
  positionSide: wanted.positionSide ?? null,
  reserved: null,
  status: 'open',
  fill: null,
  updatedAtMs: known.nowMs,
  seenMs: known.nowMs,
});

export const closeOrder = (order: SandboxOrder, status: SandboxOrder['status'], atMs: number): void => {
  order.status = status;
  order.updatedAtMs = atMs;
};

/** Keeps a new order, and lets go of the oldest closed one. */
export const keepOrder = ({ activity }: SandboxAccount, order: SandboxOrder): void => {
  activity.orders.push(order);
  if (activity.orders.length <= MOST_ORDERS) return;
  const oldest = activity.orders.findIndex((order) => order.status !== 'open');
  if (oldest >= 0) activity.orders.splice(oldest, 1);
};
