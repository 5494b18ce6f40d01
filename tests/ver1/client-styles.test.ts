/** Requests as each family of 3Commas clients writes and signs them, byte for byte, through the whole gateway. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registerPublicKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createRecordingLogger } from '../exchanges/recording-logger.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { sendOnWire, type WireAnswer, type WireRequest } from '../support/wire-request.ts';

const logger = createRecordingLogger();

let gateway: TestGateway;
let caller: TestCaller;
let account: number;

beforeAll(async () => {
  gateway = await startTestGateway({ logger });
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Connected {
  readonly id: number;
  readonly name: string;
}

beforeEach(async () => {
  caller = await gateway.newCaller();
  account = (await connect(await keysOf('binance'))).id;
});

const keysOf = (venue: string) => gateway.sandbox.openAccount({ venue, balances: { BTC: '1' } });

const connect = async (keys: object): Promise<Connected> => {
  const answer = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'An account', ...keys });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return answer.body as Connected;
};

const hmac = (text: string): string => createHmac('sha256', caller.apiSecret).update(text).digest('hex');

/** `signed`: the text that the client signs. */
const send = (
  signed: string,
  { headers, ...request }: Omit<WireRequest, 'headers'> & { headers?: WireRequest['headers'] },
): Promise<WireAnswer> =>
  sendOnWire(gateway.baseUrl, {
    ...request,
    headers: { Apikey: caller.apiKey, Signature: hmac(signed), ...headers },
  });

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const REFUSED = { status: 401, body: { error: 'signature_invalid' } };

const namesNow = async (): Promise<string[]> =>
  ((await caller.get('/ver1/accounts')).body as Connected[]).map(({ name }) => name);

