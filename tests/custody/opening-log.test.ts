// Openings are written before they resolve, those that wait for one write go out together, and a refusal refuses all.
import { expect, test } from '@jest/globals';
import type { CustodyStore, Opening } from '../../src/custody/custody-store.ts';
import { createOpeningLog } from '../../src/custody/opening-log.ts';

type Leave = Awaited<ReturnType<CustodyStore['recordOpenings']>>;

const anOpening = (requestId: string): Opening => ({ credentialId: 'c', purpose: 'sync', requestId });
const unheard = (): void => undefined;

/** A store whose writes end when the test says so. */
const heldStore = () => {
  const writes: { tenantId: string; requests: string[]; end: (outcome?: Leave | Error) => void }[] = [];
  return {
    writes,
    recordOpenings: (tenantId: string, openings: readonly Opening[]) =>
      new Promise<Leave>((resolve, reject) => {
        writes.push({
          tenantId,
          requests: openings.map(({ requestId }) => requestId),
          end: (outcome = 'opened') => (outcome instanceof Error ? reject(outcome) : resolve(outcome)),
        });
      }),
  };
};

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test('openings that arrive while a write runs share the next one', async () => {
  const store = heldStore();
  const log = createOpeningLog(store, unheard);
  const first = log.record('t1', anOpening('1'));
  await settled();
  const others = [log.record('t1', anOpening('2')), log.record('t1', anOpening('3'))];
  await settled();
  expect(store.writes.map(({ requests }) => requests)).toEqual([['1']]);
  store.writes[0]?.end();
  await first;
  await settled();
  expect(store.writes.map(({ requests }) => requests)).toEqual([['1'], ['2', '3']]);
  store.writes[1]?.end();
  await Promise.all(others);
});

test('tenants do not wait for each other', async () => {
  const store = heldStore();
  const log = createOpeningLog(store, unheard);
  const all = [log.record('t1', anOpening('1')), log.record('t2', anOpening('2'))];
  await settled();
  expect(store.writes.map(({ tenantId }) => tenantId)).toEqual(['t1', 't2']);
  for (const { end } of store.writes) end();
  await Promise.all(all);
});

test('a write that fails fails its own openings and not the next', async () => {
  const store = heldStore();
  const log = createOpeningLog(store, unheard);
  const lost = log.record('t1', anOpening('1'));
  await settled();
  const next = log.record('t1', anOpening('2'));
  store.writes[0]?.end(new Error('down'));
  await expect(lost).rejects.toThrow('down');
  await settled();
  store.writes[1]?.end();
  await expect(next).resolves.toBeUndefined();
});

test.each(['frozen', 'canary'] as const)(
  'openings that are answered "%s" are refused together, and keys that are open are forgotten',
  async (leave) => {
    const store = heldStore();
    let forgotten = 0;
    const log = createOpeningLog(store, () => (forgotten += 1));
    const asked = [log.record('t1', anOpening('1')), log.record('t1', anOpening('2'))];
    const outcomes = Promise.allSettled(asked);
    await settled();
    store.writes[0]?.end(leave);
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'custody_unavailable' } });
    expect(forgotten).toBe(1);
  },
);
