/** Those who own a key hear of it when somebody keeps trying to be it. */
import { expect, test } from '@jest/globals';
import { createTestCaller } from '../support/test-caller.ts';
import { allEvents, eventOf, keyIdOf, useEvents } from './events-fixture.ts';

const MOST_FAILURES = 3;
const use = useEvents({ limits: { failedAuthPerMinute: MOST_FAILURES } });

// One test: failures are counted for the address as well, and all tests have the same.
test('requests that keep failing with the id of a key are told of once, those with a made-up id never', async () => {
  const caller = await use.aCaller();
  const id = await keyIdOf(caller);
  const thief = createTestCaller({ ...caller, apiSecret: 'not the secret' });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < MOST_FAILURES + 3; attempt += 1)
    statuses.push((await thief.get('/ver1/accounts')).status);
  expect(statuses).toContain(429);
  const event = await eventOf(caller, 'security.authentication_failures');
  expect(event.data).toEqual({ key_id: id, failures: MOST_FAILURES });
  const told = (await allEvents(caller)).filter(({ type }) => type.startsWith('security.'));
  expect(told).toHaveLength(1);
});
