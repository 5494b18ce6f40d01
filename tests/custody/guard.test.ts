// What guards the opening of keys: the freeze switch, canaries and the budget, on real tables, socket and venues.
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { createFreezeStore } from '../../src/features/freezes/freeze-store.ts';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import type { CallContext, CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { plantCanary } from '../../src/processes/canary.ts';
import { openDatabase } from '../db/rows.ts';
import { countRequests, openAccount, openAccounts } from '../exchanges/sandbox-control.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();

const aContext = (): CallContext => ({ requestId: randomUUID(), purpose: 'sync' });
const sync = (ref: CredentialRef) => custody.client.fetchAccount(aContext(), ref, 'binance');

/** As the operator does it. */
const withFreezes = async <T>(
  work: (freezes: ReturnType<typeof createFreezeStore>) => Promise<T>,
): Promise<T> => {
  await using owner = openDatabase(custody.database.ownerUrl, 1);
  return await work(createFreezeStore(owner.shared));
};

const freeze = (reason = 'a drill') => withFreezes((freezes) => freezes.freeze('the operator', reason));
const unfreeze = () => withFreezes((freezes) => freezes.lift('the operator'));

const aStoredCredential = async (tenantId: string): Promise<CredentialRef> => {
  const keys = await openAccount(custody.sandbox, { venue: 'binance', balances: { BTC: '1' } });
  return await custody.store(await custody.seal(tenantId, keys));
};

const FROZEN = { code: 'custody_unavailable', message: expect.stringContaining('frozen') };

/** Waits for what a notification brings about. */
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise(setImmediate);
};

afterEach(async () => {
  await unfreeze();
  await until(async () => !(await custody.client.ping()).frozen);
});

test('while custody is frozen no keys are used or opened, whether they were open before or not', async () => {
  const tenantId = await custody.aTenant();
  const [open, shut] = [await aStoredCredential(tenantId), await aStoredCredential(tenantId)];
  const sealed = await custody.seal(tenantId, await openAccount(custody.sandbox, { venue: 'binance' }));
  await sync(open);
  await freeze();
  const asked = await countRequests(custody.sandbox, 'binance', 'api/v3/account');
  const openings = (await custody.auditOf(tenantId)).length;
  for (const ref of [open, shut]) await expect(sync(ref)).rejects.toMatchObject(FROZEN);
  await expect(custody.client.connect(aContext(), sealed, ['binance'])).rejects.toMatchObject(FROZEN);
  expect(await countRequests(custody.sandbox, 'binance', 'api/v3/account')).toBe(asked);
  expect(await custody.auditOf(tenantId)).toHaveLength(openings);
  // What needs no keys goes on.
  await expect(custody.client.fetchPrices(aContext(), 'kraken')).resolves.toBeDefined();

  await unfreeze();
  await expect(sync(shut)).resolves.toBeDefined();
  // The freeze wiped what was open: it is opened, and recorded, anew.
  await expect(sync(open)).resolves.toBeDefined();
  expect(await custody.auditOf(tenantId)).toHaveLength(openings + 2);
});

test('a freeze outlives custody, is told by ping, and is heard of without a call', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  await freeze();
  await until(async () => (await custody.client.ping()).frozen);
  await expect(custody.client.ensureTenantKey(await custody.aTenant())).rejects.toMatchObject(FROZEN);
  await custody.restart();
  await expect(sync(ref)).rejects.toMatchObject(FROZEN);
  await unfreeze();
  await expect(sync(ref)).resolves.toBeDefined();
});

test('custody can freeze itself, and cannot set itself free or forget that it was frozen', async () => {
  await using own = openDatabase(custody.database.custodyUrl, 1);
  const freezes = createFreezeStore(own.shared);
  await freezes.freeze('custody', 'by itself');
  await expect(freezes.lift('custody')).rejects.toThrow();
  const erase = { name: 'test_erase_freezes', text: 'delete from custody_freezes' };
  await expect(own.shared.query(erase, [])).rejects.toThrow();
  expect(await withFreezes((own) => own.find())).toMatchObject({ frozenBy: 'custody', reason: 'by itself' });
});

test('two freezes are one, and each is kept with who did it and who lifted it', async () => {
  await freeze('the first');
  await freeze('the second');
  expect(await withFreezes((freezes) => freezes.find())).toMatchObject({ reason: 'the first' });
  expect(await unfreeze()).toBe(true);
  expect(await unfreeze()).toBe(false);
  const [last] = await custody.sql(
    'select frozen_by, reason, lifted_by from custody_freezes order by id desc limit 1',
  );
  expect(last).toEqual({ frozen_by: 'the operator', reason: 'the first', lifted_by: 'the operator' });
});

const aCanary = async (tenantId: string): Promise<CredentialRef> => {
  await using owner = openDatabase(custody.database.ownerUrl, 1);
  const venue = createCatalog().getVenue('binance');
  const credentialId = await plantCanary(owner, { tenantId, venue, at: new Date().toISOString() });
  return { tenantId, credentialId, generation: 1 };
};

