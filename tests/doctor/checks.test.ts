/** Checks whose reasons no test can bring about on this machine: an old Node, a full disk, a clock that is wrong. */
import { expect, test } from '@jest/globals';
import { checkSkew, explainConnection } from '../../src/commands/doctor/database-checks.ts';
import { checkPolicy } from '../../src/commands/doctor/service-checks.ts';
import { checkDisk, checkNode } from '../../src/commands/doctor/machine-checks.ts';

const GIB = 2 ** 30;

test.each([
  ['18.20.0', 'problem'],
  ['20.18.9', 'problem'],
  ['20.19.0', 'ok'],
  ['24.0.1', 'ok'],
])('Node %s is %s', (version, state) => {
  expect(checkNode(version).state).toBe(state);
});

test.each([
  [0.1, 'problem'],
  [1, 'warning'],
  [50, 'ok'],
])('%d GiB of free disk is %s', async (free, state) => {
  expect(await checkDisk({ dataDir: '/somewhere' }, () => Promise.resolve(free * GIB))).toMatchObject({
    state,
  });
});

test.each([
  [0, 'ok'],
  [-900, 'warning'],
  [2_500, 'problem'],
  [-60_000, 'problem'],
])('a clock that is off by %d ms is %s', (skewMs, state) => {
  expect(checkSkew(skewMs)).toMatchObject({ check: 'clock', state });
});

test('a Redis that would forget nonces is a warning', () => {
  expect(checkPolicy('allkeys-lru')).toMatchObject({
    state: 'warning',
    mend: expect.stringContaining('noeviction'),
  });
  expect([checkPolicy('noeviction').state, checkPolicy(undefined).state]).toEqual(['ok', 'ok']);
});

test.each([
  ['28P01', 'password'],
  ['42501', 'countersign migrate, as the owner'],
  ['42P01', 'countersign migrate'],
  ['ENOTFOUND', 'correct the host in DATABASE_URL'],
])('a connection that fails with %s is explained, also where the error is wrapped', (code, words) => {
  const cause = Object.assign(new Error('secret words of a driver'), { code });
  const finding = explainConnection('database', 'DATABASE_URL', new Error('wrapped', { cause }));
  expect(`${finding.found} ${finding.mend ?? ''}`).toContain(words);
  expect(JSON.stringify(finding)).not.toContain('secret words');
});
