import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineSignedRoute } from '../../src/http/route.ts';
import { createApiSurface } from '../../src/surfaces/api/api-surface.ts';
import { buildOpenApi } from '../../src/surfaces/openapi.ts';
import { lines, sendRaw } from './raw-socket.ts';
import { sampleRoutes, sampleSurface, startTestServer } from './sample-surface.ts';

const INFO = { title: 'Sample', version: '1.0.0' };

const operations = (paths: object): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  );

describe('the document', () => {
  const document = buildOpenApi([sampleSurface()], INFO);

  test('describes the routes that are declared, and no others', () => {
    const declared = sampleRoutes().map(({ method, path }) => `${method} ${path}`);
    expect(operations(document.paths).sort()).toEqual(declared.sort());
  });

  test('describes the routes that are served, and no others', async () => {
    await using server = await startTestServer();
    const described = new Set(operations(document.paths));
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    for (const path of Object.keys(document.paths)) {
      for (const method of methods) {
        for (const { url } of document.servers as { url: string }[]) {
          const target = (url === '/' ? '' : url) + path.replaceAll(/\{\w+\}/g, '7');
          const { status } = await sendRaw(server.port, lines(`${method} ${target} HTTP/1.1`, 'Host: a'));
          // `/things/summary` and `/things/new` are also things with that id to a method that they do not have.
          const isServed =
            described.has(`${method} ${path}`) ||
            (described.has(`${method} /ver1/things/{id}`) && /^\/ver1\/things\/[^/]+$/.test(path));
          expect([`${method} ${target}`, status !== 404]).toEqual([`${method} ${target}`, isServed]);
        }
      }
    }
  });

  test('splits parameters into path, query and body', () => {
    expect(document.paths['/ver1/things/{id}']?.['get']).toMatchObject({
      operationId: 'getThing',
      'x-scope': 'ACCOUNTS_READ',
      security: [
        { HTTPBearer: [] },
        { apiKey: [], signature: [] },
        { apiKey: [], timestamp: [], nonce: [], signature: [] },
        { signatureInput: [], signature: [] },
      ],
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'page', in: 'query', required: false, schema: { type: 'string' } },
      ],
    });
    const rename = document.paths['/ver1/things/{id}/rename']?.['post'];
    expect(rename).toMatchObject({
      parameters: [
        { name: 'id', in: 'path' },
        { name: 'Idempotency-Key', in: 'header', required: false },
      ],
    });
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      expect(rename).toHaveProperty(['requestBody', 'content', type, 'schema'], {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
      });
    }
    expect(document.paths['/ver1/ping']?.['get']).toMatchObject({ security: [] });
  });

  test('names every header that a security scheme is made of', () => {
    const schemes = document.components['securitySchemes'] as Record<string, { name?: string }>;
    const used = (document.paths['/ver1/things/{id}']?.['get']?.['security'] as object[]).flatMap(
      Object.keys,
    );
    expect(Object.keys(schemes).sort()).toEqual([...new Set(used)].sort());
    expect(Object.values(schemes).map(({ name }) => name)).toEqual([
      undefined,
      'Apikey',
      'Signature',
      'X-Timestamp',
      'X-Nonce',
      'Signature-Input',
    ]);
  });

  test('lists success and every error that can be given', () => {
    const responses = document.paths['/ver1/things/new']?.['post']?.['responses'] as Record<
      string,
      { description: string }
    >;
    expect(Object.keys(responses).sort()).toEqual([
      ...['201', '400', '401', '403', '409', '413', '422', '429', '500', '503'],
    ]);
    expect(responses['401']?.description).toBe('`api_key_invalid_or_expired`, `signature_invalid`');
    expect(Object.keys(document.paths['/ver1/ping']?.['get']?.['responses'] ?? {})).not.toContain('401');
    expect(document.paths['/ver1/things/{id}']?.['delete']).toMatchObject({
      responses: { 204: { description: 'Done' } },
    });
  });

  test('says under which prefix a surface is served, and describes its errors and bodies in its own way', () => {
    const route = defineSignedRoute({
      method: 'POST',
      path: '/api/things/sync',
      operationId: 'syncThings',
      summary: 'Ask for things',
      scope: 'ACCOUNTS_WRITE',
      input: z.object({
        exchange: z.string(),
        symbol: z.string().optional(),
        limit: z.int().default(100),
        depth: z.string(),
      }),
      inQuery: ['exchange', 'symbol', 'limit'],
      output: z.object({}),
      status: 200,
      errors: ['conflict'],
      handle: () => Promise.resolve({}),
    });
    const { paths, components } = buildOpenApi([sampleSurface(), createApiSurface([route])], INFO);
    const operation = paths['/api/things/sync']?.['post'];
    expect(operation).toMatchObject({
      servers: [{ url: '/' }],
      parameters: [
        { name: 'exchange', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'symbol', required: false, schema: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
        { name: 'limit', required: false, schema: { type: 'integer', default: 100 } },
        { name: 'Idempotency-Key', in: 'header' },
      ],
      requestBody: {
        content: { 'application/json': { schema: { properties: { depth: {} }, required: ['depth'] } } },
      },
      responses: {
        409: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiError' } } } },
        422: {
          description: '`record_invalid`, `idempotency_key_reused`',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/HTTPValidationError' } } },
        },
      },
    });
    expect(Object.keys((operation?.['requestBody'] as { content: object }).content)).toEqual([
      'application/json',
    ]);
    expect(paths['/ver1/ping']?.['get']).not.toHaveProperty('servers');
    expect(components).toHaveProperty(['schemas', 'ApiError', 'properties', 'detail', 'type'], 'string');
    expect(components).toHaveProperty(
      ['schemas', 'HTTPValidationError', 'properties', 'detail', 'type'],
      'array',
    );
    expect(components).toHaveProperty(['schemas', 'Error', 'properties', 'error']);
  });

  test('holds named schemas once, with references that lead to them', () => {
    const amount = z.custom<object>(() => true).meta({ type: 'number' });
    const account = z.object({ id: z.int(), amount }).meta({ id: 'Account' });
    const route = defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts',
      operationId: 'listAccounts',
      summary: 'All',
      scope: null,
      input: z.object({ page: z.coerce.number().int().min(1).default(1) }),
      output: z.array(account),
      status: 200,
      errors: [],
      handle: () => Promise.resolve([]),
    });
    const { paths, components } = buildOpenApi([sampleSurface([route])], INFO);
    expect(paths['/ver1/accounts']?.['get']).toHaveProperty(
      ['responses', '200', 'content', 'application/json', 'schema'],
      { type: 'array', items: { $ref: '#/components/schemas/Account' } },
    );
    expect(components).toHaveProperty(['schemas', 'Account', 'properties', 'amount'], { type: 'number' });
    expect(JSON.stringify({ paths, components })).not.toContain('$defs');
    expect(paths['/ver1/accounts']?.['get']).toHaveProperty(['parameters', '0', 'required'], false);
  });
});

test('the document is served with an ETag, and not sent again to those who have it', async () => {
  await using server = await startTestServer();
  const first = await fetch(`${server.url}/openapi.json`);
  expect(await first.json()).toEqual(
    JSON.parse(JSON.stringify(buildOpenApi([sampleSurface()], { title: 'Sample', version: '1' }))),
  );
  expect(first.headers.get('cache-control')).toBe('public, max-age=300');
  const etag = first.headers.get('etag') ?? '';
  const again = await fetch(`${server.url}/openapi.json`, {
    headers: { 'If-None-Match': `"other", W/${etag}` },
  });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
  expect(
    (await fetch(`${server.url}/openapi.json`, { headers: { 'If-None-Match': '"other"' } })).status,
  ).toBe(200);
});
