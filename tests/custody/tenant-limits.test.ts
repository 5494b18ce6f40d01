// What operators decide of one tenant holds in custody at once: how many keys are opened for it, and that it is suspended.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { openAccounts } from '../exchanges/sandbox-control.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();

const sync = (ref: CredentialRef) =>
  custody.client.fetchAccount({ requestId: randomUUID(), purpose: 'sync' }, ref, 'binance');

const someCredentials = async (tenantId: string, count: number): Promise<CredentialRef[]> => {
  const keys = await openAccounts(custody.sandbox, { venue: 'binance', count });
  return await Promise.all(keys.map(async (pair) => custody.store(await custody.seal(tenantId, pair))));
};

const openings = async (tenantId: string): Promise<number> =>
  (await custody.auditOf(tenantId)).filter(({ action }) => action === 'secret.opened').length;

/** Waits for what a notification brings about. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise(setImmediate);
};

test('a tenant with a limit of its own has no more keys opened for it; others have theirs', async () => {
  const [tenantId, other] = [await custody.aTenant(), await custody.aTenant()];
  await custody.sql('update tenants set openings_per_minute = 2 where id = $1', [tenantId]);
  const refs = await someCredentials(tenantId, 3);
  const ends: string[] = [];
  for (const ref of refs) ends.push((await Promise.allSettled([sync(ref)]))[0].status);
  expect(ends).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  for (const ref of await someCredentials(other, 3)) await sync(ref);

  const [third] = refs.slice(2);
  if (third === undefined) throw new Error('there is no third credential');
  await custody.sql('update tenants set openings_per_minute = 10 where id = $1', [tenantId]);
  await until(async () => (await Promise.allSettled([sync(third)]))[0].status === 'fulfilled');
});

test('the open keys of a tenant are forgotten when it is suspended', async () => {
  const tenantId = await custody.aTenant();
  const [ref] = await someCredentials(tenantId, 1);
  if (ref === undefined) throw new Error('there is no credential');
  await sync(ref);
  await sync(ref);
  expect(await openings(tenantId)).toBe(1);
  await custody.sql("update tenants set status = 'suspended' where id = $1", [tenantId]);
  await until(async () => {
    await sync(ref);
    return (await openings(tenantId)) > 1;
  });
});
