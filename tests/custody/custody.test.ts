// The whole of custody: sealed keys in, answers of venues out, every opening on record and no secret anywhere.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { CallContext } from '../../src/exchanges/exchange-call.ts';
import { addFault, countRequests, openAccount } from '../exchanges/sandbox-control.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();

const aContext = (purpose: CallContext['purpose'] = 'connect'): CallContext => ({
  requestId: randomUUID(),
  purpose,
});

test('keys that are not stored yet connect, and their opening is recorded', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance', balances: { BTC: '1.5' } });
  const ref = await custody.seal(tenantId, keys);
  const context = aContext();
  const connection = await custody.client.connect(context, ref, ['binance']);
  expect(connection.rights).toMatchObject({ canRead: true, canWithdraw: false });
  expect(connection.accounts[0]?.balances).toEqual([
    { asset: 'BTC', free: '1.5', locked: '0', total: '1.5' },
  ]);
  expect(await custody.auditOf(tenantId)).toEqual([
    {
      actor: 'custody',
      action: 'secret.opened',
      object: `credential:${ref.credentialId}`,
      outcome: 'for connect',
      request_id: context.requestId,
    },
  ]);
});

test('a stored credential is read, with one opening for as long as its instance is kept', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'kraken', balances: { ETH: '2' } });
  const ref = await custody.store(await custody.seal(tenantId, keys, 'kraken'), 'kraken');
  for (let call = 0; call < 3; call += 1) {
    const account = await custody.client.fetchAccount(aContext('sync'), ref, 'kraken');
    expect(account.balances).toMatchObject([{ asset: 'ETH', total: '2' }]);
  }
  expect(await custody.auditOf(tenantId)).toHaveLength(1);
  await custody.restart();
  await custody.client.fetchAccount(aContext('sync'), ref, 'kraken');
  expect(await custody.auditOf(tenantId)).toHaveLength(2);
});

test('connecting and then storing the same blob is one opening', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const sealed = await custody.seal(tenantId, keys);
  await custody.client.connect(aContext(), sealed, ['binance']);
  const ref = await custody.store(sealed);
  await custody.client.fetchAccount(aContext('sync'), ref, 'binance');
  expect(await custody.auditOf(tenantId)).toHaveLength(1);
});

test('keys that are only tried, or are refused, are not kept open', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const tried = await custody.seal(tenantId, keys);
  const refused = await custody.seal(tenantId, { ...keys, secret: 'of-another-key-altogether' });
  for (let times = 1; times <= 2; times += 1) {
    await custody.client.connect(aContext('check'), tried, ['binance']);
    await expect(custody.client.connect(aContext(), refused, ['binance'])).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(await custody.auditOf(tenantId)).toHaveLength(2 * times);
  }
});

test('30 openings of one tenant at once are 30 rows', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const refs = await Promise.all(Array.from({ length: 30 }, () => custody.seal(tenantId, keys)));
  await Promise.all(refs.map((ref) => custody.client.connect(aContext(), ref, ['binance'])));
  const rows = await custody.auditOf(tenantId);
  expect(new Set(rows.map(({ object }) => object))).toEqual(
    new Set(refs.map(({ credentialId }) => `credential:${credentialId}`)),
  );
  expect(rows).toHaveLength(30);
});

test('without a record of the opening nothing is opened and no venue is asked', async () => {
  const tenantId = await custody.aTenant();
  const ref = await custody.seal(tenantId, await openAccount(custody.sandbox, { venue: 'okx' }), 'okx');
  const before = await countRequests(custody.sandbox, 'okx', 'account/');
  const leave = 'execute on function custody_open(uuid, uuid[], text[], text[])';
  await custody.sql(`revoke ${leave} from countersign_custody`);
  try {
    await expect(custody.client.connect(aContext(), ref, ['okex'])).rejects.toMatchObject({
      code: 'unknown_error',
    });
    expect(await countRequests(custody.sandbox, 'okx', 'account/')).toBe(before);
  } finally {
    await custody.sql(`grant ${leave} to countersign_custody`);
  }
  await expect(custody.client.connect(aContext(), ref, ['okex'])).resolves.toBeDefined();
});

test('a blob works in its own place only', async () => {
  const [tenantId, other] = [await custody.aTenant(), await custody.aTenant()];
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const ref = await custody.seal(tenantId, keys);
  await custody.client.ensureTenantKey(other);
  const places = [
    { ...ref, tenantId: other },
    { ...ref, credentialId: randomUUID() },
    { ...ref, generation: 2 },
    { ...ref, sealed: `${ref.sealed ?? ''}A` },
  ];
  for (const place of places) {
    await expect(custody.client.connect(aContext(), place, ['binance'])).rejects.toMatchObject({
      code: 'unknown_error',
    });
  }
});

