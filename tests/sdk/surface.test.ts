/** The client is what the API document says, whole, and runs where there is no Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { createContext, SourceTextModule } from 'node:vm';
import { expect, test } from '@jest/globals';
import { renderSdkTypes, SDK_TYPES } from '../../src/docs/docs-command.ts';
import type * as sdk from '../../src/sdk/sdk.ts';
import { METHODS } from '../../src/sdk/client-methods.ts';
import { toWireRequest } from '../../src/sdk/wire-request.ts';

const BASE = new URL('https://gateway.example');

test('its types are those of the API document (npm run docs)', async () => {
  expect(readFileSync(SDK_TYPES, 'utf8')).toBe(await renderSdkTypes());
});

test('every route has a name, but the stream and those that have the same answer by another method', () => {
  const types = readFileSync(SDK_TYPES, 'utf8');
  const routes = new Set(
    Array.from(types.matchAll(/^ +readonly '([A-Z]+ \/[^']+)': \{$/gm), ([, name]) => name),
  );
  expect(routes.size).toBeGreaterThan(60);
  for (const named of Object.values(METHODS).flatMap((verbs) => Object.values(verbs)))
    expect(routes.delete(named)).toBe(true);
  expect([...routes].sort()).toEqual([
    // client.events.stream
    'GET /api/events/stream',
    'GET /ver1/accounts/types_to_connect',
    'POST /ver1/accounts/{account_id}/leverage_data',
  ]);
});

test('it asks for no module of Node, and works with what browsers have alone', async () => {
  const loaded = new Map<string, SourceTextModule>();
  const calls: { url: string; headers: Record<string, string> }[] = [];
  const context = createContext({
    URL,
    TextEncoder,
    TextDecoder,
    AbortSignal,
    crypto,
    btoa,
    atob,
    setTimeout,
    clearTimeout,
    fetch: (url: string, init: { headers: Record<string, string> }) => {
      calls.push({ url, headers: init.headers });
      return Promise.resolve(new Response('[]'));
    },
  });
  const load = (file: string): SourceTextModule => {
    const found =
      loaded.get(file) ?? new SourceTextModule(readFileSync(`dist/src/sdk/${file}`, 'utf8'), { context });
    loaded.set(file, found);
    return found;
  };
  const entry = load('sdk.js');
  await entry.link((name) => {
    if (!/^\.\/[a-z-]+\.js$/.test(name)) throw new Error(`the client asks for ${name}`);
    return load(name.slice(2));
  });
  await entry.evaluate();
  const { createClient } = entry.namespace as unknown as typeof sdk;
  const client = createClient({ baseUrl: BASE.href, key: { id: 'a', secret: 'b' } });
  expect(await client.accounts.list({ page: 2 })).toHaveLength(0);
  expect(calls.map(({ url }) => url)).toEqual(['https://gateway.example/ver1/accounts?page=2']);
  // All but the types are reached from the entry.
  const files = readdirSync('dist/src/sdk').filter((file) => file.endsWith('.js'));
  expect([...loaded.keys()].sort()).toEqual(files.sort());
});

test('an id cannot lead to another route', () => {
  for (const account_id of ['', '.', '..', undefined])
    expect(() => toWireRequest(BASE, 'GET /ver1/accounts/{account_id}', { account_id })).toThrow(TypeError);
  const { url } = toWireRequest(BASE, 'GET /ver1/accounts/{account_id}', { account_id: '../a?b#c/d' });
  expect(url.href).toBe('https://gateway.example/ver1/accounts/..%2Fa%3Fb%23c%2Fd');
});

test('parameters go where the route has them, and those without a value nowhere', () => {
  const read = toWireRequest(BASE, 'GET /ver1/accounts', { api_key: null, page: 2, per_page: undefined });
  expect([read.url.search, read.body]).toEqual(['?page=2', undefined]);
  const sync = toWireRequest(BASE, 'POST /api/exchange/balance/sync', { exchange: 'kraken' });
  expect([sync.url.search, sync.body]).toEqual(['?exchange=kraken', undefined]);
  const rename = toWireRequest(new URL('/public/api/', BASE), 'POST /ver1/accounts/{account_id}/rename', {
    account_id: 7,
    name: null,
  });
  expect([rename.url.pathname, rename.body]).toEqual(['/public/api/ver1/accounts/7/rename', '{"name":null}']);
});

test('the package exports it with its types', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, Record<string, string>>;
  };
  for (const file of Object.values(exports['./sdk'] ?? {}))
    expect(readFileSync(file, 'utf8')).toContain('ApiError');
});
