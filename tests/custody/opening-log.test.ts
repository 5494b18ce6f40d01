// Openings are written before they resolve, and those that wait for one write go out together.
import { expect, test } from '@jest/globals';
import type { Opening } from '../../src/custody/custody-store.ts';
import { createOpeningLog } from '../../src/custody/opening-log.ts';

const anOpening = (requestId: string): Opening => ({ credentialId: 'c', purpose: 'sync', requestId });

/** A store whose writes end when the test says so. */
const heldStore = () => {
  const writes: { tenantId: string; requests: string[]; end: (error?: Error) => void }[] = [];
  return {
    writes,
    recordOpenings: (tenantId: string, openings: readonly Opening[]) =>
      new Promise<void>((resolve, reject) => {
        writes.push({
          tenantId,
          requests: openings.map(({ requestId }) => requestId),
          end: (error) => (error === undefined ? resolve() : reject(error)),
        });
      }),
  };
};

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test('openings that arrive while a write runs share the next one', async () => {
  const store = heldStore();
  const log = createOpeningLog(store);
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
  const log = createOpeningLog(store);
  const all = [log.record('t1', anOpening('1')), log.record('t2', anOpening('2'))];
  await settled();
  expect(store.writes.map(({ tenantId }) => tenantId)).toEqual(['t1', 't2']);
  for (const { end } of store.writes) end();
  await Promise.all(all);
});

test('a write that fails fails its own openings and not the next', async () => {
  const store = heldStore();
  const log = createOpeningLog(store);
  const lost = log.record('t1', anOpening('1'));
  await settled();
  const next = log.record('t1', anOpening('2'));
  store.writes[0]?.end(new Error('down'));
  await expect(lost).rejects.toThrow('down');
  await settled();
  store.writes[1]?.end();
  await expect(next).resolves.toBeUndefined();
});
