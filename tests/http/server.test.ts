import { describe, expect, test } from '@jest/globals';
import { sendRaw } from './raw-socket.ts';
import { aCallerKey, aClock, sampleRoutes, sampleSurface, startTestServer } from './sample-surface.ts';

const bodyOf = async (response: Response): Promise<unknown> => JSON.parse(await response.text());

describe('a signed request', () => {
  const key = aCallerKey();

  test('is answered by its route, under either prefix', async () => {
    await using server = await startTestServer({ keys: [key] });
    for (const prefix of ['', '/public/api']) {
      const response = await server.signed(key, 'GET', `${prefix}/ver1/things/7?page=2`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await bodyOf(response)).toEqual({ id: '7', name: 'real', tags: [key.tenantId] });
    }
  });

  test('reaches a literal path before a parameter, and decodes a parameter', async () => {
    await using server = await startTestServer({ keys: [key] });
    expect(await bodyOf(await server.signed(key, 'GET', '/ver1/things/summary'))).toMatchObject({ name: '' });
    expect(await bodyOf(await server.signed(key, 'GET', '/ver1/things/a%20b'))).toMatchObject({ id: 'a b' });
    for (const bad of ['/ver1/things/%ff', '/ver1/things/%00']) {
      const response = await server.signed(key, 'GET', bad);
      expect([response.status, await bodyOf(response)]).toMatchObject([400, { error: 'malformed_request' }]);
    }
  });

  test('creates with 201 from JSON, a form or the query; the query wins, the path stands above all', async () => {
    await using server = await startTestServer({ keys: [key] });
    const json = await server.signed(
      key,
      'POST',
      '/ver1/things/new',
      '{"name": "caf\\u00e9", "tags": ["x"]}',
    );
    expect([json.status, await bodyOf(json)]).toEqual([201, { name: 'café', tags: ['x'], amount: null }]);
    const form = await server.signed(key, 'POST', '/ver1/things/new', 'name=one&tags[]=a&tags[]=b');
    expect(await bodyOf(form)).toEqual({ name: 'one', tags: ['a', 'b'], amount: null });
    const both = await server.signed(
      key,
      'POST',
      '/ver1/things/new?name=query',
      '{"name":"body","unknown":1}',
    );
    expect(await bodyOf(both)).toEqual({ name: 'query', tags: [], amount: null });
    const path = await server.signed(key, 'POST', '/ver1/things/7/rename?id=8', '{"id":9,"name":"n"}');
    expect(await bodyOf(path)).toMatchObject({ id: '7' });
  });

  test('keeps every digit of an amount', async () => {
    await using server = await startTestServer({ keys: [key] });
    const body = '{"name":"n2","amount":0.123456789012345678}';
    const response = await server.signed(key, 'POST', '/ver1/things/new', body);
    expect(await bodyOf(response)).toMatchObject({ amount: '0.123456789012345678' });
  });

  test('to delete is answered with 204 and no body', async () => {
    await using server = await startTestServer({ keys: [key] });
    const response = await server.signed(key, 'DELETE', '/ver1/things/7');
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test('with HEAD gets the headers of GET', async () => {
    await using server = await startTestServer({ keys: [key] });
    const response = await server.signed(key, 'HEAD', '/ver1/things/7');
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('refusals', () => {
  const key = aCallerKey();
  const revoked = aCallerKey({ revokedAt: 1 });
  const elsewhere = aCallerKey({ ipAllowlist: ['203.0.113.0/24'] });
  const reader = aCallerKey({ scopes: new Set(['ACCOUNTS_READ']) });
  const writer = aCallerKey({ scopes: new Set(['ACCOUNTS_WRITE']) });
  const keys = [key, revoked, elsewhere, reader, writer];

  test('for a bad signature, a revoked key and a foreign address are the same bytes', async () => {
    await using server = await startTestServer({ keys });
    const target = '/ver1/things/7';
    const bad = await fetch(server.url + target, {
      headers: { Apikey: key.keyId, Signature: 'f'.repeat(64) },
    });
    const unsigned = await fetch(server.url + target, { headers: { Apikey: key.keyId } });
    const answers = [
      bad,
      unsigned,
      await server.signed(revoked, 'GET', target),
      await server.signed(elsewhere, 'GET', target),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(bodies)).toEqual(
      new Set(['{"error":"signature_invalid","error_description":"Provided signature is invalid"}']),
    );
    const names = answers.map(({ headers }) => [...headers.keys()].join());
    expect(new Set(names).size).toBe(1);
  });

  test('for a key that is missing or unknown are the same bytes', async () => {
    await using server = await startTestServer({ keys });
    const answers = [
      await fetch(`${server.url}/ver1/things/7`),
      await server.signed(aCallerKey(), 'GET', '/ver1/things/7'),
    ];
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(bodies[0]).toBe(bodies[1]);
    expect(bodies[0]).toContain('"api_key_invalid_or_expired"');
  });

  test('for a missing scope are 403, and writing does not imply reading', async () => {
    await using server = await startTestServer({ keys });
    const denied = [
      await server.signed(reader, 'POST', '/ver1/things/new', '{"name":"nn"}'),
      await server.signed(writer, 'GET', '/ver1/things/7'),
    ];
    for (const response of denied) {
      expect([response.status, await bodyOf(response)]).toMatchObject([403, { error: 'access_denied' }]);
    }
    expect((await server.signed(reader, 'GET', '/ver1/things/7')).status).toBe(200);
    expect((await server.signed(writer, 'DELETE', '/ver1/things/7')).status).toBe(204);
  });

  test('come in order: signature, mode, scope, parameters', async () => {
    await using server = await startTestServer({ keys });
    const target = '/ver1/things/new';
    const errorOf = async (answer: Promise<Response>) =>
      ((await bodyOf(await answer)) as { error: string }).error;
    const unsigned = fetch(server.url + target, {
      method: 'POST',
      headers: { Apikey: reader.keyId, 'Forced-Mode': '' },
    });
    expect(await errorOf(unsigned)).toBe('signature_invalid');
    expect(await errorOf(server.signed(reader, 'POST', target, '{', { 'Forced-Mode': '' }))).toBe(
      'forced_mode_invalid',
    );
    expect(await errorOf(server.signed(reader, 'POST', target, '{'))).toBe('access_denied');
    expect(await errorOf(server.signed(writer, 'POST', target, '{'))).toBe('malformed_request');
    expect(await errorOf(server.signed(writer, 'POST', target, '{}'))).toBe('record_invalid');
  });

  test('of parameters name each of them', async () => {
    await using server = await startTestServer({ keys });
    const response = await server.signed(key, 'POST', '/ver1/things/new', '{"name":"n"}');
    expect(await bodyOf(response)).toMatchObject({
      error: 'record_invalid',
      error_attributes: { name: ['is too short (minimum is 2 characters)'] },
    });
  });

  test('of a handler that fails tell nothing but the request id', async () => {
    await using server = await startTestServer({ keys });
    const response = await server.signed(key, 'POST', '/ver1/things/new', '{"name":"explode"}');
    expect(response.status).toBe(500);
    expect(await bodyOf(response)).toEqual({
      error: 'unknown_error',
      error_description: 'Unknown error occurred',
      request_id: response.headers.get('x-request-id'),
    });
    const failure = server.lines.find(({ level }) => level === 'error');
    expect(failure?.fields).toMatchObject({
      requestId: response.headers.get('x-request-id'),
      error: 'Error',
    });
    expect(JSON.stringify(server.lines)).not.toContain('select secret');
  });

  test('of an answer that breaks its declaration are 500 while answers are checked', async () => {
    await using strict = await startTestServer({ keys });
    await using lenient = await startTestServer({ keys, validateResponses: false });
    const send = (server: typeof strict) =>
      server.signed(key, 'POST', '/ver1/things/new', '{"name":"malformed answer"}');
    expect((await send(strict)).status).toBe(500);
    expect((await send(lenient)).status).toBe(201);
    expect(strict.lines.find(({ level }) => level === 'error')?.fields['fields']).toContain(
      'name: invalid_type',
    );
  });

  test('of the domain keep their status', async () => {
    await using server = await startTestServer({ keys });
    const response = await server.signed(key, 'POST', '/ver1/things/new', '{"name":"unavailable"}');
    expect([response.status, await bodyOf(response)]).toMatchObject([503, { error: 'exchange_unavailable' }]);
  });
});

describe('every answer', () => {
  test('carries an id of ours, security headers and no-store', async () => {
    const key = aCallerKey();
    await using server = await startTestServer({ keys: [key] });
    const answers = [
      await fetch(`${server.url}/ver1/ping`, { headers: { 'X-Request-Id': 'mine' } }),
      await fetch(`${server.url}/ver1/nowhere`),
      await fetch(`${server.url}/nowhere`),
      await fetch(`${server.url}/livez`),
      await fetch(`${server.url}/ver1/things/1`),
      await server.signed(key, 'GET', '/ver1/things/1'),
      await server.signed(key, 'POST', '/ver1/things/new', '{"name":"explode"}'),
    ];
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(answers.length);
    for (const { headers } of answers) {
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      for (const name of ['x-powered-by', 'server', 'etag']) expect(headers.has(name)).toBe(false);
    }
  });

  test('outside every surface is plain JSON, inside in its words', async () => {
    await using server = await startTestServer();
    const outside = await fetch(`${server.url}/ver10/ping`);
    expect([outside.status, await outside.text()]).toEqual([
      404,
      '{"error":"not_found","error_description":"Not Found"}',
    ]);
    expect(outside.headers.has('x-dialect')).toBe(false);
    expect((await fetch(`${server.url}/public/api/ver1/nowhere`)).headers.get('x-dialect')).toBe('sample');
  });

  test('leaves a line in the log that names the route and the key, and nothing the caller wrote', async () => {
    const key = aCallerKey();
    await using server = await startTestServer({ keys: [key], clock: aClock() });
    const planted = 'planted-secret-value';
    await server.signed(key, 'POST', `/ver1/things/new?secret=${planted}`, `{"name":"${planted}"}`, {
      'X-A': planted,
    });
    await fetch(`${server.url}/ver1/${planted}?${planted}`);
    await server.signed(key, 'GET', `/ver1/things/${planted}%ff`);
    await sendRaw(server.port, `GET /${planted} HTTP/9.9\r\n\r\n`);
    await server.server.close(1_000);
    expect(server.lines[0]?.fields).toMatchObject({
      method: 'POST',
      route: '/ver1/things/new',
      status: 201,
      ms: 0,
      tenant: key.tenantId,
      key: key.keyId,
    });
    expect(server.lines.map(({ fields }) => fields['status'])).toEqual([201, 404, 400, 400]);
    expect(JSON.stringify(server.lines)).not.toContain(planted);
    expect(JSON.stringify(server.lines)).not.toContain(key.secret);
  });
});

describe('declarations', () => {
  test('of the same route twice, or outside the root of the surface, stop the start', async () => {
    const [first] = sampleRoutes();
    if (first === undefined) throw new Error('no routes');
    const twice = sampleSurface([first, first]);
    const astray = sampleSurface([{ ...first, path: '/ver2/ping' }]);
    await expect(startTestServer({ surfaces: [twice], documents: {} })).rejects.toThrow('declared twice');
    await expect(startTestServer({ surfaces: [astray], documents: {} })).rejects.toThrow('not under /ver1');
  });
});
