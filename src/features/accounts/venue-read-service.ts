/** What a venue tells of an account besides its balances: leverage, open orders, networks, deposit addresses. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { CallContext, CredentialRef } from '../../exchanges/exchange-call.ts';
import type { AssetNetworks, DepositAddress } from '../../exchanges/market-port.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import type { DecimalString } from '../../shared/money.ts';
import { createHeldAssetStore, type Held } from '../balances/held-asset-store.ts';
import type { MarketService } from '../markets/market-service.ts';
import type { AccountCredential } from './account.ts';
import { createAccountStore } from './account-store.ts';
import { createKeyFailureLock } from './key-failure.ts';

export interface VenueReadService {
  /** Greatest leverage of a market of the account; null: what is traded there has none. */
  maxLeverage(actor: Actor, id: number, pair: string): Promise<DecimalString | null>;
  countOpenOrders(actor: Actor, id: number): Promise<number>;
  networks(actor: Actor, id: number, asset: string): Promise<AssetNetworks>;
  /** With what the newest sync found of the asset. */
  depositPlace(
    actor: Actor,
    id: number,
    asset: string,
    network: string,
  ): Promise<DepositAddress & { readonly held: Held }>;
}

export interface VenueReadServiceDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<
    ExchangePort,
    'fetchMaxLeverage' | 'countOpenOrders' | 'fetchNetworks' | 'fetchDepositAddress'
  >;
  readonly markets: Pick<MarketService, 'market'>;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly clock: Clock;
}

export const createVenueReadService = (deps: VenueReadServiceDeps): VenueReadService => {
  const { database, exchanges, markets, catalog } = deps;
  const withKeys = createKeyFailureLock(deps);

  const findOrigin = async (actor: Actor, id: number): Promise<AccountCredential> => {
    const origin = await createAccountStore(database.session(actor.tenantId)).findOrigin(id);
    if (origin === undefined) throw new AppError('not_found', 'Not Found');
    if (origin.kind === 'address')
      throw new AppError('not_supported', 'Nothing but the balances of an address can be asked for');
    return origin;
  };

  /** Calls the port for an account, with the context and the reference that name it. */
  const ask = <T>(
    actor: Actor,
    origin: AccountCredential,
    call: (context: CallContext, ref: CredentialRef) => Promise<T>,
  ): Promise<T> => {
    const { tenantId, requestId } = actor;
    const { credentialId, generation } = origin;
    return withKeys(actor, origin, () =>
      call({ requestId, purpose: 'read' }, { tenantId, credentialId, generation }),
    );
  };

  const readNetworks = async (
    actor: Actor,
    origin: AccountCredential,
    asset: string,
  ): Promise<AssetNetworks> => {
    const networks = await ask(actor, origin, (context, ref) =>
      exchanges.fetchNetworks(context, ref, origin.marketCode, asset),
    );
    if (networks === null) throw invalidParameters({ currency: ['does not have a valid value'] });
    return networks;
  };

  return {
    async maxLeverage(actor, id, pair) {
      const origin = await findOrigin(actor, id);
      const { marketCode } = origin;
      const market = await markets.market(marketCode, pair, actor.requestId);
      if (market.kind === 'spot' || market.maxLeverage !== null) return market.maxLeverage;
      return await ask(actor, origin, (context, ref) =>
        exchanges.fetchMaxLeverage(context, ref, marketCode, market.symbol),
      );
    },

    async countOpenOrders(actor, id) {
      const origin = await findOrigin(actor, id);
      return await ask(actor, origin, (context, ref) =>
        exchanges.countOpenOrders(context, ref, origin.marketCode),
      );
    },

    async networks(actor, id, asset) {
      return await readNetworks(actor, await findOrigin(actor, id), asset);
    },

    async depositPlace(actor, id, asset, network) {
      const origin = await findOrigin(actor, id);
      const { marketCode } = origin;
      if (!catalog.getMarket(marketCode).market.flags.depositEnabled)
        throw new AppError('not_supported', 'Nothing can be deposited to this account type');
      // Asked for first: an address of a network that the venue does not list would lose what is sent there.
      const { networks } = await readNetworks(actor, origin, asset);
      if (!networks.some(({ id: name }) => name === network))
        throw invalidParameters({ network: ['does not have a valid value'] });
      const address = await ask(actor, origin, (context, ref) =>
        exchanges.fetchDepositAddress(context, ref, marketCode, { asset, network }),
      );
      const held = await createHeldAssetStore(database.session(actor.tenantId)).find(id, asset);
      return { ...address, held };
    },
  };
};
