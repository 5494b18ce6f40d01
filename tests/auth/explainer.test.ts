/** In production only the owner of a key that may be explained hears anything. */
import { expect, test } from '@jest/globals';
import { createCallerVerifier } from '../../src/auth/caller-verifier.ts';
import { createExplainer } from '../../src/auth/explainer.ts';
import { firstDifference } from '../../src/auth/text-difference.ts';
import { signStrict } from '../support/request-signer.ts';
import { aSignedFixture, NOW, POST, toSignedRequest } from './signed-fixture.ts';

const NOTHING = { text: undefined, sha256: undefined };

test('a key that is not marked is answered as an unknown one, in production', async () => {
  const plain = aSignedFixture('hmac-sha256');
  const marked = aSignedFixture('hmac-sha256', { explained: true });
  const findCallerKey = (keyId: string) =>
    Promise.resolve([plain.key, marked.key].find((key) => key.keyId === keyId));
  const { clock } = plain;
  const explainer = createExplainer({
    verifier: createCallerVerifier({ findCallerKey, probeCallerKey: () => Promise.resolve(), clock }),
    findCallerKey,
    tokens: { issuer: 'countersign', audience: 'countersign' },
    clock,
    explainsAlways: false,
  });
  const explain = (signer: typeof plain.signer) =>
    explainer.explain(toSignedRequest(POST, signStrict(signer, POST, { now: NOW })), NOTHING);
  expect(await explain(marked.signer)).toMatchObject({ signatureFits: true, problems: [] });
  for (const signer of [plain.signer, { ...plain.signer, keyId: 'unknown' }])
    await expect(explain(signer)).rejects.toMatchObject({ code: 'not_found' });
  await expect(explainer.explain(toSignedRequest(POST, {}), NOTHING)).rejects.toMatchObject({
    code: 'not_found',
  });
});

test.each([
  ['same', 'same', undefined],
  ['a\nbc', 'a\nbd', { offset: 3, line: 2, expected: 'c', actual: 'd' }],
  ['ab', 'abc', { offset: 2, line: 1, expected: null, actual: 'c' }],
  ['ab\n', 'ab', { offset: 2, line: 1, expected: '\n', actual: null }],
])('%j and %j part at %j', (expected, actual, difference) => {
  expect(firstDifference(expected, actual)).toEqual(difference);
});
