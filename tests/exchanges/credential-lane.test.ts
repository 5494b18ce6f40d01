// One key pair's queue and nonce.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCredentialLane } from '../../src/exchanges/credential-lane.ts';

const live = new AbortController().signal;

test('nonces only grow, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10 ** 13 }), { minLength: 2 }), (clock) => {
      const lane = createCredentialLane(10);
      let last = 0;
      for (const candidate of clock) {
        const nonce = lane.nextNonce(candidate);
        expect(nonce).toBeGreaterThan(last);
        expect(nonce).toBeGreaterThanOrEqual(candidate);
        last = nonce;
      }
    }),
  );
});

test('calls run one after another, in order, and a failure does not stop the next', async () => {
  const lane = createCredentialLane(10);
  const events: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      events.push(`${name} starts`);
      await Promise.resolve();
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
    };
  const results = await Promise.allSettled([
    lane.run(live, work('a')),
    lane.run(live, work('b', true)),
    lane.run(live, work('c')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('a call that was given up while it waited never starts', async () => {
  const lane = createCredentialLane(10);
  const gone = new AbortController();
  let started = false;
  const first = lane.run(live, () => Promise.resolve().then(() => gone.abort()));
  const second = lane.run(gone.signal, () => {
    started = true;
    return Promise.resolve();
  });
  await first;
  await expect(second).rejects.toMatchObject({ code: 'exchange_timeout' });
  expect(started).toBe(false);
});

test('a lane that is full refuses, and takes calls again when it has room', async () => {
  const lane = createCredentialLane(2);
  const waiting = [lane.run(live, () => Promise.resolve()), lane.run(live, () => Promise.resolve())];
  await expect(lane.run(live, () => Promise.resolve())).rejects.toMatchObject({
    code: 'exchange_rate_limited',
  });
  await Promise.all(waiting);
  await expect(lane.run(live, () => Promise.resolve('in'))).resolves.toBe('in');
});
