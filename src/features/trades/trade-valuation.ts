/** What trades were worth in BTC and USD, at the exchange's prices of the moment in which they are stored. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { VenueTrade } from '../../exchanges/trade-port.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { type DecimalString, multiply, round } from '../../shared/money.ts';
import type { AssetPrice, PriceBook } from '../markets/price-book.ts';
import type { PriceSource } from '../markets/price-source.ts';
import { pricingVenueId } from '../markets/pricing-venue.ts';
import type { NewTrade } from './trade.ts';

/** Without prices trades are stored all the same, without values. */
export type TradeValuation = (
  marketCode: string,
  trades: readonly VenueTrade[],
  requestId: string,
) => Promise<NewTrade[]>;

export interface TradeValuationDeps {
  readonly prices: PriceSource;
  /** Whose prices value what is traded where there are none. */
  readonly referenceVenueId: string;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly logger: Logger;
}

// As fine as balances are valued.
const VALUE_PLACES = 12;
const UNPRICED: AssetPrice = { btc: null, usd: null };

export const createTradeValuation = (deps: TradeValuationDeps): TradeValuation => {
  const { prices, referenceVenueId, catalog, logger } = deps;

  const findBook = async (marketCode: string, requestId: string): Promise<PriceBook | undefined> => {
    try {
      const venueId = pricingVenueId(catalog.getMarket(marketCode), referenceVenueId);
      return (await prices.current(venueId, requestId)).book;
    } catch (error) {
      logger.warn('trades are stored without values', { marketCode, requestId, ...errorFields(error) });
      return undefined;
    }
  };

  return async (marketCode, trades, requestId) => {
    if (trades.length === 0) return [];
    const book = await findBook(marketCode, requestId);
    return trades.map((trade) => {
      const { btc, usd } = book?.price(trade.totalAsset) ?? UNPRICED;
      return { ...trade, btcValue: worth(trade.total, btc), usdValue: worth(trade.total, usd) };
    });
  };
};

const worth = (total: DecimalString, price: DecimalString | null): DecimalString | null =>
  price === null ? null : round(multiply(total, price), VALUE_PLACES);
