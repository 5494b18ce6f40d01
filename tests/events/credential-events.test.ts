/** What happens to stored exchange keys is told: stored, changed, replaced, found otherwise, destroyed. */
import { expect, test } from '@jest/globals';
import { done, toldBy, typesOf, useEvents } from './events-fixture.ts';

const use = useEvents({ callDeadlineMs: 5_000 });

const newKeys = async (permissions = ['read', 'trade']) => {
  const { api_key, secret } = await use.gateway.sandbox.openAccount({
    venue: 'binance',
    balances: { BTC: '1', USDT: '10' },
    permissions,
  });
  return { api_key, api_secret: secret };
};

const CREDENTIALS = '/api/exchange/credentials';

test('from being stored to being destroyed', async () => {
  const caller = await use.aCaller();
  let id = '';
  const told = async (work: () => Promise<unknown>) =>
    (await toldBy(caller, work)).map(({ type, data }) => {
      expect(data).toMatchObject({ credential_id: id });
      return [type, data['changed']];
    });

  const stored = await toldBy(caller, async () => {
    const sent = { exchange_name: 'binance', ...(await newKeys()) };
    id = (done(await caller.post(CREDENTIALS, sent)) as { id: string }).id;
  });
  expect(stored.map(({ type, data }) => [type, data])).toEqual([
    ['credential.stored', { credential_id: id, exchange: 'binance' }],
  ]);

  const change = { credential_name: 'Renamed', permissions: ['read'] };
  expect(await told(async () => done(await caller.put(`${CREDENTIALS}/${id}`, change)))).toEqual([
    ['credential.updated', ['credential_name', 'permissions']],
  ]);
  const fresh = await newKeys(['read']);
  expect(await told(async () => done(await caller.put(`${CREDENTIALS}/${id}`, fresh)))).toEqual([
    ['credential.replaced', undefined],
    ['credential.rights_changed', undefined],
    // What proves the new keys also reads what they hold.
    ['balance.synced', undefined],
  ]);
  expect(await told(async () => done(await caller.delete(`${CREDENTIALS}/${id}`)))).toEqual([
    ['credential.deleted', undefined],
  ]);
});

test('balances of keys without an account are told without one, whose id nobody knows', async () => {
  const caller = await use.aCaller();
  const { id } = done(await caller.post(CREDENTIALS, { exchange_name: 'binance', ...(await newKeys()) })) as {
    id: string;
  };
  const sync = async () => done(await caller.post('/api/exchange/balance/sync?exchange=binance'));
  const [synced, ...rest] = await toldBy(caller, sync);
  expect(rest).toEqual([]);
  expect(synced).toMatchObject({
    type: 'balance.synced',
    account_id: null,
    account_sequence: null,
    data: { account_id: null, credential_id: id, changed_assets: ['BTC', 'USDT'], changed_count: 2 },
  });
  expect(typesOf(await toldBy(caller, sync))).toEqual([]);
});

test('a setting that is changed at the exchange is told when it was another one before', async () => {
  const caller = await use.aCaller();
  done(await caller.post(CREDENTIALS, { exchange_name: 'binance', ...(await newKeys()) }));
  const before = done(await caller.get('/api/exchange/bnb-burn?exchange=binance')) as {
    spot_bnb_burn: boolean;
  };
  const set = (spot: boolean) => async () =>
    done(await caller.post('/api/exchange/bnb-burn', { exchange: 'binance', spot_bnb_burn: spot }));
  expect(typesOf(await toldBy(caller, set(before.spot_bnb_burn)))).toEqual([]);
  const events = await toldBy(caller, set(!before.spot_bnb_burn));
  expect(events.map(({ type, data }) => [type, data['changed']])).toEqual([
    ['credential.updated', ['bnb_burn']],
  ]);
});

test('keys that the exchange refuses, and takes again, are told as credential.validated', async () => {
  const caller = await use.aCaller();
  done(await caller.post(CREDENTIALS, { exchange_name: 'binance', ...(await newKeys()) }));
  const sync = () => caller.post('/api/exchange/balance/sync?exchange=binance');
  await use.gateway.sandbox.addFault({ venue: 'binance', kind: 'invalid_key' });
  const statuses = async (work: () => Promise<unknown>) =>
    (await toldBy(caller, work))
      .filter(({ type }) => type === 'credential.validated')
      .map(({ data }) => data['validation_status']);
  expect(await statuses(sync)).toEqual(['invalid']);
  expect(await statuses(sync)).toEqual([]);
  await use.gateway.sandbox.clearFaults();
  expect(await statuses(async () => done(await sync()))).toEqual(['valid']);
});
