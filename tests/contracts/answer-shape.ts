/**
 * A short notation for the JSON of a contract, and the two comparisons with it: of a JSON Schema out of the API
 * document and of a real answer. Both tell every difference at once, by its place.
 */
import { isJson, type Json } from '../../src/surfaces/openapi-schemas.ts';

/** `decimal` is a string of digits, `moment` ISO 8601 in UTC, `object` any object. A `?` behind it: or null. */
type Scalar = 'string' | 'decimal' | 'moment' | 'integer' | 'number' | 'boolean' | 'object' | 'true' | 'null';

interface Choice {
  readonly oneOf: readonly (string | null)[];
}
interface MapOf {
  readonly mapOf: Shape;
}
interface OrNull {
  readonly orNull: Shape;
}
/** A `?` behind a key: it may be left out. */
interface Fields {
  readonly fields: Readonly<Record<string, Shape>>;
  readonly isOrdered?: boolean;
}
export type Shape = Scalar | `${Scalar}?` | readonly [Shape] | Choice | MapOf | OrNull | Fields;

export const object = (fields: Readonly<Record<string, Shape>>): Fields => ({ fields });
/** Keys of answers come in this order. */
export const ordered = (fields: Readonly<Record<string, Shape>>): Fields => ({ fields, isOrdered: true });
export const oneOf = (...values: readonly (string | null)[]): Choice => ({ oneOf: values });
export const mapOf = (shape: Shape): MapOf => ({ mapOf: shape });
export const orNull = (shape: Shape): OrNull => ({ orNull: shape });

const DECIMAL = /^-?\d+(\.\d+)?$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

const SCALARS: Readonly<Record<Scalar, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  decimal: (value) => typeof value === 'string' && DECIMAL.test(value),
  moment: (value) => typeof value === 'string' && MOMENT.test(value),
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: isJson,
  true: (value) => value === true,
  null: (value) => value === null,
};

const readScalar = (notation: string): { scalar: Scalar; isNullable: boolean } => {
  const isNullable = notation.endsWith('?');
  return { scalar: (isNullable ? notation.slice(0, -1) : notation) as Scalar, isNullable };
};

interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly shape: Shape;
}

const fieldsOf = ({ fields }: Fields): Field[] =>
  Object.entries(fields).map(([key, shape]) => ({
    name: key.replace(/\?$/, ''),
    isOptional: key.endsWith('?'),
    shape,
  }));

const shown = (value: unknown): string =>
  (value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 120);

/** What an answer has otherwise than the contract; empty when it fits. */
export const differencesOfAnswer = (value: unknown, shape: Shape, place = 'answer'): string[] => {
  const wrong = (expected: string): string[] => [`${place}: ${shown(value)} is not ${expected}`];
  if (typeof shape === 'string') {
    const { scalar, isNullable } = readScalar(shape);
    return (isNullable && value === null) || SCALARS[scalar](value) ? [] : wrong(shape);
  }
  if ('oneOf' in shape)
    return shape.oneOf.includes(value as string | null) ? [] : wrong(`one of ${shown(shape.oneOf)}`);
  if ('orNull' in shape) return value === null ? [] : differencesOfAnswer(value, shape.orNull, place);
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return wrong('a list');
    return value.flatMap((item, at) => differencesOfAnswer(item, shape[0] as Shape, `${place}[${at}]`));
  }
  if (!isJson(value)) return wrong('an object');
  if ('mapOf' in shape)
    return Object.entries(value).flatMap(([key, item]) =>
      differencesOfAnswer(item, shape.mapOf, `${place}.${key}`),
    );
  return differencesOfFields(value, shape as Fields, place);
};

const differencesOfFields = (value: Json, shape: Fields, place: string): string[] => {
  const fields = fieldsOf(shape);
  const names = fields.map(({ name }) => name);
  const sent = Object.keys(value);
  const known = sent.filter((name) => names.includes(name));
  const expected = names.filter((name) => sent.includes(name));
  return [
    ...sent.filter((name) => !names.includes(name)).map((name) => `${place}.${name}: not in the contract`),
    ...(shape.isOrdered === true && known.join() !== expected.join()
      ? [`${place}: keys in the order ${known.join()}, not ${expected.join()}`]
      : []),
    ...fields.flatMap(({ name, isOptional, shape: inner }) => {
      if (Object.hasOwn(value, name)) return differencesOfAnswer(value[name], inner, `${place}.${name}`);
      return isOptional ? [] : [`${place}.${name}: missing`];
    }),
  ];
};

type Resolve = (schema: unknown) => Json;

