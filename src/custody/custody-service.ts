/** Custody's use cases: find or take the sealed record, write down why it is opened, open it, ask the venue. */
import { createHash } from 'node:crypto';
import type { Catalog } from '../exchanges/catalog.ts';
import type { CcxtAdapter } from '../exchanges/ccxt-adapter.ts';
import type { KeyedCall } from '../exchanges/ccxt-keyed-instances.ts';
import type { ChainWallets } from '../exchanges/chains/chain-wallets.ts';
import type { ExchangeKeys } from '../exchanges/exchange.ts';
import type { CallContext, CredentialRef } from '../exchanges/exchange-call.ts';
import { createBoundedCache } from '../shared/bounded-cache.ts';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { credentialName } from './credential-name.ts';
import { createCustodyStats } from './custody-stats.ts';
import type { CustodyStore, TenantKeyRow } from './custody-store.ts';
import { type DecryptBudget, OverBudget } from './decrypt-budget.ts';
import type { FreezeSwitch } from './freeze-switch.ts';
import type { KeyChain } from './key-chain.ts';
import { createMarketHandlers } from './market-handlers.ts';
import { oldGeneration, openKeys, refusedBlob, sealedKeyId } from './open.ts';
import { frozen, type OpeningLog } from './opening-log.ts';
import type { RpcCall, RpcHandlers } from './rpc-server.ts';
import type { TenantLimits } from './tenant-limits.ts';
import { createTradeHandlers } from './trade-handlers.ts';
import { createVenueDataHandlers } from './venue-data-handlers.ts';
import { createWalletHandlers } from './wallet-handlers.ts';

export interface CustodyServiceDeps {
  readonly store: CustodyStore;
  readonly keyChain: KeyChain;
  readonly openings: OpeningLog;
  readonly budget: DecryptBudget;
  readonly limits: Pick<TenantLimits, 'openingsPerMinute'>;
  readonly freeze: FreezeSwitch;
  readonly adapter: CcxtAdapter;
  readonly wallets: ChainWallets;
  readonly catalog: Catalog;
  readonly logger: Logger;
}

const KNOWN_OLD_ROWS = 1_000;

interface SealedRecord {
  /** The venue that is going to be called. */
  readonly venueId: string;
  readonly sealed: string;
  readonly testnet: boolean;
  findKey(): Promise<TenantKeyRow | undefined>;
}

