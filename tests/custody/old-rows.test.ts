/** Rows of sealed keys that come out of a backup, and are put in the place of newer ones, are not opened. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { sealKeys } from '../../src/custody/seal.ts';
import type { CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { openAccount } from '../exchanges/sandbox-control.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();

const sync = (ref: CredentialRef) =>
  custody.client.fetchAccount({ requestId: randomUUID(), purpose: 'sync' }, ref, 'binance');

const aStoredCredential = async (tenantId: string): Promise<CredentialRef> =>
  custody.store(await custody.seal(tenantId, await openAccount(custody.sandbox, { venue: 'binance' })));

const sealedOf = async (tenantId: string): Promise<Record<string, unknown>[]> =>
  custody.sql('select sealed from credentials where tenant_id = $1 order by id', [tenantId]);

test('an older row put in the place of a newer one is refused, and named with both generations', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  const [older] = await sealedOf(tenantId);
  const place = { tenantId, credentialId: ref.credentialId, generation: 2, venueId: 'binance' };
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const newer = await sealKeys(await custody.client.ensureTenantKey(tenantId), place, keys);
  const put = 'update credentials set sealed = $2, generation = $3 where id = $1';
  await custody.sql(put, [ref.credentialId, newer, 2]);
  await expect(sync({ ...ref, generation: 2 })).resolves.toBeDefined();

  await custody.sql(put, [ref.credentialId, older?.['sealed'], 1]);
  const message = `The sealed keys of credential ${ref.credentialId} are of generation 1, but generation 2 is the least that may be opened: an older row was put in the place of a newer one`;
  for (let time = 0; time < 2; time += 1)
    await expect(sync(ref)).rejects.toMatchObject({ code: 'unknown_error', message });
  const refusals = (await custody.auditOf(tenantId)).filter(({ action }) => action === 'secret.refused');
  expect(refusals).toEqual([
    expect.objectContaining({ object: `credential:${ref.credentialId}`, outcome: `refused; ${message}` }),
  ]);
  // Only the blob is old.
  await custody.sql(put, [ref.credentialId, older?.['sealed'], 2]);
  await expect(sync({ ...ref, generation: 2 })).rejects.toMatchObject({
    message: `The sealed keys of credential ${ref.credentialId} are of generation 1, and its row is of generation 2: one of the two is older`,
  });
  await custody.sql(put, [ref.credentialId, newer, 2]);
  await expect(sync({ ...ref, generation: 2 })).resolves.toBeDefined();
});

test('deleted keys that are put back stay shut', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  const [before] = await sealedOf(tenantId);
  await custody.sql('update credentials set sealed = null, shredded_at = now() where id = $1', [
    ref.credentialId,
  ]);
  await custody.sql('update credentials set sealed = $2, shredded_at = null where id = $1', [
    ref.credentialId,
    before?.['sealed'],
  ]);
  await expect(sync(ref)).rejects.toMatchObject({ message: expect.stringContaining('an older row was put') });
});
