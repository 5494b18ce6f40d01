/** The adapter's calls about BNB fees and dust; nobody is asked where the venue does not declare them. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Catalog, PerVenue } from './catalog.ts';
import type { Ask } from './ccxt-ask.ts';
import type { CcxtExchange } from './ccxt-exchange.ts';
import type { KeyedCall } from './ccxt-keyed-instances.ts';
import type { CcxtVenue, WalletOperations } from './ccxt-venue.ts';
import type { Venue, WalletExtra } from './venue.ts';
import type { BnbBurn, DustAssets } from './wallet-port.ts';

export interface CcxtWallets {
  fetchBnbBurn(call: KeyedCall, marketCode: string): Promise<BnbBurn>;
  setBnbBurn(call: KeyedCall, marketCode: string, spot: boolean): Promise<BnbBurn>;
  fetchDustAssets(call: KeyedCall, marketCode: string): Promise<DustAssets>;
}

export interface CcxtWalletsDeps {
  readonly catalog: Pick<Catalog, 'getVenueMarket'>;
  readonly venues: PerVenue<CcxtVenue>;
  readonly clock: Clock;
  readonly withKeys: <T>(
    call: KeyedCall,
    venue: Venue,
    work: (ask: Ask, instance: { readonly exchange: CcxtExchange }) => Promise<T>,
  ) => Promise<T>;
}

export const createCcxtWallets = ({ catalog, venues, clock, withKeys }: CcxtWalletsDeps): CcxtWallets => {
  const withExtra = async <K extends keyof WalletOperations, T>(
    call: KeyedCall,
    marketCode: string,
    extra: WalletExtra,
    name: K,
    operate: (exchange: CcxtExchange, operation: NonNullable<WalletOperations[K]>) => Promise<T>,
  ): Promise<T> => {
    const { venue } = catalog.getVenueMarket(marketCode);
    const operation = venue.extras?.includes(extra) === true ? venues[venue.id].wallet?.[name] : undefined;
    if (operation === undefined)
      throw new AppError('not_supported', `${venue.displayName} has no such operation`);
    return await withKeys(call, venue, (ask, { exchange }) => ask(() => operate(exchange, operation)));
  };

  return {
    fetchBnbBurn: (call, marketCode) =>
      withExtra(call, marketCode, 'bnbBurn', 'bnbBurn', (exchange, { read }) => read(exchange)),
    setBnbBurn: (call, marketCode, spot) =>
      withExtra(call, marketCode, 'bnbBurn', 'bnbBurn', (exchange, { set }) => set(exchange, spot)),
    fetchDustAssets: (call, marketCode) =>
      withExtra(call, marketCode, 'dustAssets', 'readDust', async (exchange, read) => ({
        ...(await read(exchange)),
        asOf: new Date(clock.now()).toISOString(),
      })),
  };
};