/** Follows references into the components of the document. */
export const resolver =
  (components: Json): Resolve =>
  (schema) => {
    let found: unknown = schema;
    while (isJson(found) && typeof found['$ref'] === 'string') {
      const name = found['$ref'].replace('#/components/schemas/', '');
      found = (components['schemas'] as Json)[name];
    }
    return isJson(found) ? found : {};
  };

/** A schema as the union that it is: each alternative with one type. */
const alternatives = (schema: unknown, resolve: Resolve): Json[] => {
  const found = resolve(schema);
  const union = found['anyOf'] ?? found['oneOf'];
  if (Array.isArray(union)) return union.flatMap((inner) => alternatives(inner, resolve));
  if (Array.isArray(found['type'])) return found['type'].map((type: unknown) => ({ ...found, type }));
  return [found];
};

const SCHEMAS: Readonly<Record<Scalar, (schema: Json) => boolean>> = {
  string: ({ type }) => type === 'string',
  decimal: ({ type, pattern }) => type === 'string' && typeof pattern === 'string',
  moment: ({ type, format }) => type === 'string' && format === 'date-time',
  integer: (schema) => schema['type'] === 'integer' || Number.isSafeInteger(schema['const']),
  number: ({ type }) => type === 'number' || type === 'integer',
  boolean: ({ type }) => type === 'boolean',
  object: ({ type }) => type === 'object',
  true: (schema) => schema['const'] === true,
  null: ({ type }) => type === 'null',
};

/** What a schema of the document says otherwise than the contract; empty when they agree. */
export const differencesOfSchema = (
  schema: unknown,
  shape: Shape,
  resolve: Resolve,
  place = 'answer',
): string[] => {
  const all = alternatives(schema, resolve);
  const others = all.filter(({ type }) => type !== 'null');
  const wrong = (expected: string): string[] => [`${place}: ${shown(resolve(schema))} is not ${expected}`];
  const isNullable = others.length < all.length;
  if (typeof shape === 'string') {
    const expected = readScalar(shape);
    const of = expected.scalar === 'null' ? all : others;
    const fits = of.length > 0 && of.every((one) => SCHEMAS[expected.scalar](one));
    const agrees = expected.scalar === 'null' || isNullable === expected.isNullable;
    return fits && agrees ? [] : wrong(shape);
  }
  if ('oneOf' in shape) {
    const values = others.flatMap((one) =>
      Array.isArray(one['enum']) ? (one['enum'] as unknown[]) : [one['const']],
    );
    const told = new Set([...values, ...(isNullable ? [null] : [])]);
    return shown([...told].sort()) === shown([...shape.oneOf].sort())
      ? []
      : wrong(`one of ${shown(shape.oneOf)}`);
  }
  if ('orNull' in shape)
    return isNullable
      ? differencesOfSchema({ anyOf: others }, shape.orNull, resolve, place)
      : wrong('something or null');
  const [only = {}] = others;
  if (others.length !== 1 || isNullable) return wrong('one type');
  if (Array.isArray(shape))
    return only['type'] === 'array'
      ? differencesOfSchema(only['items'], shape[0] as Shape, resolve, `${place}[]`)
      : wrong('a list');
  if (only['type'] !== 'object') return wrong('an object');
  if ('mapOf' in shape) return differencesOfMap(only, shape, resolve, place);
  return differencesOfProperties(only, shape as Fields, resolve, place);
};

/** A map may be told as one, or by its keys when they are known. */
const differencesOfMap = (
  schema: Json,
  { mapOf: inner }: MapOf,
  resolve: Resolve,
  place: string,
): string[] => {
  const { properties } = schema;
  const values = isJson(properties) ? Object.values(properties) : [schema['additionalProperties']];
  return values.flatMap((value) => differencesOfSchema(value, inner, resolve, `${place}.*`));
};

const differencesOfProperties = (schema: Json, shape: Fields, resolve: Resolve, place: string): string[] => {
  const properties = isJson(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = fieldsOf(shape);
  const names = fields.map(({ name }) => name);
  return [
    ...Object.keys(properties)
      .filter((name) => !names.includes(name))
      .map((name) => `${place}.${name}: not in the contract`),
    ...fields.flatMap(({ name, isOptional, shape: inner }) => {
      const property = properties[name];
      if (property === undefined) return [`${place}.${name}: missing`];
      const presence =
        required.includes(name) === !isOptional
          ? []
          : [`${place}.${name}: ${isOptional ? '' : 'not '}required`];
      return [...presence, ...differencesOfSchema(property, inner, resolve, `${place}.${name}`)];
    }),
  ];
};
