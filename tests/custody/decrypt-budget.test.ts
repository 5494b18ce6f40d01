// How many keys may be opened in a minute, by one tenant and in all.
import { beforeEach, expect, test } from '@jest/globals';
import { createDecryptBudget, type DecryptBudget, OverBudget } from '../../src/custody/decrypt-budget.ts';

let nowMs: number;
let budget: DecryptBudget;

beforeEach(() => {
  nowMs = 1_000_000;
  budget = createDecryptBudget({ tenantPerMinute: 3, totalPerMinute: 5 }, { now: () => nowMs });
});

const refusalOf = (tenantId: string): OverBudget | undefined => {
  try {
    budget.take(tenantId);
    return undefined;
  } catch (error) {
    if (error instanceof OverBudget) return error;
    throw error;
  }
};

test('a tenant gets its own share and no more, until its minute is over', () => {
  for (let opening = 0; opening < 3; opening += 1) expect(refusalOf('a')).toBeUndefined();
  expect(refusalOf('a')).toMatchObject({ code: 'custody_unavailable', whose: 'tenant', isFirst: true });
  expect(refusalOf('a')).toMatchObject({ isFirst: false });
  expect(refusalOf('b')).toBeUndefined();
  nowMs += refusalOf('a')?.details.retryAfterMs ?? 0;
  expect(refusalOf('a')).toBeUndefined();
});

test('all tenants together get no more than the total', () => {
  const taken = ['a', 'b', 'c', 'd', 'e'].map(refusalOf);
  expect(taken.every((refusal) => refusal === undefined)).toBe(true);
  expect(refusalOf('f')).toMatchObject({ whose: 'total', isFirst: true });
  nowMs += 61_000;
  expect(refusalOf('f')).toBeUndefined();
});

test('a tenant that is refused takes nothing of the total', () => {
  for (let opening = 0; opening < 50; opening += 1) refusalOf('a');
  expect(refusalOf('b')).toBeUndefined();
  expect(refusalOf('c')).toBeUndefined();
});
