/** Reads an account's own trades from its exchange and stores them: as far as time allows, and from there on the next time. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { CallContext } from '../../exchanges/exchange-call.ts';
import type { MarketFacts } from '../../exchanges/market-port.ts';
import type { Venue } from '../../exchanges/venue.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createKeyFailureLock } from '../accounts/key-failure.ts';
import type { ExchangeBalanceService } from '../balances/exchange-balance-service.ts';
import { createEventStore } from '../events/event-store.ts';
import type { AskedExchange, ChosenCredential, CredentialChoice } from '../credentials/credential-choice.ts';
import { guessSymbols, findSymbol } from './trade-symbols.ts';
import { createTradeSyncStore, type SyncLease, type TradeCursor } from './trade-sync-store.ts';
import { createTradeStore } from './trade-store.ts';
import type { TradeValuation } from './trade-valuation.ts';

export interface TradeSyncRequest {
  readonly exchange: AskedExchange;
  readonly credentialId: string | undefined;
  /** This market alone; undefined: all. */
  readonly symbol: string | undefined;
  /** From then on, whatever was read before; undefined: from where reading stands. */
  readonly since: Date | undefined;
  /** Trades that are asked for and stored at a time. */
  readonly limit: number;
}

/** What else a sync is asked that nobody waits for. */
export interface TradeSyncWatch {
  /** Aborted, it ends with the page that it is at. */
  readonly signal: AbortSignal;
  /** Called with each page that was stored. */
  onPage(page: TradeSyncPage): Promise<void>;
}

export interface TradeSyncPage {
  /** Market that it is of; null: of all. */
  readonly symbol: string | null;
  readonly symbolsSynced: number;
  readonly symbolsTotal: number;
  /** New trades of this sync so far. */
  readonly synced: number;
}

export interface TradeSyncResult {
  /** The market that was asked for, as the exchange spells it. */
  readonly symbol: string | null;
  /** Trades that are new. */
  readonly synced: number;
  /** Trades that were stored already. */
  readonly duplicates: number;
  /** How many markets have been read to their end, of how many; 1 where the exchange lists all together. */
  readonly symbolsSynced: number;
  readonly symbolsTotal: number;
  /** All of them have been; else the next sync goes on. */
  readonly isComplete: boolean;
  /** Why it ended early; null: it did not. What was stored until then stays. */
  readonly failure: AppError | null;
}

/**
 * Throws not_supported where trades cannot be read, not_found for an unknown market or where no keys are stored, conflict while another sync of the same wallet is
 * at work or when the keys are switched off. What goes wrong later is `failure`.
 */
export type SyncTrades = (
  actor: Actor,
  request: TradeSyncRequest,
  watch?: TradeSyncWatch,
) => Promise<TradeSyncResult>;

export interface TradeSyncDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'fetchTradeListing' | 'fetchTrades' | 'fetchMarkets'>;
  readonly credentials: Pick<CredentialChoice, 'choose'>;
  readonly balances: Pick<ExchangeBalanceService, 'read' | 'sync'>;
  readonly valueTrades: TradeValuation;
  readonly clock: Clock;
}

// A caller waits for the answer.
const WORK_MS = 20_000;
// Renewed with each page: longer than one takes, as short as a sync may be missed whose process died.
const LEASE_MS = 20_000;
const FORGOTTEN_MS = 86_400_000;

/** Told with each page, as what is stored stays stored when the sync ends early. */
const tell = async (
  session: TenantSession,
  { keys, actor }: Run,
  page: { readonly symbol: string | null; readonly newTrades: number; readonly isComplete: boolean },
): Promise<void> => {
  const accountId = await createTradeSyncStore(session).findAccountId(keys);
  await createEventStore(session).append({
    type: 'trades.synced',
    data: {
      account_id: accountId,
      credential_id: keys.credentialId,
      exchange: keys.venueId,
      symbol: page.symbol,
      new_trades: page.newTrades,
      is_complete: page.isComplete,
    },
    requestId: actor.requestId,
  });
};

/** A sync at work. */
interface Run {
  readonly actor: Actor;
  readonly request: TradeSyncRequest;
  readonly watch: TradeSyncWatch | undefined;
  readonly keys: ChosenCredential;
  readonly lease: SyncLease;
  readonly untilMs: number;
  readonly since: Date | null;
  symbol: string | null;
  synced: number;
  duplicates: number;
  symbolsSynced: number;
  symbolsTotal: number;
}

