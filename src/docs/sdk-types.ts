/** The types of the client library, made of the API document: each route by method and path, its parameters in one. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import type { OpenApiDocument } from '../surfaces/openapi.ts';
import { isJson, type Json } from '../surfaces/openapi-schemas.ts';

const HEAD =
  '/** Written by `npm run docs` from the API document: what each route takes and answers. Not to be edited. */';

const SCHEMAS = '#/components/schemas/';

interface Field {
  readonly name: string;
  readonly schema: unknown;
  readonly isRequired: boolean;
}

interface Operation {
  /** `GET /ver1/accounts`. */
  readonly name: string;
  readonly schema: Json;
  /** Parameters that go into the query of a request with a body. */
  readonly inQuery: readonly string[];
}

/** TypeScript, laid out as the formatter does it. */
export const sdkTypes = async (document: OpenApiDocument): Promise<string> => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      readOperation(method.toUpperCase(), path, operation),
    ),
  );
  const { openapi, info } = document;
  const shared = isJson(document.components['schemas']) ? document.components['schemas'] : {};
  // As schemas, routes come out as short as they are; as paths, with every error and header five times as long.
  const reduced = {
    openapi,
    info,
    paths: {},
    components: {
      schemas: {
        Operations: toObject(operations.map(({ name, schema }) => ({ name, schema, isRequired: true }))),
        Events: toObject(readEvents(document)),
        ...pickUsed(operations, shared),
      },
    },
  } as unknown as OpenAPI3;
  const types = await openapiTypes(reduced, {
    immutable: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  });
  return format(`${HEAD}\n\n${printQueryTable(operations)}\n\n${astToString(types)}`);
};

/** What each type of event tells, by type. */
const readEvents = ({ webhooks = {} }: OpenApiDocument): Field[] =>
  Object.entries(webhooks).map(([name, { post }]) => ({
    name,
    schema: contentOf(isJson(post) ? post['requestBody'] : undefined),
    isRequired: true,
  }));

const readOperation = (method: string, path: string, operation: Json): Operation => {
  const body = contentOf(operation['requestBody']);
  const inBody = isJson(body?.['properties']) ? Object.entries(body['properties']) : [];
  const required = new Set<unknown>(Array.isArray(body?.['required']) ? body['required'] : []);
  const declared = Array.isArray(operation['parameters']) ? operation['parameters'].filter(isJson) : [];
  // Headers are the client's own business.
  const parameters = declared.filter((parameter) => parameter['in'] !== 'header');
  const [, success] = Object.entries(operation['responses'] as Json)[0] ?? [];
  const answer = contentOf(success);
  const fields: Field[] = [
    ...parameters.map((parameter) => ({
      name: String(parameter['name']),
      // Ids stand in paths as text, and in answers as numbers.
      schema: parameter['in'] === 'path' ? { type: ['string', 'integer'] } : toPlain(parameter['schema']),
      isRequired: parameter['required'] === true,
    })),
    ...inBody.map(([name, schema]) => ({ name, schema: toPlain(schema), isRequired: required.has(name) })),
  ];
  return {
    name: `${method} ${path}`,
    schema: {
      description: [operation['summary'], operation['description']].filter(Boolean).join('. '),
      ...toObject([
        { name: 'parameters', schema: toObject(fields), isRequired: true },
        ...(answer === undefined ? [] : [{ name: 'answer', schema: answer, isRequired: true }]),
      ]),
    },
    inQuery: ['POST', 'PUT', 'PATCH'].includes(method)
      ? parameters.filter((parameter) => parameter['in'] === 'query').map(({ name }) => String(name))
      : [],
  };
};

const contentOf = (part: unknown): Json | undefined => {
  const content = isJson(part) && isJson(part['content']) ? part['content']['application/json'] : undefined;
  return isJson(content) && isJson(content['schema']) ? content['schema'] : undefined;
};

/** What has a default may be left out, in parameters as everywhere. */
const toObject = (fields: readonly Field[]): Json => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
  required: fields.filter(({ isRequired }) => isRequired).map(({ name }) => name),
});

/** A type beside `anyOf` says what to send; the alternatives are what is understood besides. */
const toPlain = (schema: unknown): unknown => {
  if (!isJson(schema) || typeof schema['type'] !== 'string') return schema;
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== 'anyOf'));
};

/** Those that parameters or answers speak of, directly or through others. */
const pickUsed = (operations: readonly Operation[], schemas: Json): Json => {
  const used: Record<string, unknown> = {};
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isJson(value)) return;
    const name = typeof value['$ref'] === 'string' ? value['$ref'].slice(SCHEMAS.length) : undefined;
    if (name !== undefined && !(name in used)) {
      used[name] = schemas[name];
      visit(schemas[name]);
    }
    Object.values(value).forEach(visit);
  };
  operations.forEach(({ schema }) => {
    visit(schema);
  });
  return used;
};

const printQueryTable = (operations: readonly Operation[]): string => {
  const rows = operations
    .filter(({ inQuery }) => inQuery.length > 0)
    .map(({ name, inQuery }) => `  ${JSON.stringify(name)}: ${JSON.stringify(inQuery)},`);
  return [
    '/** Parameters that go into the query where all others go into the body. */',
    'export const QUERY_PARAMETERS: Readonly<Record<string, readonly string[]>> = {',
    ...rows,
    '};',
  ].join('\n');
};

const format = (source: string): string =>
  execFileSync(
    process.execPath,
    [
      createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome'),
      'format',
      '--stdin-file-path=src/sdk/api-types.ts',
    ],
    { input: source, encoding: 'utf8' },
  );
