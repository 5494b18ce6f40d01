import { createHmac, createSecretKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signedHeads, verifyLegacySignature } from '../../src/auth/legacy-signature.ts';

const PUBLISHED_SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';

const hmacKey = (secret: string) => ({
  algorithm: 'hmac-sha256' as const,
  keys: [createSecretKey(Buffer.from(secret))],
});

const hmac = (text: string, secret = 'caller-secret'): string =>
  createHmac('sha256', secret).update(text, 'latin1').digest('hex');

const key = hmacKey('caller-secret');

const accepts = (signedText: string, target: string, body = ''): boolean =>
  verifyLegacySignature(key, hmac(signedText), target, Buffer.from(body, 'latin1'));

describe('published vectors', () => {
  const change = '/public/api/ver1/users/change_mode';
  const oldNew = '/public/api/ver1/accounts/new';
  const oldParameters = 'type=binance&name=binance_account&api_key=XXXXXX&secret=YYYYYY';
  const queryOrForm = 'bca8d8c10acfbe8e76c5335d3efbe0a550487170a8bb7aaea0a13efabab55316';
  const json = '0475b407ba6f2388d213134e478b330f74073388a232737837f79018694ae373';
  const old = '30f678a157230290e00475cfffccbc92ae3659d94c145a2c0e9d0fa28f41c11a';

  test.each([
    ['a query', PUBLISHED_SECRET, `${change}?mode=paper`, '', queryOrForm],
    ['a form body', PUBLISHED_SECRET, change, 'mode=paper', queryOrForm],
    ['a JSON body with a space', PUBLISHED_SECRET, change, '{"mode": "paper"}', json],
    ['the old query example', PUBLISHED_SECRET, `${oldNew}?${oldParameters}`, '', old],
    ['the old example as a form', PUBLISHED_SECRET, oldNew, oldParameters, old],
    [
      'no parameters',
      'abcd1234',
      '/public/api/ver1/bots',
      '',
      '505719450087661e95840d47b8bb2374ad2bb25abdcf0d99d7d410ab9b2f1d3a',
    ],
  ])('%s verifies', (_name, secret, target, body, signature) => {
    expect(verifyLegacySignature(hmacKey(secret), signature, target, Buffer.from(body))).toBe(true);
    expect(verifyLegacySignature(hmacKey(secret), signature.toUpperCase(), target, Buffer.from(body))).toBe(
      true,
    );
    expect(verifyLegacySignature(hmacKey(`${secret}x`), signature, target, Buffer.from(body))).toBe(false);
  });
});

