/** The ways in which a parameter of the seed's table can be wrong, and what the 422 says of each. */
import type { Sample } from './seed-fixture.ts';
import type { SeedOperation, SeedParameter } from './seed-operations.ts';

export interface Refusal {
  readonly what: string;
  /** Undefined: left out. */
  readonly value: unknown;
  readonly type: RegExp;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

const WRONG: Readonly<Record<SeedParameter['type'], { readonly value: unknown; readonly type: RegExp }>> = {
  string: { value: 5, type: /^string_type$/ },
  boolean: { value: 'maybe', type: /^bool_parsing$/ },
  integer: { value: 'abc', type: /^int_parsing$/ },
  number: { value: 'abc', type: /^(?:decimal|float)_parsing$/ },
  moment: { value: 'yesterday', type: /^datetime_/ },
  strings: { value: 'read', type: /^list_type$/ },
  object: { value: 'text', type: /^dict_type$/ },
};

const refusalsOf = (parameter: SeedParameter): Refusal[] => {
  const { type, place, minLength, maxLength, minimum, maximum } = parameter;
  if (place === 'path') return [];
  const all: Refusal[] = [];
  if (parameter.isRequired) all.push({ what: 'missing', value: undefined, type: /^missing$/, ctx: {} });
  // Whatever stands in a query is text.
  if (!(place === 'query' && type === 'string')) all.push({ what: 'of another type', ...WRONG[type] });
  if (place === 'body' && !parameter.isNullable) all.push({ what: 'null', value: null, type: /_type$/ });
  if (minLength !== undefined)
    all.push({
      what: 'too short',
      value: 'k'.repeat(minLength - 1),
      type: /^string_too_short$/,
      ctx: { min_length: minLength },
    });
  if (maxLength !== undefined)
    all.push({
      what: 'too long',
      value: 'k'.repeat(maxLength + 1),
      type: /^string_too_long$/,
      ctx: { max_length: maxLength },
    });
  if (minimum !== undefined)
    all.push({ what: 'too small', value: minimum - 1, type: /^greater_than_equal$/, ctx: { ge: minimum } });
  if (maximum !== undefined)
    all.push({ what: 'too great', value: maximum + 1, type: /^less_than_equal$/, ctx: { le: maximum } });
  if (type === 'integer')
    all.push({ what: 'huge', value: '9'.repeat(40), type: /^(?:int_parsing|less_than)/ });
  return all;
};

/** A good sample with one parameter otherwise; undefined: without it. */
export const withParameter = (
  sample: Sample,
  { name, place }: Pick<SeedParameter, 'name' | 'place'>,
  value: unknown,
): Sample => {
  const sent = place === 'query' ? sample.query : sample.body;
  const parameters: Record<string, unknown> = { ...sent, [name]: value };
  if (value === undefined) Reflect.deleteProperty(parameters, name);
  return { ...sample, [place]: parameters };
};

/** Every wrong parameter of every operation. */
export const allRefusals = (
  operations: readonly SeedOperation[],
): { operation: SeedOperation; parameter: SeedParameter; refusal: Refusal }[] =>
  operations.flatMap((operation) =>
    operation.parameters.flatMap((parameter) =>
      refusalsOf(parameter).map((refusal) => ({ operation, parameter, refusal })),
    ),
  );
