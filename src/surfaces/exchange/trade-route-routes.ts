/** /api/exchange/route: where to trade two assets, over all enabled exchanges. */
import type { TradeRouteService } from '../../features/routing/trade-route-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import { toTradeRoutesWire, tradeRouteParameters, tradeRoutesSchema } from './trade-route-wire.ts';

export const createTradeRouteRoutes = (tradeRoutes: TradeRouteService, clock: Clock): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/exchange/route',
    operationId: 'getTradeRoute',
    summary: 'Ways to trade two assets over all exchanges, the cheapest for the buyer first',
    scope: null,
    input: tradeRouteParameters,
    output: tradeRoutesSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ actor, input }) => {
      const { base, quote, size, quote_size: quoteSize } = input;
      const compared = await tradeRoutes.compare(actor, { base, quote, size, quoteSize });
      return toTradeRoutesWire(input, compared, new Date(clock.now()).toISOString());
    },
  }),
];
