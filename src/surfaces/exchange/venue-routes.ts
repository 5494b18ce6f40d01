/** /api/exchange routes of the exchanges themselves: which there are, what is known of each, and whether they work. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { VenueHealthService } from '../../features/venues/venue-health-service.ts';
import { definePublicRoute, defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import { getNamedExchange } from './exchange-name.ts';
import {
  allHealthSchema,
  exchangeHealthParameters,
  exchangeHealthSchema,
  healthParameters,
  toAllHealthWire,
  toExchangeHealthWire,
} from './health-wire.ts';
import { exchangeInfoSchema, supportedExchangesSchema, toInfoWire, toSupportedWire } from './venue-wire.ts';

export interface VenueRoutesDeps {
  readonly catalog: Pick<Catalog, 'findExchange' | 'venues'>;
  /** Real exchanges, as they are listed. */
  readonly venues: Catalog['venues'];
  readonly health: VenueHealthService;
  readonly iconUrl: (path: string) => string;
  readonly clock: Clock;
}

export const createVenueRoutes = ({ catalog, venues, health, iconUrl, clock }: VenueRoutesDeps): Route[] => {
  const now = (): string => new Date(clock.now()).toISOString();

  return [
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/supported',
      operationId: 'getSupportedExchanges',
      summary: 'Exchanges that keys can be stored of',
      scope: null,
      input: z.object({}),
      output: supportedExchangesSchema,
      status: 200,
      errors: [],
      handle: () =>
        Promise.resolve({
          exchanges: venues.map((venue) => toSupportedWire(venue, iconUrl)),
          total_count: venues.length,
        }),
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/{exchange_name}/info',
      operationId: 'getExchangeInfo',
      summary: 'What is known of an exchange; asks it nothing',
      scope: null,
      input: z.object({ exchange_name: z.string() }),
      output: exchangeInfoSchema,
      status: 200,
      errors: ['not_found'],
      handle: async ({ input }) => {
        const { name, venue } = getNamedExchange(catalog, input.exchange_name);
        return toInfoWire(name, venue, await health.known(venue.id), now());
      },
    }),
    definePublicRoute({
      method: 'GET',
      path: '/api/exchange/health',
      operationId: 'getAllExchangeHealth',
      summary: 'Whether the exchanges work',
      input: healthParameters,
      output: allHealthSchema,
      status: 200,
      errors: ['record_invalid'],
      handle: async ({ input, requestId }) => {
        const checked = await Promise.all(
          venues.map(async ({ id }) => [id, await health.check(id, input.force_refresh, requestId)] as const),
        );
        return toAllHealthWire(checked, now());
      },
    }),
    definePublicRoute({
      method: 'GET',
      path: '/api/exchange/{exchange_name}/health',
      operationId: 'getExchangeHealth',
      summary: 'Whether an exchange works',
      input: exchangeHealthParameters,
      output: exchangeHealthSchema,
      status: 200,
      errors: ['record_invalid', 'not_found'],
      handle: async ({ input, requestId }) => {
        const { name, venue } = getNamedExchange(catalog, input.exchange_name);
        return toExchangeHealthWire(
          name,
          await health.check(venue.id, input.force_refresh, requestId),
          now(),
        );
      },
    }),
  ];
};
