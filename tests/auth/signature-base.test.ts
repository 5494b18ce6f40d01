/** The published signatures of RFC 9421, appendix B.2, against our base and our primitives. */
import { createPublicKey, createSecretKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { findMessageSignature, signatureBase } from '../../src/auth/message-signature.ts';
import { verifySignature } from '../../src/auth/signature-algorithm.ts';
import { readByteSequences, readInnerLists } from '../../src/auth/structured-field.ts';

const REQUEST = {
  method: 'POST',
  target: '/foo?param=Value&Pet=dog',
  headers: new Map(
    Object.entries({
      host: ['example.com'],
      date: ['Tue, 20 Apr 2021 02:07:55 GMT'],
      'content-type': ['application/json'],
      'content-digest': [
        'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
      ],
      'content-length': ['18'],
    }),
  ),
};

const baseOf = (list: string): string | undefined => {
  const read = readInnerLists(`sig=${list}`)?.get('sig');
  return read === undefined ? undefined : signatureBase(REQUEST, read);
};

// RFC 9421, B.2.5: signing a request using hmac-sha256.
test('B.2.5: HMAC with a shared secret', () => {
  const base = baseOf('("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"');
  expect(base).toBe(
    [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@authority": example.com',
      '"content-type": application/json',
      '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    ].join('\n'),
  );
  const secret = Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  );
  const signature = readByteSequences('sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:');
  const key = { algorithm: 'hmac-sha256', keys: [createSecretKey(secret)] } as const;
  expect(verifySignature(key, base ?? '', [...(signature?.values() ?? [])])).toBe(true);
});

// RFC 9421, B.2.6: signing a request using ed25519.
test('B.2.6: Ed25519', () => {
  const base = baseOf(
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
  );
  expect(base).toBe(
    [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@authority": example.com',
      '"content-type": application/json',
      '"content-length": 18',
      '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    ].join('\n'),
  );
  const jwk = { crv: 'Ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs', kty: 'OKP' };
  const signature = readByteSequences(
    'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
  );
  const key = { algorithm: 'ed25519', keys: [createPublicKey({ key: jwk, format: 'jwk' })] } as const;
  const signatures = [...(signature?.values() ?? [])];
  expect(verifySignature(key, base ?? '', signatures)).toBe(true);
  expect(verifySignature(key, `${base ?? ''} `, signatures)).toBe(false);
});

describe('components', () => {
  test.each([
    ['"@query"', '?param=Value&Pet=dog'],
    ['"@request-target"', '/foo?param=Value&Pet=dog'],
    ['"@path"', '/foo'],
    ['"content-length"', '18'],
  ])('%s', (name, value) => {
    expect(baseOf(`(${name})`)).toBe(`${name}: ${value}\n"@signature-params": (${name})`);
  });

  test('an authority is in lower case and without the usual ports', () => {
    for (const [host, expected] of [
      ['Example.COM', 'example.com'],
      ['example.com:443', 'example.com'],
      ['example.com:80', 'example.com'],
      ['example.com:8443', 'example.com:8443'],
    ]) {
      const headers = new Map([['host', [host ?? '']]]);
      const list = readInnerLists('sig=("@authority")')?.get('sig');
      expect(list && signatureBase({ method: 'GET', target: '/', headers }, list)).toContain(
        `"@authority": ${expected ?? ''}\n`,
      );
    }
  });

  test('a target without a query has the empty one, and a header sent twice is joined', () => {
    const headers = new Map([['accept', ['a', ' b ']]]);
    const list = readInnerLists('sig=("@query" "accept")')?.get('sig');
    expect(list && signatureBase({ method: 'GET', target: '/foo', headers }, list)).toBe(
      '"@query": ?\n"accept": a, b\n"@signature-params": ("@query" "accept")',
    );
  });

  test.each([
    ['one that is not there', '("x-missing")'],
    ['one twice', '("date" "date")'],
    ['upper case', '("Date")'],
    ['an unknown derived one', '("@scheme")'],
    ['one with parameters', '("date";sf)'],
  ])('%s makes no base', (_name, list) => {
    expect(baseOf(list)).toBeUndefined();
  });
});

describe('structured fields', () => {
  test('what is not canonical is not read', () => {
    for (const text of [
      '',
      'sig',
      'sig=',
      'sig=("a"',
      'sig=( "a")',
      'sig=("a"  "b")',
      'sig=("a" )',
      'sig=("a")x',
      'sig=("a"),',
      'sig=("a");',
      'sig=("a");created=',
      'sig=("a");created=1;created=2',
      'sig=("a"),sig=("b")',
      'Sig=("a")',
      'sig="a"',
      'sig=("ä")',
    ])
      expect({ text, read: readInnerLists(text) }).toEqual({ text, read: undefined });
    for (const text of ['sig=::x', 'sig=:AB:', 'sig=:A===:', 'sig=:AA==', 'sig=AA=='])
      expect({ text, read: readByteSequences(text) }).toEqual({ text, read: undefined });
  });

  test('several members, escapes, numbers, words and bare parameters are', () => {
    const lists = readInnerLists('a=("x";req "y\\"z"),\tb=();n=-5;t=tok/en;flag;s="q"');
    expect(lists?.get('a')?.items).toEqual([
      { value: 'x', hasParameters: true },
      { value: 'y"z', hasParameters: false },
    ]);
    expect([...(lists?.get('b')?.parameters ?? [])]).toEqual([
      ['n', -5],
      ['t', 'tok/en'],
      ['flag', true],
      ['s', 'q'],
    ]);
  });

  test('of several signatures the one with our tag counts, and two of them are none', () => {
    const find = (text: string) => findMessageSignature(new Map([['signature-input', [text]]]))?.label;
    const ours = '("@method");keyid="k";tag="countersign"';
    expect(find(`a=("@method";req);keyid="p";tag="proxy", b=${ours}`)).toBe('b');
    expect(find(`a=${ours}, b=${ours}`)).toBeUndefined();
    expect(find('a=("@method");keyid="k"')).toBeUndefined();
    expect(find('a=("@method");tag="countersign"')).toBeUndefined();
  });
});
