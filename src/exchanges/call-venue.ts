/** Which venue a call of the exchange port goes to, for whatever treats the calls of one venue alike. */
import type { Catalog } from './catalog.ts';
import type { ExchangePort } from './exchange.ts';

type VenueOf<Method extends keyof ExchangePort> = (
  ...values: Parameters<ExchangePort[Method]>
) => { readonly venueId: string } | { readonly marketCode: string | undefined } | undefined;

const ofVenue = (_context: unknown, venueId: string) => ({ venueId });
const ofMarket = (_context: unknown, marketCode: string) => ({ marketCode });
const ofKeys = (_context: unknown, _ref: unknown, marketCode: string) => ({ marketCode });

const WHERE: { readonly [Method in keyof ExchangePort]: VenueOf<Method> } = {
  connect: (_context, _ref, [marketCode]) => ({ marketCode }),
  fetchAccount: ofKeys,
  fetchTransfers: ofKeys,
  fetchWallet: (_context, { marketCode }) => ({ marketCode }),
  fetchPrices: ofVenue,
  fetchMarkets: ofMarket,
  fetchQuote: ofMarket,
  fetchMaxLeverage: ofKeys,
  countOpenOrders: ofKeys,
  fetchNetworks: ofKeys,
  fetchDepositAddress: ofKeys,
  fetchTradeListing: ofKeys,
  fetchTrades: ofKeys,
  fetchBnbBurn: ofKeys,
  setBnbBurn: ofKeys,
  fetchDustAssets: ofKeys,
  fetchListing: ofVenue,
  fetchTicker: ofVenue,
  fetchSpotQuotes: ofVenue,
  checkVenue: ofVenue,
  venueStates: () => undefined,
};

type Call = (...values: readonly unknown[]) => Promise<unknown>;

/**
 * The same port; calls of one venue go through `around`, which may refuse them. What the port has besides, and calls of
 * no venue, or of a market that nobody knows, pass by.
 */
export const interceptVenueCalls = <Port extends ExchangePort>(
  port: Port,
  catalog: Pick<Catalog, 'findMarket'>,
  around: <T>(venueId: string, call: () => Promise<T>) => Promise<T>,
): Port => {
  const venueOf = (name: string, values: readonly unknown[]): string | undefined => {
    const found = (
      WHERE[name as keyof ExchangePort] as (...of: readonly unknown[]) => ReturnType<VenueOf<'connect'>>
    )(...values);
    if (found === undefined || 'venueId' in found) return found?.venueId;
    return found.marketCode === undefined ? undefined : catalog.findMarket(found.marketCode)?.venue.id;
  };
  return new Proxy(port, {
    get: (target, name): unknown => {
      const member: unknown = Reflect.get(target, name);
      if (typeof name !== 'string' || !Object.hasOwn(WHERE, name)) return member;
      return async (...values: readonly unknown[]): Promise<unknown> => {
        const call = () => Reflect.apply(member as Call, target, values);
        const venueId = venueOf(name, values);
        return venueId === undefined ? await call() : await around(venueId, call);
      };
    },
  });
};
