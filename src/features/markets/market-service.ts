/** Markets of a venue and their prices, as anybody may ask for them. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { MarketFacts, Quote } from '../../exchanges/market-port.ts';
import type { Clock } from '../../shared/clock.ts';
import { invalidParameters } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { type DecimalString, digitStep } from '../../shared/money.ts';
import { type Aged, createAgedCache } from './aged-cache.ts';

export interface Rates {
  readonly market: MarketFacts;
  readonly quote: Omit<Quote, 'asOf'>;
  /** null: the venue states none. */
  readonly priceStep: DecimalString | null;
}

export interface MarketService {
  /** Names of the active markets, ordered. `marketCode` undefined: the reference venue's. */
  pairs(marketCode: string | undefined, requestId: string): Promise<Aged<readonly string[]>>;
  rates(marketCode: string | undefined, pair: string, requestId: string): Promise<Aged<Rates>>;
  /** Throws record_invalid for a pair that is not traded there. */
  market(marketCode: string | undefined, pair: string, requestId: string): Promise<MarketFacts>;
}

export interface MarketServiceDeps {
  readonly exchanges: Pick<ExchangePort, 'fetchMarkets' | 'fetchQuote'>;
  readonly catalog: Pick<Catalog, 'findMarket' | 'getVenue'>;
  readonly referenceVenueId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MINUTE_MS = 60_000;
const MARKETS = { freshMs: 5 * MINUTE_MS, usableMs: 24 * 60 * MINUTE_MS, capacity: 100 };
// Older prices would show a market that no longer exists.
const QUOTES = { freshMs: 5_000, usableMs: 60 * MINUTE_MS, capacity: 5_000 };

/** `QUOTE_BASE`; a contract stands under the venue's own name, for several may have one base and quote. */
const pairOf = ({ kind, base, quote, venueName }: MarketFacts): string =>
  `${quote}_${kind === 'spot' ? base : venueName}`;

interface MarketIndex {
  readonly names: readonly string[];
  readonly byPair: ReadonlyMap<string, MarketFacts>;
}

export const createMarketService = (deps: MarketServiceDeps): MarketService => {
  const { exchanges, catalog, clock, logger } = deps;
  const onStale = (key: string, error: unknown): void =>
    logger.warn('market data is not current', { key, ...errorFields(error) });
  const lists = createAgedCache<MarketIndex>({ ...MARKETS, clock, onStale });
  const quotes = createAgedCache<Quote>({ ...QUOTES, clock, onStale });

  /** The code itself for one of its aliases. */
  const codeOf = (sent: string | undefined): string => {
    const code = sent ?? catalog.getVenue(deps.referenceVenueId).markets[0].code;
    const found = catalog.findMarket(code);
    // Nothing is traded on a chain.
    if (found === undefined || found.venue.ccxtId === null)
      throw invalidParameters({ market_code: ['does not have a valid value'] });
    return found.market.code;
  };

  const list = (marketCode: string, requestId: string): Promise<Aged<MarketIndex>> =>
    lists.get(marketCode, async () => {
      const { markets, asOf } = await exchanges.fetchMarkets({ requestId, purpose: 'read' }, marketCode);
      return { value: toIndex(markets), asOfMs: Date.parse(asOf) };
    });

  const find = async (marketCode: string, pair: string, requestId: string): Promise<MarketFacts> => {
    const { value } = await list(marketCode, requestId);
    const market = value.byPair.get(pair);
    if (market === undefined) throw invalidParameters({ pair: ['does not have a valid value'] });
    return market;
  };

  return {
    async pairs(marketCode, requestId) {
      const { value, asOfMs } = await list(codeOf(marketCode), requestId);
      return { value: value.names, asOfMs };
    },

    async rates(marketCode, pair, requestId) {
      const code = codeOf(marketCode);
      const market = await find(code, pair, requestId);
      const { value: quote, asOfMs } = await quotes.get(`${code} ${market.symbol}`, async () => {
        const context = { requestId, purpose: 'read' as const };
        const told = await exchanges.fetchQuote(context, code, market.symbol);
        return { value: told, asOfMs: Date.parse(told.asOf) };
      });
      return { value: { market, quote, priceStep: stepAt(market, quote.last) }, asOfMs };
    },

    market: async (marketCode, pair, requestId) => find(codeOf(marketCode), pair, requestId),
  };
};

const toIndex = (markets: readonly MarketFacts[]): MarketIndex => {
  const byPair = new Map<string, MarketFacts>();
  for (const market of markets) {
    const pair = pairOf(market);
    if (!byPair.has(pair)) byPair.set(pair, market);
  }
  return { names: [...byPair.keys()].sort(), byPair };
};

const stepAt = ({ priceStep, priceDigits }: MarketFacts, last: DecimalString): DecimalString | null =>
  priceDigits === null ? priceStep : digitStep(last, priceDigits);
