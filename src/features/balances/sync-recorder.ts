/** Stores what a sync brought in one transaction: transfers, balances, snapshots, and the profits that follow from them. */
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Transfers, VenueAccount } from '../../exchanges/exchange.ts';
import type { Account } from '../accounts/account.ts';
import { unlockEvents } from '../credentials/credential-events.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';
import type { PriceBook } from '../markets/price-book.ts';
import { createEquityStore, type EquityBases } from '../profit/equity-store.ts';
import { computeProfits, dayStart, type EquityPoint, monthStart, type Profits } from '../profit/profit.ts';
import { createTransferStore } from '../transfers/transfer-store.ts';
import { countTransfer } from '../transfers/transfer-valuation.ts';
import { createBalanceStore, type RecordedSync, type SyncResult } from './balance-store.ts';
import { valueBalances } from './valuation.ts';

export interface Sync extends Omit<SyncResult, 'profits' | 'transfersReadUntil'> {
  /**
   * 'none': the venue lists none. 'unknown': asking failed; the stored profits then stay as they were, because a
   * deposit would pass for one, and the next sync that is answered computes them again.
   */
  readonly transfers: Transfers | 'none' | 'unknown';
  readonly prices: Pick<PriceBook, 'price'>;
  /** For events; undefined: no request asked for it. */
  readonly requestId: string | undefined;
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
    const { transfers, prices, requestId, ...result } = sync;
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
    const recorded = await createBalanceStore(session).record(accountId, {
      ...result,
      profits: isKnown ? await profitsOf(session, accountId, bases, sync) : null,
      transfersReadUntil: isKnown && transfers !== 'none' ? transfers.asOf : null,
    });
    if (recorded === undefined) return undefined;
    await createEventStore(session).appendAll([
      ...(bases.isLockedByKeys && recorded.isConnected ? unlockEvents([accountId], requestId) : []),
      ...syncEvents(recorded, sync),
    ]);
    return recorded.account;
  });

/** Prices alone are no news. */
const syncEvents = (recorded: RecordedSync, { asOf, requestId }: Sync): NewEvent[] => {
  const { account, isConnected, changedCount, changedAssets } = recorded;
  if (changedCount === 0) return [];
  const data = {
    account_id: isConnected ? account.id : null,
    credential_id: account.credentialId,
    market_code: account.marketCode,
    synced_at: asOf,
    usd_amount: account.usdAmount,
    btc_amount: account.btcAmount,
    changed_assets: changedAssets,
    changed_count: changedCount,
  };
  return [{ type: 'balance.synced', data, requestId }];
};

/** Stores what a venue answered besides a sync. The profits stay until the next one: it reads deposits and withdrawals too. */
export const recordAnswer = async (
  database: TenantDatabase,
  tenantId: string,
  accountId: number,
  found: VenueAccount,
  prices: Pick<PriceBook, 'price'>,
  requestId: string | undefined,
): Promise<void> => {
  await recordSync(database, tenantId, accountId, {
    valuation: valueBalances(found.balances, prices.price),
    openPositions: found.openPositions,
    hedgeModeEnabled: found.hedgeModeEnabled,
    asOf: found.asOf,
    transfers: 'unknown',
    prices,
    requestId,
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