describe('ways of signing', () => {
  test('py3cw: path and JSON body without anything between them, with spaces and escapes', async () => {
    const path = `/public/api/ver1/accounts/${account}/rename`;
    const body = '{"name": "Caf\\u00e9 \\u2615", "account_id": "1"}';
    const request = { method: 'POST', target: path, body, headers: JSON_TYPE };
    expect(await send(path + body, request)).toMatchObject({ status: 201, body: { name: 'Café ☕' } });
    expect(await send(path, request)).toMatchObject(REFUSED);
    expect(await send(path + body.replace('" }', '"}').replace(': ', ':'), request)).toMatchObject(REFUSED);
  });

  test('py3cw: a GET with its query as it stands', async () => {
    const target = '/public/api/ver1/accounts?page=1&per_page=10';
    expect(await send(target, { method: 'GET', target })).toMatchObject({
      status: 200,
      body: [{ id: account }],
    });
  });

  test('the reference: path, question mark and form body', async () => {
    const path = `/public/api/ver1/accounts/${account}/rename`;
    const body = 'name=As+the+reference%21';
    const request = { method: 'POST', target: path, body, headers: FORM_TYPE };
    expect(await send(`${path}?${body}`, request)).toMatchObject({
      status: 201,
      body: { name: 'As the reference!' },
    });
    // Without the question mark the body could be read as a longer path.
    expect(await send(path + body, request)).toMatchObject(REFUSED);
  });

  test('the reference: path, question mark and JSON body', async () => {
    const path = '/public/api/ver1/users/change_mode';
    const body = '{"mode": "paper"}';
    const request = { method: 'POST', target: path, body, headers: JSON_TYPE };
    expect(await send(`${path}?${body}`, request)).toEqual({ status: 201, body: true });
  });

  test('axios: the query encoded in what is signed and plain on the wire', async () => {
    const path = '/public/api/ver1/accounts';
    const target = `${path}?at=12:30&list=a,b&name=$x`;
    const encoded = `${path}?at=12%3A30&list=a%2Cb&name=%24x`;
    expect((await send(encoded, { method: 'GET', target })).status).toBe(200);
    expect(await send(encoded.replace('12', '13'), { method: 'GET', target })).toMatchObject(REFUSED);
  });

  test('3commas-typescript: a question mark although nothing follows it', async () => {
    const path = '/public/api/ver1/accounts';
    expect((await send(`${path}?`, { method: 'GET', target: path, headers: JSON_TYPE })).status).toBe(200);
    const load = `${path}/${account}/load_balances`;
    expect((await send(`${load}?`, { method: 'POST', target: load, headers: JSON_TYPE })).status).toBe(201);
  });

  test('the reference for RSA keys: base64 over path and JSON body', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { keyId: apiKey } = await gateway.owner.transact(caller.tenantId, (session) =>
      registerPublicKey(session, {
        name: 'RSA key',
        algorithm: 'rsa-v1_5-sha256',
        scopes: ['ACCOUNTS_WRITE'],
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      }),
    );
    const path = `/public/api/ver1/accounts/${account}/rename`;
    const body = '{"name": "By RSA"}';
    const request = (signed: string) => ({
      method: 'POST',
      target: path,
      body,
      headers: {
        ...JSON_TYPE,
        Apikey: apiKey,
        Signature: sign('sha256', Buffer.from(signed), privateKey).toString('base64'),
      },
    });
    expect(await send('', request(path + body))).toMatchObject({ status: 201, body: { name: 'By RSA' } });
    expect(await send('', request(`${path}?${body}`))).toMatchObject({ status: 201 });
    expect(await send('', request(path))).toMatchObject(REFUSED);
  });

  test('either prefix on the wire, the long one in what is signed', async () => {
    const signed = '/public/api/ver1/accounts';
    for (const target of ['/ver1/accounts', signed])
      expect((await send(signed, { method: 'GET', target })).status).toBe(200);
    expect((await send('/ver1/accounts', { method: 'GET', target: '/ver1/accounts' })).status).toBe(200);
    expect(await send('/ver1/accounts', { method: 'GET', target: signed })).toMatchObject(REFUSED);
  });

  test.each([
    ['APIKEY', 'SIGNATURE'],
    ['apikey', 'signature'],
    ['ApiKey', 'sIgNaTuRe'],
  ])('headers %s and %s, and hexadecimal in capitals', async (keyHeader, signatureHeader) => {
    const target = '/ver1/accounts';
    for (const signature of [hmac(target), hmac(target).toUpperCase()]) {
      const headers = { [keyHeader]: caller.apiKey, [signatureHeader]: signature };
      expect((await sendOnWire(gateway.baseUrl, { method: 'GET', target, headers })).status).toBe(200);
    }
  });
});

