/** Custody's answers about venues and their markets: the adapter's, without any key. */
import type { CcxtVenueData } from '../exchanges/ccxt-venue-data.ts';
import type { RpcHandlers } from './rpc-server.ts';
import type { VENUE_DATA_METHODS } from './venue-data-protocol.ts';

export const createVenueDataHandlers = (
  adapter: CcxtVenueData,
): Pick<RpcHandlers, keyof typeof VENUE_DATA_METHODS> => ({
  fetchListing: ({ venueId, part }, call) => adapter.fetchListing(venueId, part, call.deadlineMs),
  fetchTicker: ({ venueId, symbol }, call) => adapter.fetchTicker(venueId, symbol, call.deadlineMs),
  fetchSpotQuotes: ({ venueId }, call) => adapter.fetchSpotQuotes(venueId, call.deadlineMs),
  checkVenue: ({ venueId, maxAgeMs }) => adapter.checkVenue(venueId, maxAgeMs),
});
