/** Fields of /api parameters that read what pydantic reads: numbers and truth values also as text. */
import { z } from 'zod';
import { compare, type DecimalString, toDecimal } from '../../shared/money.ts';
import type { ProblemKind } from './api-problems.ts';

type Context = z.core.$RefinementCtx;

const refuse = (context: Context, message: string, kind: ProblemKind): never => {
  context.addIssue({ code: 'custom', message, params: { ...kind } });
  return z.NEVER;
};

interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

const WHOLE = /^[+-]?\d+(?:\.0+)?$/;
// As many digits as a double holds exactly, whatever they are.
const GREATEST_WHOLE = 999_999_999_999_999;

/** A whole number, also as text. */
export const integer = ({ least = -GREATEST_WHOLE, most = GREATEST_WHOLE }: Bounds = {}) =>
  z
    .unknown()
    .transform((value, context): number => {
      if (typeof value === 'number' && !Number.isInteger(value))
        return refuse(context, 'Input should be a valid integer, got a number with a fractional part', {
          type: 'int_from_float',
        });
      if (typeof value !== 'number' && typeof value !== 'string')
        return refuse(context, 'Input should be a valid integer', { type: 'int_type' });
      if (!WHOLE.test(String(value).trim()))
        return refuse(context, 'Input should be a valid integer, unable to parse string as an integer', {
          type: 'int_parsing',
        });
      const whole = Number(String(value));
      if (whole < least) return tooSmall(context, least);
      if (whole > most) return tooGreat(context, most);
      return whole;
    })
    .meta({
      type: 'integer',
      ...(least !== -GREATEST_WHOLE && { minimum: least }),
      ...(most !== GREATEST_WHOLE && { maximum: most }),
    });

const tooSmall = (context: Context, least: number): never =>
  refuse(context, `Input should be greater than or equal to ${least}`, {
    type: 'greater_than_equal',
    ctx: { ge: least },
  });

const tooGreat = (context: Context, most: number): never =>
  refuse(context, `Input should be less than or equal to ${most}`, {
    type: 'less_than_equal',
    ctx: { le: most },
  });

const EARLIEST_MS = 1_000_000_000_000;
const LATEST_MS = 9_999_999_999_999;

/** When the request was made, by the caller's clock. */
export const timestamp = (purpose = 'needed with a legacy signature, which holds no time') =>
  integer({ least: EARLIEST_MS, most: LATEST_MS })
    .optional()
    .describe(`Now, in milliseconds since 1970; ${purpose}`);

const TRUE = new Set<unknown>([true, 1, '1', 'true', 't', 'on', 'yes', 'y']);
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'f', 'off', 'no', 'n']);

/** A truth value, also as the words and digits that forms send. */
export const truth = () =>
  z
    .unknown()
    .transform((value, context): boolean => {
      const word: unknown = typeof value === 'string' ? value.toLowerCase() : value;
      if (TRUE.has(word)) return true;
      if (FALSE.has(word)) return false;
      return typeof value === 'string' || typeof value === 'number'
        ? refuse(context, 'Input should be a valid boolean, unable to interpret input', {
            type: 'bool_parsing',
          })
        : refuse(context, 'Input should be a valid boolean', { type: 'bool_type' });
    })
    .meta({ type: 'boolean' });

/** An exact decimal in (above, most], as a JSON number or as text. */
export const decimal = ({ above, most, places }: { above: number; most: number; places: number }) =>
  z
    .unknown()
    .transform((value, context): DecimalString => {
      if (typeof value !== 'number' && typeof value !== 'string')
        return refuse(context, 'Decimal input should be an integer, float, string or Decimal object', {
          type: 'decimal_type',
        });
      const exact = readDecimal(String(value));
      if (exact === undefined)
        return refuse(context, 'Input should be a valid decimal', { type: 'decimal_parsing' });
      if (compare(exact, String(above)) <= 0)
        return refuse(context, `Input should be greater than ${above}`, {
          type: 'greater_than',
          ctx: { gt: above },
        });
      if (compare(exact, String(most)) > 0) return tooGreat(context, most);
      if ((exact.split('.')[1] ?? '').length > places)
        return refuse(context, `Decimal input should have no more than ${places} decimal places`, {
          type: 'decimal_max_places',
          ctx: { decimal_places: places },
        });
      return exact;
    })
    .meta({ type: 'number', exclusiveMinimum: above, maximum: most });

