/** What deposits and withdrawals changed an account's equity by, and since when they are in it. Pure. */
import type { Transfer } from '../../exchanges/exchange.ts';
import { add, type DecimalString, multiply, round, subtract } from '../../shared/money.ts';
import type { AssetPrice } from '../markets/price-book.ts';

/** A transfer as it counts; values are negative when money left. */
export interface CountedTransfer extends Transfer {
  readonly btcValue: DecimalString;
  readonly usdValue: DecimalString;
  readonly countedAt: Date;
}

/** What is known of the account when a transfer is first seen. */
export interface SightTimes {
  /** Its first snapshot; null: it has none. */
  readonly firstSnapshot: Date | null;
  /** Up to when its transfers had been read before; null: never. */
  readonly readUntil: Date | null;
  /** The snapshot of this sync. */
  readonly snapshot: Date;
}

// As fine as balances are valued.
const VALUE_PLACES = 12;

/** At the prices of the sync that first sees it; the fee of a withdrawal left the account with it. */
export const countTransfer = (
  transfer: Transfer,
  priceOf: (asset: string) => AssetPrice,
  times: SightTimes,
): CountedTransfer => {
  const worth = (unit: keyof AssetPrice): DecimalString => {
    const amount = valueOf(transfer.amount, priceOf(transfer.asset)[unit]);
    if (transfer.kind === 'deposit') return amount;
    const { fee } = transfer;
    const withFee = fee === null ? amount : add(amount, valueOf(fee.amount, priceOf(fee.asset)[unit]));
    return subtract('0', withFee);
  };
  return {
    ...transfer,
    btcValue: worth('btc'),
    usdValue: worth('usd'),
    countedAt: countedAt(transfer, times),
  };
};

const valueOf = (amount: DecimalString, price: DecimalString | null): DecimalString =>
  price === null ? '0' : round(multiply(amount, price), VALUE_PLACES);

/**
 * A withdrawal leaves the balance when it is asked for. A deposit arrives later than it begins: one that had begun when
 * transfers were last read, and was not completed then, arrived since, so it counts with this snapshot.
 */
const countedAt = ({ kind, at }: Transfer, { firstSnapshot, readUntil, snapshot }: SightTimes): Date => {
  const began = new Date(at);
  const wasThereAtFirst = firstSnapshot === null || began <= firstSnapshot;
  if (kind === 'withdrawal' || wasThereAtFirst || readUntil === null || began > readUntil) return began;
  return snapshot;
};