describe('what a caller may have signed', () => {
  test.each([
    ['the bare path', '/ver1/accounts', '/ver1/accounts', ''],
    ['the path and a question mark', '/ver1/accounts?', '/ver1/accounts', ''],
    ['the path, while the wire carries a bare question mark', '/ver1/accounts', '/ver1/accounts?', ''],
    ['path and query', '/ver1/accounts?page=2', '/ver1/accounts?page=2', ''],
    ['path and JSON without a separator', '/ver1/x{"a":1}', '/ver1/x', '{"a":1}'],
    ['path, question mark and JSON', '/ver1/x?{"a":1}', '/ver1/x', '{"a":1}'],
    ['path, query and JSON', '/ver1/x?page=1{"a":1}', '/ver1/x?page=1', '{"a":1}'],
    ['path, question mark and form', '/ver1/x?a=1&b=2', '/ver1/x', 'a=1&b=2'],
    ['path, query and form', '/ver1/x?a=1b=2', '/ver1/x?a=1', 'b=2'],
    ['an encoded colon, while the wire carries a plain one', '/ver1/x?t=10%3A00', '/ver1/x?t=10:00', ''],
    ['an encoded space, while the wire carries a plus', '/ver1/x?t=a%20b', '/ver1/x?t=a+b', ''],
    ['an encoded query before a JSON body', '/ver1/x?t=a%3Ab{"a":1}', '/ver1/x?t=a:b', '{"a":1}'],
    ['brackets encoded', '/ver1/x?a%5B%5D=1', '/ver1/x?a[]=1', ''],
    ['the published prefix', '/public/api/ver1/x?a=1', '/ver1/x?a=1', ''],
    ['the published prefix and JSON', '/public/api/ver1/x?{"a":1}', '/ver1/x', '{"a":1}'],
  ])('%s is accepted', (_name, signedText, target, body) => {
    expect(accepts(signedText, target, body)).toBe(true);
  });

  test.each([
    ['a text that leaves out a JSON body', '/ver1/x', '/ver1/x', '{"a":1}'],
    ['a text that leaves out a form body', '/ver1/x?', '/ver1/x', 'a=1'],
    ['a text that leaves out a body beside a query', '/ver1/x?a=1', '/ver1/x?a=1', 'b=2'],
    ['path and form without a separator', '/ver1/xa=1', '/ver1/x', 'a=1'],
    ['a text without the published prefix for a request with it', '/ver1/x', '/public/api/ver1/x', ''],
    ['the method', 'GET/ver1/x', '/ver1/x', ''],
    ['the same pairs in another order', '/ver1/x?b=2&a=1', '/ver1/x?a=1&b=2', ''],
    ['a query decoded and not encoded again', '/ver1/x?t=a b', '/ver1/x?t=a%20b', ''],
  ])('%s is refused', (_name, signedText, target, body) => {
    expect(accepts(signedText, target, body)).toBe(false);
  });

  test.each([
    ['a JSON body moved into the query', '/ver1/x?name=a', '{"secret":1}', '/ver1/x?name=a{"secret":1}', ''],
    [
      'a query and JSON body moved into a form',
      '/ver1/x?name=a',
      '{"secret":1}',
      '/ver1/x',
      'name=a{"secret":1}',
    ],
    ['a JSON body moved into the path', '/ver1/x', '{"a":1}', '/ver1/x{"a":1}', ''],
    [
      'a value cut short by moving its end into the body',
      '/ver1/x',
      'name=foobar',
      '/ver1/x?name=foo',
      'bar',
    ],
    ['a value cut short before another pair', '/ver1/x', 'name=foobar&b=1', '/ver1/x?name=foo', 'bar&b=1'],
    ['a name cut in two', '/ver1/x', 'a=1&passphrase=2', '/ver1/x?a=1&pass', 'phrase=2'],
  ])('%s is refused', (_name, target, body, movedTarget, movedBody) => {
    const head = target.includes('?') ? target : `${target}?`;
    const signature = hmac(head + body);
    expect(verifyLegacySignature(key, signature, target, Buffer.from(body))).toBe(true);
    expect(verifyLegacySignature(key, signature, movedTarget, Buffer.from(movedBody))).toBe(false);
  });

  test('bytes of the body are signed as they are, valid text or not', () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const signature = createHmac('sha256', 'caller-secret').update('/ver1/x?').update(body).digest('hex');
    expect(verifyLegacySignature(key, signature, '/ver1/x', body)).toBe(true);
    expect(verifyLegacySignature(key, signature, '/ver1/x', Buffer.from(body.toString('utf8')))).toBe(false);
  });

  test('a DELETE says so in what is signed: the signature of a read of the same object does not fit it', () => {
    const verify = (text: string, method?: string): boolean =>
      verifyLegacySignature(key, hmac(text), '/api/things/7', Buffer.alloc(0), method);
    for (const read of ['/api/things/7', '/api/things/7?']) {
      expect(verify(read, 'GET')).toBe(true);
      expect(verify(read, 'DELETE')).toBe(false);
      expect(verify(`DELETE ${read}`, 'DELETE')).toBe(true);
      expect(verify(`DELETE ${read}`, 'GET')).toBe(false);
    }
  });

  test('either of two live secrets signs', () => {
    const both = { ...key, keys: [...hmacKey('old').keys, ...key.keys] };
    expect(verifyLegacySignature(both, hmac('/ver1/x', 'old'), '/ver1/x', Buffer.alloc(0))).toBe(true);
    expect(verifyLegacySignature(both, hmac('/ver1/x'), '/ver1/x', Buffer.alloc(0))).toBe(true);
    expect(verifyLegacySignature(both, hmac('/ver1/x', 'older'), '/ver1/x', Buffer.alloc(0))).toBe(false);
  });

  test.each([
    ['empty', ''],
    ['short', 'ab'],
    ['one digit too long', `${hmac('/ver1/x')}0`],
    ['not hex', 'g'.repeat(64)],
    ['with a line end', `${hmac('/ver1/x')}\n`],
    ['in base64', createHmac('sha256', 'caller-secret').update('/ver1/x').digest('base64')],
  ])('a signature that is %s is refused', (_name, signature) => {
    expect(verifyLegacySignature(key, signature, '/ver1/x', Buffer.alloc(0))).toBe(false);
  });
});