const readDecimal = (text: string): DecimalString | undefined => {
  try {
    return toDecimal(text);
  } catch {
    return undefined;
  }
};

/** `text` within these lengths; blanks alone are no text. */
export const text = ({ least, most }: { least: number; most: number }) =>
  z
    .string()
    .min(least)
    .max(most)
    .refine((value) => value.length < least || value.trim() !== '', 'must not be blank');

/** Raises "Dictionary should have ..." for a map of the wrong size. */
export const checkSize = (
  map: object,
  context: Context,
  { least, most }: { least: number; most: number },
): boolean => {
  const actual = Object.keys(map).length;
  if (actual >= least && actual <= most) return true;
  const [bound, length] = actual < least ? (['least', least] as const) : (['most', most] as const);
  refuse(
    context,
    `Dictionary should have at ${bound} ${length} item${length === 1 ? '' : 's'} after validation, not ${actual}`,
    {
      type: bound === 'least' ? 'too_short' : 'too_long',
      ctx: {
        field_type: 'Dictionary',
        [bound === 'least' ? 'min_length' : 'max_length']: length,
        actual_length: actual,
      },
    },
  );
  return false;
};

const GREATEST_ID = 2_147_483_647;

/** An id in the path. One that is greater than any there can be names nothing: the use case answers so. */
export const idInPath = () => integer().transform((id) => (id >= 1 && id <= GREATEST_ID ? id : 0));

const isoMoment = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);
const EPOCH = /^\d{1,13}(?:\.\d+)?$/;
// Greater numbers count milliseconds, smaller ones seconds; 2e10 seconds are the year 2603.
const GREATEST_SECONDS = 2e10;
const MS_PER_SECOND = 1_000;
const EARLIEST = new Date('0001-01-01T00:00:00Z');
const LATEST = new Date('9999-12-31T23:59:59.999Z');

/** A moment: ISO 8601, UTC where it has no offset, or the seconds (or milliseconds) since 1970. */
export const moment = () =>
  z
    .unknown()
    .transform((value, context): Date => {
      if (typeof value !== 'number' && typeof value !== 'string')
        return refuse(context, 'Input should be a valid datetime', { type: 'datetime_type' });
      const text = String(value).trim();
      if (EPOCH.test(text)) {
        const count = Number(text);
        return new Date(count > GREATEST_SECONDS ? count : count * MS_PER_SECOND);
      }
      const spelled = text.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
      if (!isoMoment.safeParse(spelled).success)
        return refuse(context, 'Input should be a valid datetime, ISO 8601 such as 2026-01-31T12:00:00Z', {
          type: 'datetime_parsing',
          ctx: { error: 'invalid datetime' },
        });
      const isZoned = !spelled.includes('T') || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(spelled);
      const moment = new Date(isZoned ? spelled : `${spelled}Z`);
      // An offset can move the first and the last day out of the years that can be written with four digits.
      if (moment < EARLIEST || moment > LATEST)
        return refuse(context, 'Input should be a valid datetime, of the years 0001 to 9999', {
          type: 'datetime_parsing',
          ctx: { error: 'year out of range' },
        });
      return moment;
    })
    .meta({ type: 'string', format: 'date-time' });

/** Raises a problem of `endName` when it stands before `startName`. */
export const checkOrder =
  <Name extends string>(startName: Name, endName: Name) =>
  (range: { readonly [name in Name]?: Date | undefined }, context: Context): void => {
    const { [startName]: start, [endName]: end } = range;
    if (start === undefined || end === undefined || start <= end) return;
    context.addIssue({ code: 'custom', path: [endName], message: `must not be before ${startName}` });
  };
