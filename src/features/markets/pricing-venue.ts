/** Whose prices value an account. */
import type { CatalogEntry } from '../../exchanges/catalog.ts';

/** An exchange's own; nothing is traded on a chain, so what lies there is valued by the reference venue. */
export const pricingVenueId = ({ venue }: CatalogEntry, referenceVenueId: string): string =>
  venue.ccxtId === null ? referenceVenueId : venue.id;
