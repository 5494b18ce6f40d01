/** How a venue does, as it crosses from custody to the gateway. */
import { z } from 'zod';
import type { VenueState } from '../exchanges/venue-state.ts';
import { instant, name } from './rpc-fields.ts';

const moment = instant.nullable();

export const venueState = z.object({
  venueId: name,
  circuit: z.enum(['closed', 'open', 'half_open']),
  consecutiveFailures: z.int().min(0),
  stoppedUntil: moment,
  lastSuccessAt: moment,
  lastFailureAt: moment,
  latencyMs: z.number().min(0).nullable(),
  callsInFlight: z.int().min(0),
  marketsCount: z.int().min(0).nullable(),
  marketsLoadedAt: moment,
}) satisfies z.ZodType<VenueState>;