export const createTradeSync = (deps: TradeSyncDeps): SyncTrades => {
  const { database, exchanges, credentials, clock } = deps;
  const withKeys = createKeyFailureLock(deps);
  const now = (): Date => new Date(clock.now());
  const storeOf = ({ tenantId }: Actor) => createTradeSyncStore(database.session(tenantId));

  const acquire = async (actor: Actor, keys: ChosenCredential): Promise<SyncLease> => {
    const store = storeOf(actor);
    const lease = await store.acquire(keys, { id: randomUUID(), ms: LEASE_MS }, now());
    if (lease === undefined) throw busy(await store.leaseLeftMs(keys));
    return lease;
  };

  const contextOf = ({ requestId }: Actor): CallContext => ({ requestId, purpose: 'sync' });

  const refOf = ({ actor, keys: { credentialId, generation } }: Run) => ({
    tenantId: actor.tenantId,
    credentialId,
    generation,
  });

  const listMarkets = async ({ actor, keys }: Run): Promise<readonly MarketFacts[]> =>
    (await exchanges.fetchMarkets(contextOf(actor), keys.marketCode)).markets;

  /** What is held tells which markets to look at: an asset that nobody has asked for since would be missed. */
  const refreshBalances = async ({ actor, keys, request, lease }: Run): Promise<void> => {
    const question = { exchange: request.exchange, credentialId: keys.credentialId };
    const { lastSync } = await deps.balances.read(actor, question, undefined);
    if (lastSync === null || lastSync < lease.roundStartedAt) await deps.balances.sync(actor, question);
  };

  /** null: all markets together. */
  const findSymbols = async (run: Run): Promise<readonly (string | null)[]> => {
    const { actor, keys, request } = run;
    if (request.symbol !== undefined) {
      run.symbol = findSymbol(await listMarkets(run), request.symbol) ?? null;
      if (run.symbol === null)
        throw new AppError('not_found', `${request.exchange.name} has no market ${request.symbol}`);
      return [run.symbol];
    }
    const listing = await exchanges.fetchTradeListing(contextOf(actor), refOf(run), keys.marketCode);
    if (!listing.needsSymbol) return [null];
    await refreshBalances(run);
    const store = storeOf(actor);
    return guessSymbols(await listMarkets(run), {
      assets: await store.assets(keys.credentialId),
      traded: await store.symbols(keys.marketCode),
      open: listing.openSymbols,
    });
  };

  const work = async (run: Run): Promise<void> => {
    const { actor, keys, since, lease } = run;
    const symbols = await findSymbols(run);
    const cursors = new Map<string | null, TradeCursor>();
    for (const cursor of await storeOf(actor).cursors(keys, since)) cursors.set(cursor.symbol, cursor);
    // Of a reading from a moment, what is done is not done again before all is; else the oldest news come first.
    const completedMs = (symbol: string | null): number => cursors.get(symbol)?.completedAt?.getTime() ?? 0;
    const isDone = (symbol: string | null): boolean =>
      since === null ? completedMs(symbol) >= lease.roundStartedAt.getTime() : completedMs(symbol) > 0;
    const toRead = symbols
      .filter((symbol) => since === null || !isDone(symbol))
      .sort((a, b) => completedMs(a) - completedMs(b));
    const done = new Set(symbols.filter(isDone));
    run.symbolsTotal = symbols.length;
    run.symbolsSynced = done.size;
    for (const symbol of toRead) {
      if (!(await readToEnd(run, symbol, cursors.get(symbol)?.cursor ?? null))) return;
      run.symbolsSynced = done.add(symbol).size;
    }
  };

  /** false: there was no time left. */
  const readToEnd = async (run: Run, symbol: string | null, start: string | null): Promise<boolean> => {
    let cursor = start;
    while (clock.now() < run.untilMs && run.watch?.signal.aborted !== true) {
      const { trades, ...page } = await exchanges.fetchTrades(
        contextOf(run.actor),
        refOf(run),
        run.keys.marketCode,
        { symbol, cursor, since: run.since?.toISOString() ?? null, limit: run.request.limit },
      );
      const valued = await deps.valueTrades(run.keys.marketCode, trades, run.actor.requestId);
      cursor = page.cursor;
      const moved = { symbol, cursor, completedAt: page.isLast ? now() : null };
      const stored = await database.transact(run.actor.tenantId, async (session) => {
        const syncs = createTradeSyncStore(session);
        if (!(await syncs.renew(run.keys, { id: run.lease.leaseId, ms: LEASE_MS }))) throw overtaken();
        const store = createTradeStore(session);
        if (valued.length > 0) await store.takeTurn(run.keys.marketCode);
        const count = await store.insert(run.keys, valued);
        await syncs.moveCursor(run.keys, run.since, moved, now());
        if (count > 0) await tell(session, run, { symbol, newTrades: count, isComplete: page.isLast });
        return count;
      });
      run.synced += stored;
      run.duplicates += valued.length - stored;
      const { symbolsSynced, symbolsTotal, synced } = run;
      await run.watch?.onPage({ symbol, symbolsSynced, symbolsTotal, synced });
      if (page.isLast) return true;
    }
    return false;
  };

  /** Runs `work` to its end, or as far as the exchange lets it. */
  const finish = async (run: Run): Promise<TradeSyncResult> => {
    let failure: AppError | null = null;
    try {
      await withKeys(run.actor, run.keys, () => work(run));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failure = error;
    }
    const { symbol, synced, duplicates, symbolsSynced, symbolsTotal } = run;
    const isComplete = failure === null && symbolsSynced === symbolsTotal;
    return { symbol, synced, duplicates, symbolsSynced, symbolsTotal, isComplete, failure };
  };

  return async (actor, request, watch) => {
    assertListed(request.exchange.venue);
    const keys = await credentials.choose(actor, request.exchange, request.credentialId);
    const lease = await acquire(actor, keys);
    let isRoundOver = false;
    try {
      const since = request.since ?? null;
      const forgottenBefore = new Date(clock.now() - FORGOTTEN_MS);
      const result = await finish({
        actor,
        request,
        watch,
        keys,
        lease,
        since,
        untilMs: clock.now() + WORK_MS,
        symbol: null,
        synced: 0,
        duplicates: 0,
        symbolsSynced: 0,
        symbolsTotal: 0,
      });
      isRoundOver = result.isComplete && since === null && request.symbol === undefined;
      await storeOf(actor).dropSince(keys, result.isComplete ? since : null, forgottenBefore);
      return result;
    } finally {
      await storeOf(actor).release(keys, lease.leaseId, { isRoundOver });
    }
  };
};

const assertListed = ({ withoutTrades, displayName }: Venue): void => {
  if (withoutTrades === true)
    throw new AppError('not_supported', `Trades of ${displayName} cannot be read yet`);
};

const busy = (retryAfterMs: number): AppError =>
  new AppError('conflict', 'The trades of these exchange keys are being read already', {
    details: { retryAfterMs },
  });

const overtaken = (): AppError =>
  new AppError('conflict', 'Another request goes on with reading these trades');
