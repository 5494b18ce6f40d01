/** Builds the OpenAPI 3.1 document out of the route declarations: what is served is what is described. */
import { changesSomething } from '../http/idempotency.ts';
import { acceptedScopes, type Route } from '../http/route.ts';
import type { ProofDescription, Surface, SurfaceDescription } from '../http/surface.ts';
import type { ErrorCode } from '../shared/errors.ts';
import { createSchemaCollector, isJson, type Json, type SchemaCollector } from './openapi-schemas.ts';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: ApiInfo;
  readonly servers: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly webhooks?: Readonly<Record<string, Json>>;
  readonly components: Json;
}

const PUBLIC_ERRORS = ['malformed_request', 'payload_too_large', 'rate_limited', 'unknown_error'] as const;
const SIGNED_ERRORS = [
  ...PUBLIC_ERRORS,
  'forced_mode_invalid',
  'api_key_invalid_or_expired',
  'signature_invalid',
  'token_invalid',
] as const;

const SECURITY_SCHEMES = {
  HTTPBearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token that a caller key got by a signed request',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'Apikey' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description:
      'Profile legacy: HMAC-SHA256 (hex) or RSA (base64) over path, `?` with the query, and the body, as sent; a DELETE puts `DELETE ` before the path. Profile strict: `v2=` and the signature (hex or base64) over the lines CS2, algorithm, key id, timestamp, nonce, window, method, host, target and the SHA-256 of the body. Profile rfc9421: HTTP Message Signatures, tagged `countersign`.',
  },
  timestamp: { type: 'apiKey', in: 'header', name: 'X-Timestamp', description: 'Milliseconds since 1970' },
  nonce: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Nonce',
    description: '22 to 64 characters, never sent before',
  },
  signatureInput: { type: 'apiKey', in: 'header', name: 'Signature-Input' },
};

/** Each of them is enough, unless a key's own floor asks for more: a token, or one of the three profiles. */
const SECURITY = [
  { HTTPBearer: [] },
  { apiKey: [], signature: [] },
  { apiKey: [], timestamp: [], nonce: [], signature: [] },
  { signatureInput: [], signature: [] },
];

const CALLERS_PROOF: ProofDescription = { schemes: SECURITY_SCHEMES, requirements: SECURITY };

const proofOf = ({ ownProof }: SurfaceDescription): ProofDescription => ownProof ?? CALLERS_PROOF;

const keepsAnswers = ({ description }: Surface, route: Route): boolean =>
  changesSomething(route) && description.ownProof === undefined;

/** Each route stands once, under its path without a prefix; the other prefixes are servers of the document. */
export const buildOpenApi = (
  surfaces: readonly Surface[],
  info: ApiInfo,
  describeWebhooks?: (schemas: SchemaCollector) => Readonly<Record<string, Json>>,
): OpenApiDocument => {
  const schemas = createSchemaCollector();
  const paths: Record<string, Record<string, Json>> = {};
  const prefixes = [...new Set(surfaces.flatMap((surface) => surface.prefixes))];
  for (const surface of surfaces) {
    const servers =
      surface.prefixes.length === prefixes.length ? {} : { servers: toServers(surface.prefixes) };
    for (const route of surface.routes) {
      const operation = { ...describeRoute(surface, route, schemas), ...servers };
      (paths[route.path] ??= {})[route.method.toLowerCase()] = operation;
    }
  }
  return {
    openapi: '3.1.0',
    info,
    servers: toServers(prefixes),
    paths,
    ...(describeWebhooks !== undefined && { webhooks: describeWebhooks(schemas) }),
    components: {
      securitySchemes: Object.assign(
        {},
        ...surfaces.map(({ description }) => proofOf(description).schemes),
      ) as Json,
      schemas: Object.assign(
        schemas.components(),
        ...surfaces.map(({ description }) => description.errorSchemas),
      ) as Json,
    },
  };
};

const toServers = (prefixes: readonly string[]): Json[] =>
  prefixes.map((prefix) => ({ url: prefix === '' ? '/' : prefix }));

const describeRoute = (surface: Surface, route: Route, schemas: SchemaCollector): Json => ({
  operationId: route.operationId,
  summary: route.summary,
  tags: [surface.name],
  ...describeInput(surface, route, schemas),
  responses: describeResponses(surface, route, schemas),
  ...(route.security === 'public'
    ? { security: [] }
    : {
        security: proofOf(surface.description).requirements,
        ...(surface.description.ownProof === undefined && { 'x-scope': route.scope }),
        ...(route.scope === null
          ? {}
          : { description: `Needs the scope ${acceptedScopes(route).join(' or ')}.` }),
      }),
});