describe('ways of carrying parameters', () => {
  test('a bare question mark at the end, signed or not', async () => {
    const path = '/public/api/ver1/accounts';
    for (const signed of [path, `${path}?`])
      expect((await send(signed, { method: 'GET', target: `${path}?` })).status).toBe(200);
  });

  test.each([
    ['JSON announced on a GET', 'GET', '/ver1/accounts', JSON_TYPE, undefined],
    ['a form announced on a GET', 'GET', '/ver1/accounts', FORM_TYPE, undefined],
    ['JSON announced on a POST without a body', 'POST', '/load_balances', JSON_TYPE, undefined],
    ['a JSON body of length 0', 'POST', '/load_balances', JSON_TYPE, ''],
    ['a form of length 0', 'POST', '/load_balances', FORM_TYPE, ''],
    ['a POST without a word about its body', 'POST', '/load_balances', {}, undefined],
  ] as const)('%s', async (_what, method, path, headers, body) => {
    const target = path.startsWith('/ver1') ? path : `/ver1/accounts/${account}${path}`;
    const answer = await send(target, { method, target, headers, ...(body !== undefined && { body }) });
    expect(answer.status).toBe(method === 'GET' ? 200 : 201);
  });

  const TYPES = ['binance_margin', 'binance_futures'] as const;

  test.each([
    ['names with empty brackets', `types_to_create[]=${TYPES[0]}&types_to_create[]=${TYPES[1]}`],
    ['names with numbers', `types_to_create[1]=${TYPES[1]}&types_to_create[0]=${TYPES[0]}`],
    ['encoded brackets', `types_to_create%5B%5D=${TYPES[0]}&types_to_create%5B%5D=${TYPES[1]}`],
    ['a repeated name', `types_to_create=${TYPES[0]}&types_to_create=${TYPES[1]}`],
    ['a JSON list', { types_to_create: TYPES }],
  ])('a list as %s', async (_what, list) => {
    const path = '/ver1/accounts/new';
    const plain = { type: 'binance', name: 'Several', ...(await keysOf('binance')) };
    const body =
      typeof list === 'string'
        ? `${new URLSearchParams(plain).toString()}&${list}`
        : JSON.stringify({ ...plain, ...list });
    const request = { method: 'POST', target: path, body };
    expect(await send(`${path}?${body}`, request)).toMatchObject({ status: 201 });
    const { body: all } = await caller.get('/ver1/accounts');
    const codes = (all as { market_code: string; name: string }[]).filter(
      ({ name }) => name !== 'An account',
    );
    expect(codes.map(({ market_code: code }) => code).sort()).toEqual(['binance', ...TYPES].sort());
  });

  test('the id of the path counts, whatever the query and the body repeat', async () => {
    const path = `/ver1/accounts/${account}/rename`;
    const body = JSON.stringify({ account_id: account + 1, id: 'x', name: 'The one in the path' });
    const target = `${path}?id=7&account_id=8`;
    expect(await send(target + body, { method: 'POST', target, body, headers: JSON_TYPE })).toMatchObject({
      status: 201,
      body: { id: account, name: 'The one in the path' },
    });
  });

  test('the query wins over the body, JSON or form', async () => {
    const target = `/ver1/accounts/${account}/rename?name=From+the+query`;
    for (const [body, headers] of [
      ['{"name": "From the body"}', JSON_TYPE],
      ['name=From+the+body', FORM_TYPE],
    ] as const) {
      const answer = await send(target + body, { method: 'POST', target, body, headers });
      expect(answer).toMatchObject({ status: 201, body: { name: 'From the query' } });
    }
  });

  test('unknown parameters are ignored, wherever they stand', async () => {
    const target = `/ver1/accounts/${account}/rename?utm=1&debug[]=2&market_code=kraken`;
    const body = '{"name": "Known", "nested": {"deep": [1, 2]}, "secret": "not asked for"}';
    expect(await send(target + body, { method: 'POST', target, body, headers: JSON_TYPE })).toMatchObject({
      status: 201,
      body: { name: 'Known' },
    });
    expect(await namesNow()).toEqual(['Known']);
  });

  test('exchange keys in the query of a POST connect, and no line of the log has them or the query', async () => {
    const keys = await keysOf('binance');
    const wrong = { ...keys, secret: `wrong${keys.secret.slice(5)}` };
    for (const [sent, status] of [
      [wrong, 422],
      [keys, 201],
    ] as const) {
      const query = new URLSearchParams({ type: 'binance', name: 'By query', ...sent }).toString();
      const target = `/public/api/ver1/accounts/new?${query}`;
      expect((await send(target, { method: 'POST', target })).status).toBe(status);
    }
    const log = JSON.stringify(logger.lines);
    expect(log).toContain('/ver1/accounts/new');
    for (const secret of [keys.secret, wrong.secret, keys.api_key, 'By+query', caller.apiSecret])
      expect({ isLogged: log.includes(secret) }).toEqual({ isLogged: false });
  });

  test.each([[''], ['demo'], ['REAL']])('a Forced-Mode of %j is an error', async (mode) => {
    const target = '/ver1/accounts';
    const answer = await send(target, { method: 'GET', target, headers: { 'Forced-Mode': mode } });
    expect(answer).toEqual({
      status: 400,
      body: {
        error: 'forced_mode_invalid',
        error_description: "Forced mode is not included in the ['real', 'paper']",
      },
    });
  });
});
