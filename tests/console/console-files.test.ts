import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.adminUrl}${path}`, { headers, redirect: 'manual' });

const assetsOf = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="(\/console\/main-[^"]+)"/g)].map(([, path]) => path ?? '');

test('the page may load nothing but what the listener serves, and is asked for anew each time', async () => {
  const response = await get('/console/');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const html = await response.text();
  expect(assetsOf(html)).toHaveLength(2);
  expect(html).not.toMatch(/https?:\/\//);
});

test('scripts and styles carry a hash in their name and are kept for ever, compressed for those who take it', async () => {
  const assets = assetsOf(await (await get('/console/')).text());
  for (const asset of assets) {
    const response = await get(asset, { 'accept-encoding': 'br' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-encoding')).toBe('br');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    await response.text();
    const again = await get(asset, { 'if-none-match': response.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  }
});

test('the listener sends a browser that names no path to the console', async () => {
  const response = await get('/');
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/console/');
});

test.each([
  '/console/files.json',
  '/console/index.html',
  '/console/main.js',
  '/console/../../package.json',
  '/console/%2e%2e/%2e%2e/package.json',
  '/console/..%2f..%2fpackage.json',
  '/console/assets',
])('%s is no file of the console', async (path) => {
  // fetch would resolve the dots itself.
  const response = await get(path.replaceAll('/..', '/%2e%2e'));
  expect(response.status).toBe(404);
});

test('source maps and the list of licences are not served', async () => {
  for (const asset of assetsOf(await (await get('/console/')).text())) {
    expect((await get(`${asset}.map`)).status).toBe(404);
    expect((await get(`${asset}.LEGAL.txt`)).status).toBe(404);
    expect(await (await get(asset)).text()).not.toContain('sourceMappingURL');
  }
});

test('the public listener has no console', async () => {
  for (const path of ['/', '/console', '/console/'])
    expect((await fetch(`${gateway.baseUrl}${path}`)).status).toBe(404);
});
