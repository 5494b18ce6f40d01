/** The table of account types, read off the catalog. */
import type { CatalogEntry } from '../exchanges/catalog.ts';
import { markdownTable } from './markdown-table.ts';

/** One row for each exchange or chain, in the catalog's order. */
export const venueTable = (entries: readonly CatalogEntry[]): string => {
  const venues = new Set(entries.map(({ venue }) => venue));
  return markdownTable(
    ['exchange or chain', '`type` (= alias)', 'required besides `name`'],
    [...venues].map((venue) => [
      venue.displayName,
      venue.markets.map(({ code, aliases }) => `\`${[code, ...aliases].join('` = `')}\``).join(', '),
      venue.requiredFields.map((field) => `\`${toSnakeCase(field)}\``).join(', ') || 'nothing',
    ]),
  );
};

const toSnakeCase = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