/** `.meta({ 'x-required': true })`: of a parameter whose absence the use case tells, with all other problems. */
const REQUIRED_MARK = 'x-required';

/** Parameters named in the path go there, those of reads into the query, all others into the body. */
const describeInput = (surface: Surface, route: Route, schemas: SchemaCollector): Json => {
  const schema = schemas.convert(route.input, route.operationId);
  const properties = isJson(schema['properties']) ? schema['properties'] : {};
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  for (const [name, property] of Object.entries(properties)) {
    if (isJson(property) && property[REQUIRED_MARK] === true) required.add(name);
  }
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const rest = Object.keys(properties).filter(
    (name) => !inPath.includes(name) && !Object.hasOwn(route.inHeader ?? {}, name),
  );
  const inHeader = Object.entries(route.inHeader ?? {});
  const reads = route.method === 'GET' || route.method === 'DELETE';
  const inQuery = reads ? rest : rest.filter((name) => route.inQuery?.includes(name));
  const inBody = reads ? [] : rest.filter((name) => !inQuery.includes(name));

  const parameters = [
    ...inPath.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: properties[name] ?? { type: 'string' },
    })),
    ...inQuery.map((name) => ({
      name,
      in: 'query',
      required: required.has(name),
      schema:
        surface.description.absentIsNull && !required.has(name) ? orNull(properties[name]) : properties[name],
    })),
    ...inHeader.map(([name, header]) => ({
      name: header,
      in: 'header',
      required: required.has(name),
      schema: properties[name],
    })),
  ];
  const all = keepsAnswers(surface, route) ? [...parameters, IDEMPOTENCY_KEY] : parameters;
  const withParameters = all.length === 0 ? {} : { parameters: all };
  if (inBody.length === 0) return withParameters;

  const body = {
    type: 'object',
    properties: Object.fromEntries(inBody.map((name) => [name, properties[name]])),
    required: inBody.filter((name) => required.has(name)),
  };
  const content = Object.fromEntries(surface.description.bodyTypes.map((type) => [type, { schema: body }]));
  return { ...withParameters, requestBody: { required: body.required.length > 0, content } };
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Of your choice. The same request under the same key, within 24 hours, is done once and gets the same answer, ' +
    'then with `Idempotency-Replayed: true`',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** As FastAPI describes what may be left out and has no default. */
const orNull = (schema: unknown): unknown => {
  if (!isJson(schema) || schema['default'] !== undefined) return schema;
  const isNullable = [schema['type'], schema['anyOf']].some(
    (union) =>
      Array.isArray(union) && union.some((one) => one === 'null' || (isJson(one) && one['type'] === 'null')),
  );
  if (isNullable) return schema;
  const { description, ...rest } = schema;
  return { anyOf: [rest, { type: 'null' }], ...(description !== undefined && { description }) };
};

/** Errors of one status share an entry; its description names the words that `error` may hold. */
const describeResponses = (surface: Surface, route: Route, schemas: SchemaCollector): Json => {
  const success =
    route.status === 204
      ? { description: 'Done' }
      : {
          description: 'Success',
          content: {
            [route.streams ?? 'application/json']: {
              schema: schemas.convert(route.output, route.operationId),
            },
          },
        };
  const { properties } = schemas.convert(route.input, route.operationId);
  const hasInput = isJson(properties) && Object.keys(properties).length > 0;
  return {
    [route.status]: success,
    ...describeErrors(surface.description, errorCodesOf(surface, route, hasInput)),
  };
};

const errorCodesOf = (surface: Surface, route: Route, hasInput: boolean): ReadonlySet<ErrorCode> => {
  const codes = new Set<ErrorCode>(route.security === 'public' ? PUBLIC_ERRORS : SIGNED_ERRORS);
  if (hasInput) codes.add('record_invalid');
  if (route.security === 'signed' && route.scope !== null) codes.add('access_denied');
  for (const code of route.errors) codes.add(code);
  if (keepsAnswers(surface, route)) codes.add('request_in_progress').add('idempotency_key_reused');
  return codes;
};

const describeErrors = (description: SurfaceDescription, codes: ReadonlySet<ErrorCode>): Json => {
  const bodies = new Map<number, { words: Set<string>; schemaName: string }>();
  for (const code of codes) {
    const { status, word, schemaName } = description.describeError(code);
    const body = bodies.get(status) ?? { words: new Set(), schemaName };
    bodies.set(status, body);
    body.words.add(word);
  }
  return Object.fromEntries(
    [...bodies].map(([status, { words, schemaName }]) => [
      status,
      {
        description: [...words].map((word) => `\`${word}\``).join(', '),
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName}` } } },
      },
    ]),
  );
};
