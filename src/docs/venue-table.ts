/** The table of venues, read off the catalog. */
import type { Venue } from '../exchanges/venue.ts';
import { markdownTable } from './markdown-table.ts';

export const venueTable = (venues: readonly Venue[]): string =>
  markdownTable(
    ['exchange', '`type` (aliases)', 'required besides `name`'],
    venues.map((venue) => [
      venue.displayName,
      venue.markets.map(({ code, aliases }) => `\`${[code, ...aliases].join('` = `')}\``).join(', '),
      venue.requiredFields.map((field) => `\`${toSnakeCase(field)}\``).join(', '),
    ]),
  );

const toSnakeCase = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
