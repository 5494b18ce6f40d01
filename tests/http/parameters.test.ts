import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readParameters } from '../../src/http/parameters.ts';
import { AppError } from '../../src/shared/errors.ts';

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const read = (query: string, body: string | Buffer = '', contentType?: string) =>
  readParameters({
    query,
    rawBody: Buffer.from(body as string),
    headers: new Map(contentType === undefined ? [] : [['content-type', [contentType]]]),
  });

const refusalOf = (work: () => unknown): unknown => {
  try {
    return { accepted: work() };
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
};

describe('what clients send', () => {
  test.each<[string, string, string, string | undefined, object]>([
    ['a query', 'a=1&b=two', '', undefined, { a: '1', b: 'two' }],
    ['nothing', '', '', undefined, {}],
    ['nothing, called JSON', '', '', JSON_TYPE, {}],
    ['nothing, called a form', '', '', FORM_TYPE, {}],
    ['a form', '', 'a=1&b=x+y%26z', FORM_TYPE, { a: '1', b: 'x y&z' }],
    ['a form without a type', '', 'a=1', undefined, { a: '1' }],
    ['a form called text', '', 'a=1', 'text/plain;charset=UTF-8', { a: '1' }],
    ['JSON', '', '{"a": 1, "b": "x"}', JSON_TYPE, { a: 1, b: 'x' }],
    ['JSON with a charset', '', '{"a":1}', 'application/json; charset=utf-8', { a: 1 }],
    ['JSON without a type', '', ' \n{"a":true}', undefined, { a: true }],
    ['JSON called a form', '', '{"a":"b"}', FORM_TYPE, { a: 'b' }],
    ['JSON with escapes', '', String.raw`{"name":"caf\u00e9 \ud83d\ude00"}`, JSON_TYPE, { name: 'café 😀' }],
    ['a query and JSON', 'a=query', '{"a":"body","b":"body"}', JSON_TYPE, { a: 'query', b: 'body' }],
    ['a query and a form', 'a=query', 'a=body&b=body', FORM_TYPE, { a: 'query', b: 'body' }],
    ['an array with brackets', 'a[]=x&a[]=y', '', undefined, { a: ['x', 'y'] }],
    ['an array of one with brackets', 'a%5B%5D=x', '', undefined, { a: ['x'] }],
    ['an array with indices', 'a[1]=y&a[0]=x', '', undefined, { a: ['x', 'y'] }],
    ['an array by repetition', 'a=x&a=y', '', undefined, { a: ['x', 'y'] }],
    ['an array in JSON', '', '{"a":["x"]}', JSON_TYPE, { a: ['x'] }],
    ['names without values', 'a&b=&=c&&', '', undefined, { a: '', b: '', '': 'c' }],
    ['an equals sign in a value', 'a=b=c==', '', undefined, { a: 'b=c==' }],
    ['brackets that are no index', 'a[b]=1', '', undefined, { 'a[b]': '1' }],
    ['a repeated name in JSON: the last one', '', '{"a":1,"a":2}', JSON_TYPE, { a: 2 }],
  ])('%s', (_name, query, body, type, expected) => {
    expect(read(query, body, type)).toEqual(expected);
  });

  test('a number that a double would change comes as its digits', () => {
    const body =
      '{"a":0.123456789012345678901234,"b":12345678901234567890,"c":1e400,"d":1.5,"e":[9007199254740993],"a1":1e-400,"s":"1234567890123456"}';
    expect(read('', body, JSON_TYPE)).toEqual({
      a: '0.123456789012345678901234',
      b: '12345678901234567890',
      c: '1e400',
      d: 1.5,
      e: ['9007199254740993'],
      a1: '1e-400',
      s: '1234567890123456',
    });
  });
});

describe('malformed_request answers', () => {
  const deep = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  test.each<[string, string, string | Buffer, string | undefined]>([
    ['JSON that ends early', '', '{"a":', JSON_TYPE],
    ['text called JSON', '', 'a=1', JSON_TYPE],
    ['blank JSON', '', ' ', JSON_TYPE],
    ['an array at the top', '', '[1]', JSON_TYPE],
    ['an array at the top without a type', '', '[{"a":1}]', undefined],
    ['null', '', 'null', JSON_TYPE],
    ['a string', '', '"x"', JSON_TYPE],
    ['invalid UTF-8 in JSON', '', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), JSON_TYPE],
    ['a byte order mark', '', '\ufeff{"a":1}', JSON_TYPE],
    ['JSON nested too deep', '', deep(16), JSON_TYPE],
    ['JSON nested absurdly deep', '', deep(30_000), JSON_TYPE],
    ['__proto__ in JSON', '', '{"__proto__":{"admin":true}}', JSON_TYPE],
    ['__proto__ in JSON, escaped', '', String.raw`{"\u005f_proto__":1}`, JSON_TYPE],
    ['__proto__ deep in JSON', '', '{"a":[{"__proto__":1}]}', JSON_TYPE],
    ['constructor in JSON', '', '{"constructor":{"prototype":1}}', JSON_TYPE],
    ['__proto__ beside a long number', '', '{"a":12345678901234567890,"__proto__":1}', JSON_TYPE],
    ['__proto__ in a query', '__proto__=1', '', undefined],
    ['__proto__[] in a query', '__proto__[]=1', '', undefined],
    ['prototype in a form', '', 'prototype=1', FORM_TYPE],
    ['a broken escape in a query', 'a=%zz', '', undefined],
    ['a cut escape in a query', 'a=%', '', undefined],
    ['invalid UTF-8 in a query', 'a=%ff', '', undefined],
    ['invalid UTF-8 in a form', '', Buffer.from([0x61, 0x3d, 0x25, 0x66, 0x66]), FORM_TYPE],
    ['NUL in a query', 'a=%00', '', undefined],
    ['NUL in JSON', '', String.raw`{"a":"\u0000"}`, JSON_TYPE],
    ['half a surrogate pair in JSON', '', String.raw`{"a":"\ud800"}`, JSON_TYPE],
    ['multipart', '', '--x\r\n', 'multipart/form-data; boundary=x'],
  ])('%s', (_name, query, body, type) => {
    expect(refusalOf(() => read(query, body, type))).toBe('malformed_request');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('JSON of the greatest depth is read', () => {
    expect(read('', deep(15), JSON_TYPE)).toHaveProperty('a');
  });
});

test('whatever is sent is read into parameters or refused as malformed', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii', maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(undefined, JSON_TYPE, FORM_TYPE),
      (query, body, type) => {
        const outcome = refusalOf(() => read(query, Buffer.from(body), type));
        expect(outcome === 'malformed_request' || Object.hasOwn(outcome as object, 'accepted')).toBe(true);
      },
    ),
  );
});

test('what a form encoder writes is read back', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 10 }).filter((s) => !s.includes('\0'));
  const name = fc.stringMatching(/^[a-z_]{1,10}$/).filter((n) => !FORBIDDEN.includes(n));
  fc.assert(
    fc.property(fc.dictionary(name, text), (sent) => {
      const encoded = new URLSearchParams(sent).toString();
      expect(read(encoded)).toEqual({ ...sent });
      expect(read('', encoded, FORM_TYPE)).toEqual({ ...sent });
      expect(read('', JSON.stringify(sent), JSON_TYPE)).toEqual({ ...sent });
    }),
  );
});
