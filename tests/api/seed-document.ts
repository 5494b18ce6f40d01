/** Compares a row of the seed's table with what the API document says of that operation. */
import { isJson, type Json } from '../../src/surfaces/openapi-schemas.ts';
import { differencesOfSchema, type resolver, type Shape } from '../contracts/answer-shape.ts';
import type { ParameterType, SeedOperation, SeedParameter } from './seed-operations.ts';

export type Resolve = ReturnType<typeof resolver>;

const SHAPES: Readonly<Record<ParameterType, Shape>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  number: 'number',
  moment: 'moment',
  strings: ['string'],
  object: 'object',
};

interface Described {
  readonly place: string;
  readonly isRequired: boolean;
  readonly schema: unknown;
}

/** Parameters of an operation of the document, by name. */
const describedParameters = (operation: Json): Map<string, Described> => {
  const found = new Map<string, Described>();
  const parameters = (operation['parameters'] ?? []) as {
    name: string;
    in: string;
    required: boolean;
    schema: unknown;
  }[];
  // Idempotency-Key, which every change takes, is ours and not the seed's.
  for (const { name, in: place, required, schema } of parameters.filter((one) => one.in !== 'header'))
    found.set(name, { place, isRequired: required, schema });
  const body = operation['requestBody'] as { content: Record<string, { schema: Json }> } | undefined;
  if (body === undefined) return found;
  const schema = body.content['application/json']?.schema ?? {};
  const required = new Set(schema['required'] as string[]);
  const properties = Object.entries(isJson(schema['properties']) ? schema['properties'] : {});
  // Nor is the time of a request, which legacy signatures alone need to undo a deletion.
  for (const [name, property] of properties.filter(([one]) => one !== 'timestamp'))
    found.set(name, { place: 'body', isRequired: required.has(name), schema: property });
  return found;
};

/** The alternative that is not null. */
const valueSchema = (schema: unknown, resolve: Resolve): Json => {
  const found = resolve(schema);
  const [first] = ((found['anyOf'] ?? []) as unknown[]).map(resolve).filter(({ type }) => type !== 'null');
  return { ...first, ...found };
};

/** Of lists and objects the seed prints no default. */
const scalarDefault = ({ default: fallback }: Json): unknown =>
  typeof fallback === 'object' ? undefined : fallback;

export const differencesOfParameters = (
  { parameters }: SeedOperation,
  operation: Json,
  resolve: Resolve,
): string[] => {
  const described = describedParameters(operation);
  const names = new Set(parameters.map(({ name }) => name));
  return [
    ...[...described.keys()].filter((name) => !names.has(name)).map((name) => `${name}: not in the seed`),
    ...parameters.flatMap((parameter) => {
      const found = described.get(parameter.name);
      return found === undefined
        ? [`${parameter.name}: missing`]
        : differencesOfParameter(parameter, found, resolve);
    }),
  ];
};

const differencesOfParameter = (parameter: SeedParameter, found: Described, resolve: Resolve): string[] => {
  const { name } = parameter;
  const shape = SHAPES[parameter.type];
  const value = valueSchema(found.schema, resolve);
  const same = (what: string, told: unknown, expected: unknown): string[] =>
    told === expected ? [] : [`${name}: ${what} ${String(told)}, not ${String(expected)}`];
  return [
    ...same('place', found.place, parameter.place),
    ...same('required', found.isRequired, parameter.isRequired),
    ...differencesOfSchema(found.schema, parameter.isNullable ? { orNull: shape } : shape, resolve, name),
    ...same('default', scalarDefault(resolve(found.schema)), parameter.default),
    ...same('minLength', value['minLength'], parameter.minLength ?? value['minLength']),
    ...same('maxLength', value['maxLength'], parameter.maxLength ?? value['maxLength']),
    ...same('minimum', value['minimum'], parameter.minimum ?? value['minimum']),
    ...same('maximum', value['maximum'], parameter.maximum ?? value['maximum']),
  ];
};