test('a canary that is to be opened stays shut, freezes custody and is on record', async () => {
  const [tenantId, other] = [await custody.aTenant(), await custody.aTenant()];
  const [harmless, elsewhere] = [await aStoredCredential(tenantId), await aStoredCredential(other)];
  await Promise.all([sync(harmless), sync(elsewhere)]);
  const canary = await aCanary(tenantId);
  const asked = await countRequests(custody.sandbox, 'binance', '');

  const context = aContext();
  await expect(custody.client.fetchAccount(context, canary, 'binance')).rejects.toMatchObject(FROZEN);
  expect(await countRequests(custody.sandbox, 'binance', '')).toBe(asked);
  expect((await custody.auditOf(tenantId)).at(-1)).toEqual({
    actor: 'custody',
    action: 'canary.touched',
    object: `credential:${canary.credentialId}`,
    outcome: 'custody frozen',
    request_id: context.requestId,
  });
  // Everybody's keys are shut now.
  for (const ref of [harmless, elsewhere]) await expect(sync(ref)).rejects.toMatchObject(FROZEN);
  expect(await withFreezes((freezes) => freezes.find())).toMatchObject({
    frozenBy: 'custody',
    reason: expect.stringContaining(canary.credentialId),
  });
});

test('a canary among keys that are asked for at once keeps all of them shut', async () => {
  const tenantId = await custody.aTenant();
  const keys = await openAccounts(custody.sandbox, { venue: 'binance', count: 20 });
  const refs = await Promise.all(keys.map(async (pair) => custody.store(await custody.seal(tenantId, pair))));
  const canary = await aCanary(tenantId);
  const ends = await Promise.allSettled([canary, ...refs].map(sync));
  const opened = (await custody.auditOf(tenantId)).filter(({ action }) => action === 'secret.opened');
  expect(ends[0]).toMatchObject({ status: 'rejected', reason: FROZEN });
  // Nothing was used that is not on record.
  expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(opened.length);
  await expect(sync(canary)).rejects.toMatchObject(FROZEN);
});

test("the gateway's role can neither see which credentials are canaries nor touch the freezes", async () => {
  await using gateway = openDatabase(custody.database.gatewayUrl, 1);
  for (const [name, text] of [
    ['test_see_canaries', 'select * from canary_credentials'],
    ['test_see_freezes', 'select * from custody_freezes'],
    ['test_lift_freezes', `update custody_freezes set lifted_at = now(), lifted_by = 'me'`],
    ['test_ask_to_open', `select custody_open(gen_random_uuid(), '{}', '{}', '{}')`],
  ] as const) {
    await expect(gateway.session(randomUUID()).query({ name, text }, [])).rejects.toThrow(
      /permission denied/,
    );
  }
});

test('a canary of a tenant that never connected anything cannot be planted', async () => {
  await expect(aCanary(await custody.aTenant())).rejects.toMatchObject({ code: 'not_found' });
});

test('keys beyond the budget stay shut; the refusal is on record once, and other tenants go on', async () => {
  await custody.restart({ decryptLimits: { tenantPerMinute: 5, totalPerMinute: 100 } });
  try {
    const [tenantId, other] = [await custody.aTenant(), await custody.aTenant()];
    const keys = await openAccounts(custody.sandbox, { venue: 'binance', count: 12 });
    const refs = await Promise.all(
      keys.map(async (pair) => custody.store(await custody.seal(tenantId, pair))),
    );
    const ends: PromiseSettledResult<unknown>[] = [];
    for (const ref of refs) ends.push(...(await Promise.allSettled([sync(ref)])));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(ends.at(-1)).toMatchObject({
      reason: { code: 'custody_unavailable', details: { retryAfterMs: expect.any(Number) } },
    });
    const actions = (await custody.auditOf(tenantId)).map(({ action }) => action);
    expect(actions.filter((action) => action === 'secret.opened')).toHaveLength(5);
    expect(actions.filter((action) => action === 'secret.refused')).toHaveLength(1);
    // Keys that are open already cost nothing of it.
    await expect(sync(refs[0] as CredentialRef)).resolves.toBeDefined();
    await expect(sync(await aStoredCredential(other))).resolves.toBeDefined();
  } finally {
    await custody.restart();
  }
});

test('a tenant that does not exist is told apart from a failure', async () => {
  await expect(custody.client.ensureTenantKey(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
});

test('how each venue does can be read without asking one', async () => {
  await custody.restart();
  expect(await custody.client.venueStates()).toEqual([]);
  await sync(await aStoredCredential(await custody.aTenant()));
  const asked = await countRequests(custody.sandbox, 'binance', '');
  expect(await custody.client.venueStates()).toEqual([
    {
      venueId: 'binance',
      circuit: 'closed',
      consecutiveFailures: 0,
      stoppedUntil: null,
      lastSuccessAt: expect.stringMatching(/Z$/),
      lastFailureAt: null,
      latencyMs: expect.any(Number),
      callsInFlight: 0,
      marketsCount: 100,
      marketsLoadedAt: expect.stringMatching(/Z$/),
    },
  ]);
  expect(await countRequests(custody.sandbox, 'binance', '')).toBe(asked);
});
