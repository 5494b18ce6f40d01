/** Lists of the admin API: `?limit=50&cursor=...` and `{"items": [...], "next_cursor": ...}`. */
import { z } from 'zod';
import { invalidParameters } from '../../shared/errors.ts';
import { integer } from '../api/api-fields.ts';

const DEFAULT_LIMIT = 50;
const GREATEST_LIMIT = 500;
const LONGEST_CURSOR = 1_000;

/** To spread into the route's `input`. */
export const pageParameters = {
  limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
  cursor: z
    .string()
    .max(LONGEST_CURSOR)
    .optional()
    .describe('next_cursor of the page before; without one the first page is answered'),
};

export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().describe('null: this is the last page'),
  });

/** `at` are the values that the list is ordered by, of the last row that was shown. */
export const toCursor = (at: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(at)).toString('base64url');

/** A moment in a cursor, as exact as Postgres knows it; anybody may write a cursor of his own. */
export const exactMoment = () =>
  z.iso.datetime().refine((text) => !text.startsWith('0000'), 'there is no such year');

/** What `toCursor` was given. Throws record_invalid for what `schema` does not take. */
export const readCursor = <At extends z.ZodType>(
  cursor: string | undefined,
  schema: At,
): z.output<At> | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    // Postgres knows no text with it.
    if (text.includes(String.raw`\u0000`)) throw new Error('a cursor holds NUL');
    return schema.parse(JSON.parse(text));
  } catch {
    throw invalidParameters({ cursor: ['is not a next_cursor of this list'] });
  }
};

/** Of one row more than the page shows, which tells whether there is a page after it. */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => readonly (string | number)[],
): { items: Item[]; next_cursor: string | null } => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next_cursor: rows.length > limit && last !== undefined ? toCursor(cursorOf(last)) : null,
  };
};
