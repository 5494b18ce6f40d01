/** Ways to trade on /api/exchange: their parameters, schemas and the only mapping to them. */
import { z } from 'zod';
import type { DroppedRoute } from '../../features/routing/trade-route.ts';
import type { RankedRoute, RouteComparison } from '../../features/routing/trade-route-service.ts';
import { decimal, text } from '../api/api-fields.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { toFigure } from './market-data-wire.ts';

const LONGEST_ASSET = 64;
const GREATEST_SIZE = 1e15;
const PLACES = 18;

const asset = () => text({ least: 1, most: LONGEST_ASSET }).transform((code) => code.trim().toUpperCase());
const size = () => decimal({ above: 0, most: GREATEST_SIZE, places: PLACES }).optional();

export const tradeRouteParameters = z
  .object({
    base: asset().describe('Base asset (e.g. BTC)'),
    quote: asset().describe('Quote asset (e.g. USDT)'),
    size: size().describe('Of the base asset: drops routes whose min_amount exceeds it'),
    quote_size: size().describe('Of the quote asset: drops routes whose min_cost exceeds it'),
  })
  .superRefine(({ base, quote }, context) => {
    if (base === quote && base !== '')
      context.addIssue({ code: 'custom', path: ['quote'], message: 'must be another asset than base' });
  });

const figure = () => exactNumber().nullable();
const health = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']);

const routeSchema = z
  .strictObject({
    exchange: z.string(),
    symbol: z.string(),
    type: z.enum(['direct', 'bridged']),
    inverted: z.boolean().describe('The market of the exchange is the other way round'),
    legs: z
      .array(z.strictObject({ symbol: z.string(), side: z.enum(['buy', 'sell']) }))
      .describe('What is done to get the base for the quote, in this order'),
    bid: exactNumber(),
    ask: exactNumber(),
    spread_pct: exactNumber().describe('Of the price half-way between bid and ask'),
    min_amount: figure().describe('Of the base'),
    min_cost: figure().describe('Of the quote'),
    taker_fee: figure().describe('A fraction, of all legs together; null: not known, and counted as none'),
    maker_fee: figure(),
    effective_buy_price: exactNumber().describe(
      'What one base costs with taker fees; routes are ranked by it',
    ),
    effective_sell_price: exactNumber(),
    has_credentials: z.boolean(),
    health,
    price_timestamp: z.iso.datetime(),
  })
  .meta({ id: 'TradeRoute' });

const droppedSchema = z
  .strictObject({
    exchange: z.string(),
    symbol: z.string(),
    reason: z.enum(['min_amount', 'min_cost', 'inactive', 'unhealthy', 'no_price']),
    min_amount: figure(),
    min_cost: figure(),
  })
  .meta({ id: 'DroppedTradeRoute' });

export const tradeRoutesSchema = z
  .strictObject({
    base: z.string(),
    quote: z.string(),
    size: figure(),
    quote_size: figure(),
    best_route: routeSchema.nullable(),
    routes: z.array(routeSchema),
    dropped: z.array(droppedSchema),
    total_count: z.int(),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'TradeRoutes' });

export const toTradeRoutesWire = (
  asked: z.output<typeof tradeRouteParameters>,
  { routes, dropped }: RouteComparison,
  timestamp: string,
): z.input<typeof tradeRoutesSchema> => {
  const [best = null, ...others] = routes.map(toRouteWire);
  return {
    base: asked.base,
    quote: asked.quote,
    size: toFigure(asked.size ?? null),
    quote_size: toFigure(asked.quote_size ?? null),
    best_route: best,
    routes: best === null ? [] : [best, ...others],
    dropped: dropped.map(toDroppedWire),
    total_count: routes.length,
    timestamp,
  };
};

const toRouteWire = (route: RankedRoute): z.input<typeof routeSchema> => ({
  exchange: route.venueId,
  symbol: route.symbol,
  type: route.type,
  inverted: route.isInverted,
  legs: route.legs.map(({ symbol, side }) => ({ symbol, side })),
  bid: toExactNumber(route.bid),
  ask: toExactNumber(route.ask),
  spread_pct: toExactNumber(route.spreadPercent),
  min_amount: toFigure(route.minAmount),
  min_cost: toFigure(route.minCost),
  taker_fee: toFigure(route.takerFee),
  maker_fee: toFigure(route.makerFee),
  effective_buy_price: toExactNumber(route.buyPrice),
  effective_sell_price: toExactNumber(route.sellPrice),
  has_credentials: route.hasCredentials,
  health: route.health,
  price_timestamp: new Date(route.pricedMs).toISOString(),
});

const toDroppedWire = (
  route: DroppedRoute & { readonly venueId: string },
): z.input<typeof droppedSchema> => ({
  exchange: route.venueId,
  symbol: route.symbol,
  reason: route.reason,
  min_amount: toFigure(route.minAmount),
  min_cost: toFigure(route.minCost),
});
