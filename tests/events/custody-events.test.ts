/** What custody's own guards do is told to all whose keys are in it, whoever turned the switch. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { createFreezeStore } from '../../src/features/freezes/freeze-store.ts';
import { plantCanary } from '../../src/processes/canary.ts';
import { openDatabase } from '../db/rows.ts';
import { allEvents, typesOf, useEvents } from './events-fixture.ts';

const use = useEvents();

const freezes = () => createFreezeStore(use.gateway.owner.shared);

const securityEvents = async (by: Parameters<typeof allEvents>[0]) =>
  (await allEvents(by)).filter(({ type }) => type.startsWith('security.'));

// One test: there is one switch for all tenants of the gateway.
test('a freeze, its end, and a trap that was touched', async () => {
  const [owner, other, idle] = [await use.aCaller(), await use.aCaller(), await use.aCaller()];
  for (const caller of [owner, other]) await use.connect(caller, 'kraken');

  await freezes().freeze('the operator', 'maintenance of tenant xyz');
  await freezes().lift('the operator');
  for (const caller of [owner, other]) {
    const events = await securityEvents(caller);
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['security.custody_frozen', { reason: 'operator' }],
      ['security.custody_thawed', {}],
    ]);
  }
  expect(await securityEvents(idle)).toEqual([]);

  const venue = createCatalog().getVenue('kraken');
  const canary = await plantCanary(use.gateway.owner, {
    tenantId: owner.tenantId,
    venue,
    at: new Date().toISOString(),
  });
  await using custody = openDatabase(use.gateway.database.custodyUrl, 1);
  await custody.transact(owner.tenantId, (session) =>
    session.query({ name: 'test.open', text: 'select custody_open($1, $2, $3, $4)' }, [
      owner.tenantId,
      [canary],
      ['sync'],
      [randomUUID()],
    ]),
  );
  expect(typesOf(await securityEvents(owner)).slice(2)).toEqual([
    'security.custody_frozen',
    'security.canary_opened',
  ]);
  const [told, ...rest] = (await securityEvents(other)).slice(2);
  expect([told?.data, rest]).toEqual([{ reason: 'canary_opened' }, []]);
  const [opened] = (await securityEvents(owner)).slice(3);
  expect(opened?.data).toEqual({ credential_id: canary });
  await freezes().lift('the operator');
});