export const createCustodyService = (deps: CustodyServiceDeps): RpcHandlers => {
  const { store, keyChain, openings, budget, limits, freeze, adapter, wallets, catalog, logger } = deps;

  const refusedRows = createBoundedCache<true>(KNOWN_OLD_ROWS);

  const stats = createCustodyStats();

  const keyedCall = async (
    context: CallContext,
    ref: CredentialRef,
    marketCodes: readonly string[],
    call: RpcCall,
  ): Promise<KeyedCall> => {
    await freeze.assertThawed();
    const record = await findRecord(context, ref, marketCodes);
    const { sealed, testnet } = record;
    if (testnet) for (const code of marketCodes) assertTestMarket(catalog, code);
    return {
      credential: credentialName(ref),
      // The digest keeps an instance made from one blob from serving another that claims the same place.
      version: `${ref.generation}:${testnet ? 'test' : 'real'}:${createHash('sha256').update(sealed).digest('base64')}`,
      testnet,
      deadlineMs: call.deadlineMs,
      signal: call.signal,
      openKeys: () => open(context, ref, record),
    };
  };

  /** An older row was put in the place of a newer one, whole: only what is kept elsewhere tells. */
  const refuseOldRow = async (context: CallContext, ref: CredentialRef, least: number): Promise<never> => {
    const { tenantId, credentialId, generation } = ref;
    const { purpose, requestId } = context;
    adapter.forget(credentialName(ref));
    const error = oldGeneration(credentialId, generation, least);
    logger.error('an older row of sealed keys was put back', { tenantId, credentialId, generation, least });
    // Once: whoever asks again and again must not fill the chain.
    const name = `${credentialName(ref)}:${generation}`;
    if (refusedRows.get(name) === undefined) {
      refusedRows.set(name, true);
      await store.recordRefusal(tenantId, { credentialId, purpose, requestId }, `refused; ${error.message}`);
    }
    throw error;
  };

  const findRecord = async (
    context: CallContext,
    ref: CredentialRef,
    marketCodes: readonly string[],
  ): Promise<SealedRecord> => {
    const [venueId, ...others] = new Set(marketCodes.map((code) => catalog.getMarket(code).venue.id));
    if (venueId === undefined || others.length > 0) {
      throw new AppError('not_found', 'The account types are not of one exchange');
    }
    if (ref.sealed !== undefined) {
      const { sealed, testnet = false } = ref;
      return { venueId, sealed, testnet, findKey: () => store.findKey(ref.tenantId, sealedKeyId(sealed)) };
    }
    const stored = await store.findCredential(ref.tenantId, ref.credentialId);
    if (stored?.venue !== venueId || stored.generation !== ref.generation) {
      adapter.forget(credentialName(ref));
      throw new AppError('not_found', 'There is no such credential');
    }
    if (stored.generation < stored.leastGeneration) await refuseOldRow(context, ref, stored.leastGeneration);
    const { sealed, testnet } = stored;
    return { venueId, sealed, testnet: ref.testnet ?? testnet, findKey: () => Promise.resolve(stored.key) };
  };

  const open = async (
    context: CallContext,
    ref: CredentialRef,
    record: SealedRecord,
  ): Promise<ExchangeKeys> => {
    const { requestId, purpose } = context;
    const { tenantId, credentialId } = ref;
    const opening = { credentialId, purpose, requestId };
    try {
      const row = await record.findKey();
      if (row === undefined) throw refusedBlob();
      budget.take(tenantId, await limits.openingsPerMinute(tenantId));
      await openings.record(tenantId, opening);
      stats.noteOpening(purpose);
      const privateKey = await keyChain.privateKey(tenantId, row);
      return await openKeys(record.sealed, { ...ref, venueId: record.venueId }, { id: row.id, privateKey });
    } catch (error) {
      stats.noteRefusal();
      if (error instanceof OverBudget && error.isFirst)
        await store.recordRefusal(tenantId, opening, `over the budget of a minute: ${error.whose}`);
      logger.error('sealed keys not opened', { tenantId, credentialId, requestId, ...errorFields(error) });
      if (error instanceof AppError) throw error;
      // Further out, an unknown error counts as the exchange's; this one is our own.
      throw new AppError('unknown_error', 'Unknown error occurred', { cause: error });
    }
  };

  return {
    stats: () => Promise.resolve(stats.read(budget.left())),
    ping: () => Promise.resolve({ venues: catalog.venues.map(({ id }) => id), frozen: freeze.isFrozen }),
    ensureTenantKey: async ({ tenantId }) => {
      if (freeze.isFrozen) throw frozen();
      return await keyChain.ensureTenantKey(tenantId);
    },
    connect: async ({ context, ref, marketCodes }, call) => {
      const keyed = await keyedCall(context, ref, marketCodes, call);
      let isStored = ref.sealed === undefined;
      try {
        const connection = await adapter.connect(keyed, marketCodes);
        isStored ||= context.purpose === 'connect';
        return connection;
      } finally {
        // Nobody will use them again: they must neither lie about nor push out keys that are in use.
        if (!isStored) adapter.forget(keyed.credential);
      }
    },
    fetchAccount: async ({ context, ref, marketCode }, call) =>
      adapter.fetchAccount(await keyedCall(context, ref, [marketCode], call), marketCode),
    fetchTransfers: async ({ context, ref, marketCode, since }, call) =>
      adapter.fetchTransfers(await keyedCall(context, ref, [marketCode], call), marketCode, since),
    fetchWallet: ({ wallet }, call) => wallets.fetchWallet(wallet, call),
    ...createMarketHandlers(adapter, keyedCall),
    ...createTradeHandlers(adapter, keyedCall),
    ...createWalletHandlers(adapter, keyedCall),
    ...createVenueDataHandlers(adapter),
    venueStates: () => Promise.resolve(adapter.venueStates()),
    fetchPrices: ({ venueId }, call) => adapter.fetchPrices(venueId, call.deadlineMs),
  };
};

const assertTestMarket = (catalog: Catalog, marketCode: string): void => {
  const { venue } = catalog.getVenueMarket(marketCode);
  if (venue.testMarkets === undefined)
    throw new AppError('not_supported', `${venue.displayName} has no test network`);
  if (!venue.testMarkets.includes(catalog.getMarket(marketCode).market.code))
    throw new AppError('not_supported', `The test network of ${venue.displayName} has no such account type`);
};
