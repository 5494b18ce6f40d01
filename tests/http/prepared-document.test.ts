/** Documents that many callers share: encodings, tags, and that each encoding is made once. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import {
  chooseEncoding,
  createPreparedDocument,
  namesTag,
  type PreparedDocument,
} from '../../src/http/prepared-document.ts';

const BODY = JSON.stringify({ list: Array.from({ length: 500 }, (_, index) => `entry ${index % 7}`) });

const aDocument = (changes: { body?: string; isCompressed?: boolean } = {}): PreparedDocument =>
  createPreparedDocument({
    contentType: 'application/json',
    cacheControl: 'private, no-cache',
    etag: 'W/"tag"',
    body: BODY,
    isCompressed: true,
    ...changes,
  });

const asked = (headers: Record<string, string>) =>
  new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;Q=0.5', 'gzip'],
  ['br;q=0.4, gzip;q=0.8', 'gzip'],
  ['br;q=0, gzip;q=0', undefined],
  ['*', 'br'],
  ['br;q=0, *', 'gzip'],
  ['identity', undefined],
  ['identity;q=1, gzip;q=0.5', undefined],
  ['deflate, zstd', undefined],
  ['gzip;q=2', 'gzip'],
])('%j is answered in %j', (header, encoding) => {
  expect(chooseEncoding(header === undefined ? undefined : [header])).toBe(encoding);
});

test.each<[string[] | undefined, boolean]>([
  [undefined, false],
  [['W/"tag"'], true],
  [['"tag"'], true],
  [['"other", W/"tag"'], true],
  [['"other"', 'W/"tag"'], true],
  [['*'], true],
  [['tag'], false],
  [['"TAG"'], false],
  [[''], false],
])('%j: names the tag %j', (header, isNamed) => {
  expect(namesTag(header, 'W/"tag"')).toBe(isNamed);
});

describe('a document', () => {
  test('is the same text in every encoding, under one tag', async () => {
    const document = aDocument();
    const [plain, gzip, br] = await Promise.all(
      [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br' }].map((headers) =>
        document.answer(asked(headers)),
      ),
    );
    expect(plain?.body.toString()).toBe(BODY);
    expect(gunzipSync(gzip?.body ?? '').toString()).toBe(BODY);
    expect(brotliDecompressSync(br?.body ?? '').toString()).toBe(BODY);
    for (const answer of [plain, gzip, br])
      expect(answer?.headers).toMatchObject({ ETag: 'W/"tag"', Vary: 'Accept-Encoding' });
    expect(gzip?.headers).toMatchObject({ 'Content-Encoding': 'gzip' });
    expect(plain?.headers).not.toHaveProperty('Content-Encoding');
  });

  test('is compressed once, however many ask at the same time', async () => {
    const document = aDocument();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => document.answer(asked({ 'accept-encoding': 'br' }))),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });

  test('is not sent to those who have it', async () => {
    const answer = await aDocument().answer(asked({ 'if-none-match': '"tag"', 'accept-encoding': 'br' }));
    expect(answer).toMatchObject({ status: 304, body: '', headers: { ETag: 'W/"tag"' } });
  });

  test('that is short, or not often asked for, is sent as it is', async () => {
    for (const changes of [{ body: '{}' }, { isCompressed: false }]) {
      const { headers } = await aDocument(changes).answer(asked({ 'accept-encoding': 'br' }));
      expect(headers).not.toHaveProperty('Content-Encoding');
      expect(headers).not.toHaveProperty('Vary');
    }
  });
});