describe('RSA keys', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = { algorithm: 'rsa-v1_5-sha256' as const, keys: [publicKey] };
  const rsaSign = (text: string): string => sign('sha256', Buffer.from(text), privateKey).toString('base64');
  const target = '/ver1/x';
  const body = Buffer.from('{"a": 1}');

  test.each(['/ver1/x{"a": 1}', '/ver1/x?{"a": 1}', '/public/api/ver1/x{"a": 1}'])(
    '%s is accepted',
    (text) => {
      expect(verifyLegacySignature(rsa, rsaSign(text), target, body)).toBe(true);
    },
  );

  test('a signature over another text is refused', () => {
    expect(verifyLegacySignature(rsa, rsaSign('/ver1/x'), target, body)).toBe(false);
  });

  test('base64 that Node would decode but that is not canonical is refused', () => {
    const good = rsaSign('/ver1/x?{"a": 1}');
    const lastDigit = good.at(-3) ?? '';
    const looseBits = good.slice(0, -3) + String.fromCharCode(lastDigit.charCodeAt(0) + 1) + '==';
    for (const bad of [
      good.slice(0, -2),
      `${good}=`,
      ` ${good}`,
      `${good}\n`,
      good.replaceAll('+', '-'),
      looseBits,
    ]) {
      if (bad !== good) expect(verifyLegacySignature(rsa, bad, target, body)).toBe(false);
    }
  });

  test('an HMAC made with the text of the public key is refused', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(verifyLegacySignature(rsa, hmac('/ver1/x?{"a": 1}', pem), target, body)).toBe(false);
  });
});

describe('for any request', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,8}$/);
  const value = fc.oneof(word, fc.string({ maxLength: 6 }).map(encodeURIComponentSafe));
  const pairs = fc
    .array(fc.tuple(word, value), { maxLength: 3 })
    .map((all) => all.map(([n, v]) => `${n}=${v}`).join('&'));
  const path = fc
    .array(word, { minLength: 1, maxLength: 3 })
    .map((segments) => `/ver1/${segments.join('/')}`);
  const body = fc.oneof(
    fc.constant(''),
    pairs,
    fc.dictionary(word, fc.oneof(word, fc.integer())).map((object) => JSON.stringify(object)),
  );
  const target = fc
    .tuple(path, fc.option(pairs, { nil: undefined }))
    .map(([p, q]) => (q === undefined ? p : `${p}?${q}`));

  /** The meaning of a request under the documented equivalences: bare `?`, the encoding of pairs, query = form body. */
  const meaning = (requestTarget: string, requestBody: string): string => {
    const [requestPath = '', ...rest] = requestTarget.split('?');
    const query = rest.join('?');
    const decoded = query
      .split('&')
      .map((pair) => pair.split(/=(.*)/s, 2).map(decodeOrKeep).join('='))
      .join('&');
    return JSON.stringify([requestPath, decoded, requestBody]);
  };

  const mutations = (text: string, at: number, byte: number): string =>
    text.slice(0, at % (text.length || 1)) +
    String.fromCharCode(byte) +
    text.slice((at % (text.length || 1)) + 1);

  test('every candidate text is accepted, and any changed byte of path, query or body is refused', () => {
    fc.assert(
      fc.property(
        target,
        body,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0x21, max: 0x7e }),
        fc.boolean(),
        (t, b, pick, at, byte, inBody) => {
          const heads = signedHeads(t, Buffer.from(b));
          fc.pre(heads.length > 0);
          const signature = hmac((heads[pick % heads.length] ?? '') + b);
          expect(verifyLegacySignature(key, signature, t, Buffer.from(b))).toBe(true);

          const [t2, b2] = inBody ? [t, mutations(b, at, byte)] : [mutations(t, at, byte), b];
          fc.pre(t2.startsWith('/') && meaning(t2, b2) !== meaning(t, b));
          expect(verifyLegacySignature(key, signature, t2, Buffer.from(b2))).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('any changed digit of the signature is refused', () => {
    fc.assert(
      fc.property(target, body, fc.nat({ max: 63 }), fc.integer({ min: 1, max: 15 }), (t, b, at, by) => {
        const heads = signedHeads(t, Buffer.from(b));
        fc.pre(heads.length > 0);
        const signature = hmac((heads[0] ?? '') + b);
        const digit = ((parseInt(signature[at] ?? '0', 16) + by) % 16).toString(16);
        const forged = signature.slice(0, at) + digit + signature.slice(at + 1);
        expect(verifyLegacySignature(key, forged, t, Buffer.from(b))).toBe(false);
      }),
    );
  });

  test('no cut of a signed form elsewhere than between query and body is accepted', () => {
    const form = fc
      .array(fc.tuple(word, word), { minLength: 1, maxLength: 4 })
      .map((all) => all.map(([n, v]) => `${n}=${v}`).join('&'));
    fc.assert(
      fc.property(path, form, fc.nat(), (p, f, at) => {
        const cut = 1 + (at % (f.length - 1));
        const signature = hmac(`${p}?${f}`);
        const moved = verifyLegacySignature(
          key,
          signature,
          `${p}?${f.slice(0, cut)}`,
          Buffer.from(f.slice(cut)),
        );
        expect(moved).toBe(false);
      }),
    );
  });
});

function encodeURIComponentSafe(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
