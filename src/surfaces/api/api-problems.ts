/** Bad parameters in the form of FastAPI's 422: one entry each, with pydantic's type, words and context. */
import type { $ZodIssue } from 'zod/v4/core';
import type { z } from 'zod';
import type { Route } from '../../http/route.ts';
import type { Parameters } from '../../http/surface.ts';
import { AppError } from '../../shared/errors.ts';
import { placeOf } from './parameter-place.ts';

export interface ParameterProblem {
  /** Place, then the way to the value: `["body", "weights", "BTC"]`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
  /** What was sent, when it can be shown. */
  readonly input: unknown;
  readonly ctx: Readonly<Record<string, unknown>>;
}

/** Carries every bad parameter of a request at once. */
export class ApiParameterError extends AppError {
  readonly problems: readonly ParameterProblem[];

  constructor(problems: readonly ParameterProblem[]) {
    super('record_invalid', 'Invalid parameters');
    this.problems = problems;
  }
}

/** pydantic's name of a problem and its context; `msg` is the issue's own message. */
export interface ProblemKind {
  readonly type: string;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

export const toParameterError = (error: z.ZodError, sent: Parameters, route: Route): ApiParameterError =>
  new ApiParameterError(error.issues.flatMap((issue) => toProblems(issue, sent, route)));

const toProblems = (issue: $ZodIssue, sent: Parameters, route: Route): ParameterProblem[] => {
  const way = issue.path.map((step) => (typeof step === 'symbol' ? step.toString() : step));
  const value = valueAt(sent, way);
  const loc = [placeOf(String(way[0]), route), ...way];
  // A bad key of a map: FastAPI marks it in the way.
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => ({
      loc: [...loc, '[key]'],
      ...describe(inner, way.at(-1)),
      input: shown(way, way.at(-1)),
    }));
  return [{ loc, ...describe(issue, value), input: shown(way, value) }];
};

const valueAt = (sent: unknown, way: readonly (string | number)[]): unknown =>
  way.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    sent,
  );

type Description = Pick<ParameterProblem, 'msg' | 'type' | 'ctx'>;

/** The message of an issue that a field of ours raised is its own; zod's are said again in pydantic's words. */
const describe = (issue: $ZodIssue, value: unknown): Description => {
  if (value === undefined && !isSaid(issue)) return { msg: 'Field required', type: 'missing', ctx: {} };
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? { msg: 'Input is not valid', type: 'value_error', ctx: {} };
    case 'too_small':
      return lengthProblem('least', issue.minimum);
    case 'too_big':
      return lengthProblem('most', issue.maximum);
    case 'invalid_value':
      return choiceProblem(issue.values);
    case 'invalid_format':
      return patternProblem((issue.pattern ?? issue.format).replaceAll(/^\/|\/$/g, ''));
    case 'custom': {
      const kind = issue.params as ProblemKind | undefined;
      if (kind !== undefined) return { msg: issue.message, type: kind.type, ctx: kind.ctx ?? {} };
      return { msg: `Value error, ${issue.message}`, type: 'value_error', ctx: { error: {} } };
    }
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { msg: 'Input is not valid', type: 'value_error', ctx: { error: {} } };
  }
};

/** A rule over several parameters speaks of one that is not there in words of its own. */
const isSaid = (issue: $ZodIssue): boolean =>
  issue.code === 'custom' && (issue.params as ProblemKind | undefined)?.type === 'value_error';

const patternProblem = (pattern: string): Description => ({
  msg: `String should match pattern '${pattern}'`,
  type: 'string_pattern_mismatch',
  ctx: { pattern },
});

const TYPES: Readonly<Record<string, Description>> = {
  string: { msg: 'Input should be a valid string', type: 'string_type', ctx: {} },
  record: { msg: 'Input should be a valid dictionary', type: 'dict_type', ctx: {} },
  object: { msg: 'Input should be a valid dictionary', type: 'dict_type', ctx: {} },
  array: { msg: 'Input should be a valid list', type: 'list_type', ctx: {} },
};

/** Lengths of texts; bounds of numbers and sizes of maps are the business of the fields. */
const lengthProblem = (bound: 'least' | 'most', length: number | bigint): Description => ({
  msg: `String should have at ${bound} ${length} character${Number(length) === 1 ? '' : 's'}`,
  type: bound === 'least' ? 'string_too_short' : 'string_too_long',
  ctx: { [bound === 'least' ? 'min_length' : 'max_length']: Number(length) },
});

const choiceProblem = (values: readonly unknown[]): Description => {
  const quoted = values.map((value) => `'${String(value)}'`);
  const expected = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ');
  return { msg: `Input should be ${expected}`, type: 'literal_error', ctx: { expected } };
};

const SECRET_NAME = /key|secret|pass|token|signature|credential/i;
const LONGEST_SHOWN = 100;

/** Only short scalars, and never under a name that may hold a secret: an object may have one anywhere inside. */
const shown = (way: readonly (string | number)[], value: unknown): unknown => {
  if (way.some((step) => SECRET_NAME.test(String(step)))) return null;
  if (typeof value === 'string') return value.length <= LONGEST_SHOWN ? value : null;
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
};
