/** How /api/exchange names exchanges: by every name the catalog knows; answers repeat the caller's own spelling. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Venue, VenueMarket } from '../../exchanges/venue.ts';
import { AppError } from '../../shared/errors.ts';
import type { ProblemKind } from '../api/api-problems.ts';

/** An exchange as a caller named it, and the wallet that the name stands for. */
export interface NamedExchange {
  /** As the caller wrote it. */
  readonly name: string;
  readonly venue: Venue;
  readonly market: VenueMarket;
}

type Names = Pick<Catalog, 'findExchange' | 'venues'>;

const find = (catalog: Names, name: string): NamedExchange | undefined => {
  const entry = catalog.findExchange(name.trim().toLowerCase());
  return entry === undefined ? undefined : { name, ...entry };
};

const listNames = ({ venues }: Names): string => venues.map(({ id }) => id).join(', ');

/** A parameter of the query or the body. */
export const exchangeName = (catalog: Names) =>
  z.string().transform((name, context): NamedExchange => {
    const exchange = find(catalog, name);
    if (exchange !== undefined) return exchange;
    const kind: ProblemKind = { type: 'value_error', ctx: { error: {} } };
    context.addIssue({
      code: 'custom',
      message: `Value error, unknown exchange; known are ${listNames(catalog)}`,
      params: { ...kind },
    });
    return z.NEVER;
  });

/** The exchange that a path names. Throws not_found. */
export const getNamedExchange = (catalog: Names, name: string): NamedExchange => {
  const exchange = find(catalog, name);
  if (exchange === undefined)
    throw new AppError('not_found', `Unknown exchange; known are ${listNames(catalog)}`);
  return exchange;
};
