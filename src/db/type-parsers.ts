/** How Postgres values become JavaScript values on our own pools: nothing is rounded on the way. */
import pg from 'pg';

const INT8 = 20;
const INT8_ARRAY = 1016;
const NUMERIC_ARRAY = 1231;
const TEXT_ARRAY = 1009;

/**
 * bigint is a number and throws beyond 2^53, numeric is a string digit for digit, alone and in arrays; timestamptz is
 * a Date (milliseconds), jsonb is parsed, bytea is a Buffer.
 */
export const exactTypes = (): pg.CustomTypesConfig => {
  const types = new pg.TypeOverrides();
  const textArray = parserOf(TEXT_ARRAY);
  types.setTypeParser(INT8, safeInteger);
  types.setTypeParser(INT8_ARRAY, (text) => textArray(text).map(nullOr(safeInteger)));
  types.setTypeParser(NUMERIC_ARRAY, (text) => textArray(text));
  return types;
};

type ArrayParser = (text: string) => (string | null)[];

// The declared type knows scalar types only.
const parserOf = (oid: number): ArrayParser =>
  (pg.types as unknown as { getTypeParser(oid: number, format: 'text'): ArrayParser }).getTypeParser(
    oid,
    'text',
  );

const safeInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the database is beyond 2^53');
  return value;
};

const nullOr =
  <T>(parse: (text: string) => T) =>
  (text: string | null): T | null =>
    text === null ? null : parse(text);
