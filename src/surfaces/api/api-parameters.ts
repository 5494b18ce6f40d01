/** Reads parameters as FastAPI does: each from its own place, the path, the query or a JSON body, and from no other. */
import { readJsonObject } from '../../http/json-body.ts';
import { readParameters } from '../../http/parameters.ts';
import type { Route } from '../../http/route.ts';
import type { Parameters, ParameterSource } from '../../http/surface.ts';
import { AppError } from '../../shared/errors.ts';
import { ApiParameterError } from './api-problems.ts';
import { hasBody, type Place, placeOf } from './parameter-place.ts';

/** Query and body parameters. Throws AppError: malformed_request for the query, ApiParameterError for the body. */
export const readApiParameters = (source: ParameterSource, route: Route): Parameters => ({
  ...only('query', readQuery(source, route), route),
  ...(hasBody(route) && only('body', readBody(source), route)),
});

/** Of a name that is sent several times the last value counts, unless it is a list. */
const readQuery = ({ query, headers }: ParameterSource, { repeated = [] }: Route): Parameters => {
  const sent = readParameters({ query, headers, rawBody: Buffer.alloc(0) });
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [
      name,
      Array.isArray(value) && !repeated.includes(name) ? (value.at(-1) as unknown) : value,
    ]),
  );
};

/** No body is an empty one: every required parameter is then reported by its name. */
const readBody = ({ rawBody }: ParameterSource): Parameters => {
  if (rawBody.length === 0) return {};
  try {
    return readJsonObject(rawBody);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new ApiParameterError([
      {
        loc: ['body'],
        msg: 'JSON decode error',
        type: 'json_invalid',
        input: null,
        ctx: { error: error.message },
      },
    ]);
  }
};

const only = (place: Place, sent: Parameters, route: Route): Parameters =>
  Object.fromEntries(Object.entries(sent).filter(([name]) => placeOf(name, route) === place));