test('a row whose blob was swapped with that of another row does not open', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const one = await custody.store(await custody.seal(tenantId, keys));
  const two = await custody.store(await custody.seal(tenantId, keys));
  await custody.sql(
    `update credentials set sealed = (select sealed from credentials where id = $1) where id = $2`,
    [one.credentialId, two.credentialId],
  );
  await expect(custody.client.fetchAccount(aContext('sync'), two, 'binance')).rejects.toMatchObject({
    code: 'unknown_error',
  });
});

test.each([
  ['switched off', 'update credentials set is_active = false where id = $1'],
  ['shredded', 'update credentials set sealed = null, shredded_at = now() where id = $1'],
  ['replaced by a newer generation', 'update credentials set generation = 2 where id = $1'],
  ['of another exchange', `update credentials set venue = 'kraken' where id = $1`],
])('a credential that is %s is gone, though its instance was in use', async (_name, change) => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const ref = await custody.store(await custody.seal(tenantId, keys));
  await custody.client.fetchAccount(aContext('sync'), ref, 'binance');
  await custody.sql(change, [ref.credentialId]);
  await expect(custody.client.fetchAccount(aContext('sync'), ref, 'binance')).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('another tenant cannot name a credential that is not its own', async () => {
  const [tenantId, other] = [await custody.aTenant(), await custody.aTenant()];
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const ref = await custody.store(await custody.seal(tenantId, keys));
  const call = custody.client.fetchAccount(aContext('sync'), { ...ref, tenantId: other }, 'binance');
  await expect(call).rejects.toMatchObject({ code: 'not_found' });
});

test('what a venue refuses crosses as a code, prices need no credential', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const ref = await custody.seal(tenantId, { ...keys, secret: 'wrong' });
  await expect(custody.client.connect(aContext(), ref, ['binance'])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
  await addFault(custody.sandbox, {
    venue: 'binance',
    path: 'apiRestrictions',
    kind: 'rate_limited',
    retry_after_s: 3,
  });
  const good = await custody.seal(tenantId, keys);
  await expect(custody.client.connect(aContext(), good, ['binance'])).rejects.toMatchObject({
    code: 'exchange_rate_limited',
    details: { retryAfterMs: 3_000 },
  });
  // The venue asked to be left alone; a custody that is started anew has forgotten that.
  await custody.restart();
  const { prices } = await custody.client.fetchPrices(aContext('sync'), 'okx');
  expect(prices.length).toBeGreaterThan(50);
  await expect(custody.client.fetchPrices(aContext('sync'), 'mtgox')).rejects.toMatchObject({
    code: 'not_supported',
  });
});

test('no secret is in an answer, in a log line or in the database, in any writing', async () => {
  const tenantId = await custody.aTenant();
  const told: string[] = [];
  for (const [venue, code] of [
    ['binance', 'binance'],
    ['kraken', 'kraken'],
    ['okx', 'okex'],
  ] as const) {
    const keys = await openAccount(custody.sandbox, { venue, balances: { BTC: '1' } });
    const ref = await custody.seal(tenantId, keys, venue);
    const outcome = async (): Promise<string> =>
      JSON.stringify(await custody.client.connect(aContext(), ref, [code]).catch(errorText));
    told.push(await outcome());
    for (const kind of ['server_error', 'html_200', 'reset', 'invalid_key']) {
      await addFault(custody.sandbox, { venue, api_key: keys.apiKey, kind, times: 2 });
      told.push(await outcome());
    }
    await custody.store(ref, venue);
    const tables = ['credentials', 'tenant_keys', 'audit_log'];
    const dump = await Promise.all(tables.map((table) => custody.sql(`select t::text from ${table} t`)));
    const everything = [...told, ...custody.logger.lines, JSON.stringify(dump)].join('\n');
    for (const secret of Object.values<string>({ ...keys })) {
      for (const written of writings(secret)) expect(everything).not.toContain(written);
    }
  }
});

const errorText = (error: unknown): string => {
  const { message, stack, cause } = error as Error;
  return [message, stack, String(cause), JSON.stringify(error)].join('\n');
};

const writings = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  // The first 18 bytes: their base64 is the same wherever the secret ends.
  const start = bytes.subarray(0, 18);
  return [
    secret,
    bytes.toString('hex'),
    start.toString('base64'),
    start.toString('base64url'),
    encodeURIComponent(secret),
  ];
};

test('keys of one venue are never shown to another, whatever the row or the call says', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const sealed = await custody.seal(tenantId, keys);
  // A gateway that was taken over names another venue in the call, or in the row that it may write.
  await expect(custody.client.connect(aContext(), sealed, ['kraken'])).rejects.toMatchObject({
    code: 'unknown_error',
  });
  await expect(custody.client.connect(aContext(), sealed, ['binance', 'kraken'])).rejects.toMatchObject({
    code: 'not_found',
  });
  const stored = await custody.store(sealed, 'kraken');
  await expect(custody.client.fetchAccount(aContext('sync'), stored, 'kraken')).rejects.toMatchObject({
    code: 'unknown_error',
  });
});
