/** /api/exchange routes of what an exchange lists and at which prices: public facts, for any authenticated caller. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { VenueMarketService } from '../../features/markets/venue-market-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import {
  marketsParameters,
  marketsSchema,
  tickerParameters,
  tickerSchema,
  toTickerWire,
} from './market-data-wire.ts';
import { createMarketDocuments } from './market-documents.ts';

export interface MarketDataRoutesDeps {
  readonly markets: VenueMarketService;
  readonly catalog: Pick<Catalog, 'findExchange' | 'venues'>;
  readonly clock: Clock;
}

const FROM_EXCHANGE: readonly ErrorCode[] = [
  'record_invalid',
  'not_supported',
  'exchange_rate_limited',
  'exchange_error',
  'bad_response',
  'exchange_unavailable',
  'exchange_timeout',
  'custody_unavailable',
];

const MS_PER_SECOND = 1_000;

export const createMarketDataRoutes = ({ markets, catalog, clock }: MarketDataRoutesDeps): Route[] => {
  const documentOf = createMarketDocuments(clock);

  /** In whole seconds, for the `Age` header. */
  const ageOf = (asOfMs: number): string =>
    String(Math.max(0, Math.floor((clock.now() - asOfMs) / MS_PER_SECOND)));

  return [
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/markets',
      operationId: 'getExchangeMarkets',
      summary:
        'All markets of an exchange, halted ones included; with an ETag, so that `If-None-Match` answers 304 while they are the same',
      scope: null,
      input: marketsParameters(catalog),
      output: marketsSchema,
      status: 200,
      errors: FROM_EXCHANGE,
      handle: async ({ actor, input, setHeader }) => {
        const listing = await markets.listing(input.exchange.venue.id, actor.requestId);
        setHeader('Age', ageOf(listing.asOfMs));
        return documentOf(input.exchange, listing);
      },
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/ticker',
      operationId: 'getExchangeTicker',
      summary: 'Price, best of the book and volume of one market; the header Age tells how old they are',
      scope: null,
      input: tickerParameters(catalog),
      output: tickerSchema,
      status: 200,
      errors: ['not_found', ...FROM_EXCHANGE],
      handle: async ({ actor, input, setHeader }) => {
        const { exchange, symbol } = input;
        const ticker = await markets.ticker(exchange.venue.id, symbol, actor.requestId);
        setHeader('Age', ageOf(ticker.asOfMs));
        return toTickerWire(exchange.name, ticker.value, ticker.isCached);
      },
    }),
  ];
};
