/** Balances of stored keys: what was last synced, a sync on request, and what was held at earlier times. */
import type { Actor } from '../../auth/actor.ts';
import { AppError } from '../../shared/errors.ts';
import { createWalletStore, type Wallet } from '../accounts/wallet-store.ts';
import type { AskedExchange, ChosenCredential, CredentialChoice } from '../credentials/credential-choice.ts';
import { createCredentialStore } from '../credentials/credential-store.ts';
import { type BalanceSyncDeps, createBalanceSync } from './balance-sync.ts';
import { createHeldAssetStore, type HeldAsset } from './held-asset-store.ts';
import { createHistoryStore, type PastBalance } from './history-store.ts';

/** Which exchange's balances, and with which keys; undefined: the oldest active ones. */
export interface BalanceQuestion {
  readonly exchange: AskedExchange;
  readonly credentialId: string | undefined;
}

export interface ExchangeBalances {
  /** Ordered by asset. */
  readonly balances: readonly HeldAsset[];
  readonly lastSync: Date | null;
}

export interface HistoryRange {
  readonly asset: string;
  /** Both inclusive; undefined: without bound. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly limit: number;
}

export interface BalanceHistory {
  /** Newest first. */
  readonly records: readonly PastBalance[];
  /** Of all that match. */
  readonly total: number;
}

export interface ExchangeBalanceService {
  /** What was last synced, of one asset or of all; asks the exchange when nothing was yet. Throws as `sync` does. */
  read(actor: Actor, question: BalanceQuestion, asset: string | undefined): Promise<ExchangeBalances>;
  /** Throws as choosing the keys does, and every error of the port. */
  sync(actor: Actor, question: BalanceQuestion): Promise<ExchangeBalances>;
  /** Also of keys that are switched off or deleted. */
  history(actor: Actor, question: BalanceQuestion, range: HistoryRange): Promise<BalanceHistory>;
}

export interface ExchangeBalanceServiceDeps extends BalanceSyncDeps {
  readonly credentials: CredentialChoice;
}

export const createExchangeBalanceService = (deps: ExchangeBalanceServiceDeps): ExchangeBalanceService => {
  const { database, credentials, clock } = deps;
  const syncBalances = createBalanceSync(deps);

  const findWallet = (actor: Actor, { credentialId, marketCode }: ChosenCredential) =>
    createWalletStore(database.session(actor.tenantId)).find(credentialId, marketCode);

  const makeWallet = async (actor: Actor, chosen: ChosenCredential): Promise<Wallet> => {
    const { credentialId, generation, marketCode } = chosen;
    await database.transact(actor.tenantId, async (session) => {
      if (!(await createCredentialStore(session).lockAt(credentialId, generation))) throw changedMeanwhile();
      const at = new Date(clock.now()).toISOString();
      await createWalletStore(session).ensure(credentialId, marketCode, at);
    });
    const wallet = await findWallet(actor, chosen);
    if (wallet === undefined) throw changedMeanwhile();
    return wallet;
  };

  const syncWallet = async (actor: Actor, chosen: ChosenCredential): Promise<Wallet> => {
    const wallet = (await findWallet(actor, chosen)) ?? (await makeWallet(actor, chosen));
    await syncBalances(actor, { kind: 'credential', ...chosen, ...wallet });
    return (await findWallet(actor, chosen)) ?? wallet;
  };

  const held = async (
    actor: Actor,
    { id, syncedAt }: Wallet,
    asset: string | undefined,
  ): Promise<ExchangeBalances> => ({
    balances: await createHeldAssetStore(database.session(actor.tenantId)).list(id, asset),
    lastSync: syncedAt,
  });

  return {
    async read(actor, { exchange, credentialId }, asset) {
      const chosen = await credentials.choose(actor, exchange, credentialId);
      const wallet = await findWallet(actor, chosen);
      const isSynced = wallet !== undefined && wallet.syncedAt !== null;
      return held(actor, isSynced ? wallet : await syncWallet(actor, chosen), asset);
    },

    async sync(actor, { exchange, credentialId }) {
      const chosen = await credentials.choose(actor, exchange, credentialId);
      return held(actor, await syncWallet(actor, chosen), undefined);
    },

    async history(actor, { exchange, credentialId }, { limit, ...range }) {
      const chosen = await credentials.choosePast(actor, exchange, credentialId);
      const filter = { credentialId: chosen.credentialId, marketCode: chosen.marketCode, ...range };
      const store = createHistoryStore(database.session(actor.tenantId));
      const [records, total] = await Promise.all([store.page(filter, limit), store.count(filter)]);
      return { records, total };
    },
  };
};

const changedMeanwhile = (): AppError =>
  new AppError(
    'service_unavailable',
    'These keys were being changed at the same moment; send the request again',
  );
