/** Custody's methods about venues, all their markets and their prices, with both their shapes. */
import { z } from 'zod';
import type { Listing, SpotQuotes, Ticker, VenueCheck, VenueProbe } from '../exchanges/venue-data-port.ts';
import { isErrorCode } from '../shared/errors.ts';
import { amount, context, instant, name } from './rpc-fields.ts';
import { venueState } from './venue-state-protocol.ts';

const figure = amount.nullable();
const symbol = z.string().min(1).max(128);

const market = z.object({
  symbol,
  base: name,
  quote: name,
  settle: name.nullable(),
  type: name,
  isActive: z.boolean(),
  priceStep: figure,
  amountStep: figure,
  minAmount: figure,
  maxAmount: figure,
  minCost: figure,
  maxCost: figure,
  minPrice: figure,
  maxPrice: figure,
  makerFee: figure,
  takerFee: figure,
});

const ticker = z.object({
  symbol,
  last: figure,
  bid: figure,
  ask: figure,
  bidVolume: figure,
  askVolume: figure,
  open: figure,
  high: figure,
  low: figure,
  close: figure,
  vwap: figure,
  baseVolume: figure,
  quoteVolume: figure,
  change: figure,
  percentage: figure,
  average: figure,
  asOf: instant,
}) satisfies z.ZodType<Ticker>;

const probe = z.object({
  at: instant,
  latencyMs: z.number().min(0).nullable(),
  condition: z.string().max(64).nullable(),
  error: z
    .object({
      code: z.string().refine(isErrorCode, 'not an error code'),
      message: z.string().max(500),
    })
    .nullable(),
}) satisfies z.ZodType<VenueProbe>;

export const VENUE_DATA_METHODS = {
  fetchListing: {
    params: z.object({ context, venueId: name, part: z.enum(['spot', 'contracts']) }),
    result: z.object({ markets: z.array(market).max(20_000), asOf: instant }) satisfies z.ZodType<Listing>,
  },
  fetchTicker: { params: z.object({ context, venueId: name, symbol }), result: ticker },
  fetchSpotQuotes: {
    params: z.object({ context, venueId: name }),
    result: z.object({
      quotes: z.array(z.object({ symbol, bid: figure, ask: figure })).max(20_000),
      asOf: instant,
    }) satisfies z.ZodType<SpotQuotes>,
  },
  checkVenue: {
    params: z.object({ context, venueId: name, maxAgeMs: z.number().min(0) }),
    result: z.object({ probe, state: venueState }) satisfies z.ZodType<VenueCheck>,
  },
} as const;

/** The port's own types; each schema above satisfies the one it stands for. */
export interface VenueDataResults {
  readonly fetchListing: Listing;
  readonly fetchTicker: Ticker;
  readonly fetchSpotQuotes: SpotQuotes;
  readonly checkVenue: VenueCheck;
}
