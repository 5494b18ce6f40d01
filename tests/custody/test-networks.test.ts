// Test networks through custody: the stored credential says which network its keys are for.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { countRequests, openAccount } from '../exchanges/sandbox-control.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();

const aContext = () => ({ requestId: randomUUID(), purpose: 'sync' as const });

const realRequests = async (venue: string): Promise<number> =>
  (await countRequests(custody.sandbox, venue, '')) -
  (await countRequests(custody.sandbox, venue, 'testnet '));

test('a stored credential of the test network is read there, whoever asks and without being told', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, {
    venue: 'binance',
    testnet: true,
    balances: { BTC: '3' },
  });
  const sealed = await custody.seal(tenantId, keys);
  const before = await realRequests('binance');
  await custody.client.connect(aContext(), { ...sealed, testnet: true }, ['binance']);
  const ref = await custody.store(sealed);
  await custody.sql(`update credentials set metadata = '{"testnet": true, "note": 1}' where id = $1`, [
    ref.credentialId,
  ]);
  const account = await custody.client.fetchAccount(aContext(), ref, 'binance');
  expect(account.balances).toMatchObject([{ asset: 'BTC', total: '3' }]);
  expect(await realRequests('binance')).toBe(before);
  await custody.sql(`update credentials set metadata = '{"testnet": false}' where id = $1`, [
    ref.credentialId,
  ]);
  await expect(custody.client.fetchAccount(aContext(), ref, 'binance')).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test('a venue without a test network, and an account type that it lacks, are not supported; nothing is opened', async () => {
  const tenantId = await custody.aTenant();
  for (const [venue, code, message] of [
    ['kraken', 'kraken', 'Kraken has no test network'],
    ['binance_us', 'binance_us', 'Binance.US has no test network'],
    ['binance', 'binance_futures', 'The test network of Binance has no such account type'],
  ] as const) {
    const ref = await custody.seal(tenantId, await openAccount(custody.sandbox, { venue }), venue);
    const before = await countRequests(custody.sandbox, venue, '');
    await expect(custody.client.connect(aContext(), { ...ref, testnet: true }, [code])).rejects.toMatchObject(
      { code: 'not_supported', message },
    );
    expect(await countRequests(custody.sandbox, venue, '')).toBe(before);
  }
  expect(await custody.auditOf(tenantId)).toEqual([]);
});
