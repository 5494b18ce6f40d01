/** Stores what a sync brought in one transaction: transfers, balances, snapshots, and the profits that follow from them. */
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Transfers, VenueAccount } from '../../exchanges/exchange.ts';
import type { Account } from '../accounts/account.ts';
import type { PriceBook } from '../markets/price-book.ts';
import { createEquityStore, type EquityBases } from '../profit/equity-store.ts';
import { computeProfits, dayStart, type EquityPoint, monthStart, type Profits } from '../profit/profit.ts';
import { createTransferStore } from '../transfers/transfer-store.ts';
import { countTransfer } from '../transfers/transfer-valuation.ts';
import { createBalanceStore, type SyncResult } from './balance-store.ts';
import { valueBalances } from './valuation.ts';

export interface Sync extends Omit<SyncResult, 'profits' | 'transfersReadUntil'> {
  /**
   * 'none': the venue lists none. 'unknown': asking failed; the stored profits then stay as they were, because a
   * deposit would pass for one, and the next sync that is answered computes them again.
   */
  readonly transfers: Transfers | 'none' | 'unknown';
  readonly prices: Pick<PriceBook, 'price'>;
}

/** undefined: the account was removed meanwhile, or a newer answer is already stored. */
export const recordSync = (
  database: TenantDatabase,
  tenantId: string,
  accountId: number,
  sync: Sync,
): Promise<Account | undefined> =>
  database.transact(tenantId, async (session) => {
    const at = new Date(sync.asOf);
    const bases = await createEquityStore(session).lockBases(accountId, {
      month: monthStart(at),
      day: dayStart(at),
    });
    if (bases === undefined || (bases.previousAt !== null && bases.previousAt > at)) return undefined;
    const { transfers, prices, ...result } = sync;
    const isKnown = transfers !== 'unknown';
    if (isKnown && transfers !== 'none') {
      const times = {
        firstSnapshot: bases.first?.at ?? null,
        readUntil: bases.transfersReadUntil,
        snapshot: at,
      };
      const counted = transfers.transfers.map((transfer) => countTransfer(transfer, prices.price, times));
      await createTransferStore(session).insert(accountId, counted);
    }
    return createBalanceStore(session).record(accountId, {
      ...result,
      profits: isKnown ? await profitsOf(session, accountId, bases, sync) : null,
      transfersReadUntil: isKnown && transfers !== 'none' ? transfers.asOf : null,
    });
  });

/** Stores what a venue answered besides a sync. The profits stay until the next one: it reads deposits and withdrawals too. */
export const recordAnswer = async (
  database: TenantDatabase,
  tenantId: string,
  accountId: number,
  found: VenueAccount,
  prices: Pick<PriceBook, 'price'>,
): Promise<void> => {
  await recordSync(database, tenantId, accountId, {
    valuation: valueBalances(found.balances, prices.price),
    openPositions: found.openPositions,
    hedgeModeEnabled: found.hedgeModeEnabled,
    asOf: found.asOf,
    transfers: 'unknown',
    prices,
  });
};

const profitsOf = async (
  session: TenantSession,
  accountId: number,
  bases: EquityBases,
  { asOf, valuation }: Sync,
): Promise<Profits> => {
  const now: EquityPoint = { at: new Date(asOf), btc: valuation.btcAmount, usd: valuation.usdAmount };
  if (bases.first === null) return computeProfits([now], []);
  const net = await createTransferStore(session).netSince(accountId, {
    from: bases.first.at,
    until: now.at,
    cuts: [bases.month?.at ?? null, bases.day?.at ?? null],
  });
  const points = [bases.first, bases.month, bases.day, now].filter((point) => point !== null);
  return computeProfits(points, net);
};
