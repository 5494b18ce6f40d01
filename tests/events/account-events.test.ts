/** Each change of an account is told once, in the transaction of the change, with what a consumer needs to look further. */
import { expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { sync } from '../api/trades-fixture.ts';
import { allEvents, done, listEvents, toldBy, typesOf, useEvents } from './events-fixture.ts';

const use = useEvents({ callDeadlineMs: 5_000 });

const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown as string;

test('connecting tells of the keys and of each account, the related ones too, and not of their first balances', async () => {
  const caller = await use.aCaller();
  const keys = await use.gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1', USDT: '5' } });
  const sent = { type: 'binance', name: 'Both', ...keys, types_to_create: ['binance_futures'] };
  const first = done(await caller.post('/ver1/accounts/new', sent)) as { id: number };
  const events = await allEvents(caller);
  expect(typesOf(events)).toEqual(['credential.stored', 'account.connected', 'account.connected']);
  const [stored, connected, related] = events;
  expect(stored).toMatchObject({ sequence: 1, account_id: null, account_sequence: null });
  expect(stored?.data).toEqual({ credential_id: UUID, exchange: 'binance' });
  expect(connected).toMatchObject({ sequence: 2, account_id: first.id, account_sequence: 1 });
  expect(connected?.data).toEqual({
    account_id: first.id,
    credential_id: stored?.data['credential_id'],
    market_code: 'binance',
    mode: 'real',
  });
  expect(related?.data).toMatchObject({ market_code: 'binance_futures' });
});

test('paper accounts and watched addresses are told of as well', async () => {
  const caller = await use.aCaller();
  done(await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' }));
  const { address } = await use.gateway.sandbox.openAccount({
    venue: 'ethereumwallet',
    balances: { ETH: '1' },
  });
  done(await caller.post('/ver1/accounts/new', { type: 'ethereumwallet', name: 'Cold', address }));
  const connected = (await allEvents(caller)).filter(({ type }) => type === 'account.connected');
  expect(connected.map(({ data }) => data)).toMatchObject([
    { market_code: 'paper_trading', mode: 'paper', credential_id: UUID },
    { market_code: 'ethereumwallet', mode: 'real', credential_id: null },
  ]);
});

test('a change names what changed, and none is told when nothing did', async () => {
  const caller = await use.aCaller();
  const { id } = await use.connect(caller, 'kraken');
  const changedBy = async (work: () => Promise<unknown>) =>
    (await toldBy(caller, work)).map(({ type, data }) => [type, data['changed']]);

  expect(await changedBy(() => caller.post(`/ver1/accounts/${id}/rename`, { name: 'Other' }))).toEqual([
    ['account.updated', ['name']],
  ]);
  const change = { account_id: id, name: 'Third', include_in_summary: false };
  expect(await changedBy(() => caller.post('/ver1/accounts/update', change))).toEqual([
    ['account.updated', ['name', 'include_in_summary']],
  ]);
  expect(await changedBy(() => caller.post('/ver1/accounts/update', change))).toEqual([]);
  const settings = { enabled: false };
  expect(await changedBy(() => caller.put(`/api/accounts/${id}/autobalance`, settings))).toEqual([
    ['account.updated', ['autobalance']],
  ]);
});

test('removing tells of the account, and of the keys when they go with it; once', async () => {
  const caller = await use.aCaller();
  const { id } = await use.connect(caller, 'kraken');
  const remove = () => caller.post(`/ver1/accounts/${id}/remove`);
  expect(typesOf(await toldBy(caller, remove))).toEqual(['account.removed', 'credential.deleted']);
  expect(typesOf(await toldBy(caller, remove))).toEqual([]);
});

test('a sync tells which assets changed, and nothing when none did', async () => {
  const caller = await use.aCaller();
  const { id, keys } = await use.connect(caller, 'kraken');
  const load = async () => done(await caller.post(`/ver1/accounts/${id}/load_balances`));
  expect(typesOf(await toldBy(caller, load))).toEqual([]);
  await use.gateway.sandbox.changeAccount(keys.api_key, { balances: { BTC: '2', ETH: '3', USDT: '5000' } });
  const [synced, ...rest] = await toldBy(caller, load);
  expect(rest).toEqual([]);
  expect(synced).toMatchObject({ type: 'balance.synced', account_id: id });
  expect(synced?.data).toMatchObject({
    market_code: 'kraken',
    changed_assets: ['BTC', 'ETH'],
    changed_count: 2,
    usd_amount: expect.stringMatching(/^\d+\.?\d*$/),
  });
  await use.gateway.sandbox.changeAccount(keys.api_key, { balances: { BTC: '2', ETH: '0', USDT: '5000' } });
  expect((await toldBy(caller, load)).map(({ data }) => data['changed_assets'])).toEqual([['ETH']]);
});

test('keys that the exchange refuses lock their accounts, and that is told once; so is the end of it', async () => {
  const caller = await use.aCaller();
  const { id } = await use.connect(caller, 'kraken');
  const load = () => caller.post(`/ver1/accounts/${id}/load_balances`);
  await use.gateway.sandbox.addFault({ venue: 'kraken', kind: 'invalid_key' });
  const events = await toldBy(caller, load);
  expect(typesOf(events)).toEqual(['credential.validated', 'account.keys_invalid', 'account.locked']);
  expect(events.map(({ data }) => data)).toMatchObject([
    { validation_status: 'invalid', exchange: 'kraken' },
    { account_id: id, credential_id: UUID },
    { account_id: id, reason: 'invalid_api_key' },
  ]);
  expect(typesOf(await toldBy(caller, load))).toEqual([]);

  await use.gateway.sandbox.clearFaults();
  const ended = await toldBy(caller, async () => done(await load()));
  expect(ended.map(({ type, data }) => [type, data['validation_status']])).toEqual([
    ['credential.validated', 'valid'],
    ['account.unlocked', undefined],
  ]);
});

test('rights that are others than those stored are told for the keys and for each of their accounts', async () => {
  const caller = await use.aCaller();
  const { id, keys } = await use.connect(caller, 'binance', { permissions: ['read', 'trade'] });
  await use.gateway.sandbox.changeAccount(keys.api_key, { permissions: ['read'] });
  const events = await toldBy(caller, async () =>
    done(await caller.post('/ver1/accounts/new', { type: 'binance_futures', name: 'Second', ...keys })),
  );
  expect(typesOf(events)).toEqual([
    'credential.rights_changed',
    'account.rights_changed',
    'account.connected',
  ]);
  expect(events[1]?.data).toMatchObject({
    account_id: id,
    can_read: true,
    can_trade: false,
    exchange: 'binance',
  });
});

test('replaced keys are told of, and so is each account that uses them', async () => {
  const caller = await use.aCaller();
  const { id } = await use.connect(caller, 'kraken');
  const fresh = await use.gateway.sandbox.openAccount({
    venue: 'kraken',
    balances: { BTC: '1.5', USDT: '5000' },
  });
  const events = await toldBy(caller, async () =>
    done(await caller.post('/ver1/accounts/update', { account_id: id, ...fresh })),
  );
  expect(events.map(({ type, data }) => [type, data['changed']])).toEqual([
    ['credential.replaced', undefined],
    ['account.updated', ['api_key']],
  ]);
});

test('new trades are told with the page that they were stored with, and old ones are not', async () => {
  const caller = await use.aCaller();
  const { id } = await use.connect(caller, 'kraken', { trades: 5 });
  const syncAll = async () => {
    const answer = await sync(caller, 'exchange=kraken');
    expect(answer).toMatchObject({ error: null, is_complete: true });
  };
  const events = (await toldBy(caller, syncAll)).filter(({ type }) => type === 'trades.synced');
  const counts = events.map(({ data }) => Number(data['new_trades']));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
  expect(events[0]).toMatchObject({ account_id: id, data: { exchange: 'kraken', credential_id: UUID } });
  expect(typesOf(await toldBy(caller, syncAll))).toEqual([]);
});

test('a change that is undone leaves no event and no gap', async () => {
  const caller = await use.aCaller();
  const { id } = await use.connect(caller, 'kraken');
  const answer = await toldBy(caller, async () => {
    // The effect and its answer are one transaction, and the answer cannot be stored.
    await use.gateway.owner.shared.query(
      {
        name: 'test.refuse',
        text: `create function refuse_answers() returns trigger language plpgsql as $$
          begin raise exception 'refused'; end $$`,
      },
      [],
    );
    await use.gateway.owner.shared.query(
      {
        name: 'test.trigger',
        text: `create trigger refuse_answers before update on idempotency_keys for each row
          when (old.tenant_id = '${caller.tenantId}') execute function refuse_answers()`,
      },
      [],
    );
    const { status } = await caller.send({
      method: 'POST',
      target: `/ver1/accounts/${id}/rename`,
      body: JSON.stringify({ name: 'Never' }),
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'one' },
    });
    expect(status).toBe(500);
  });
  expect(answer).toEqual([]);
  expect(done(await caller.get(`/ver1/accounts/${id}`))).toMatchObject({ name: 'An account' });
  done(await caller.post(`/ver1/accounts/${id}/rename`, { name: 'Now' }));
  expect(typesOf(await allEvents(caller)).at(-1)).toBe('account.updated');
});

test('a key that is limited to accounts causes their events, and reads those of no others', async () => {
  const caller = await use.aCaller();
  const [own, other] = [await use.connect(caller, 'kraken'), await use.connect(caller, 'kraken')];
  const limited = await use.gateway.newCaller({
    scopes: SCOPES,
    tenantId: caller.tenantId,
    key: { allowedAccountIds: [own.id] },
  });
  done(await limited.post(`/ver1/accounts/${own.id}/rename`, { name: 'Mine' }));
  done(await caller.post(`/ver1/accounts/${other.id}/rename`, { name: 'Theirs' }));
  const { items, next } = await listEvents(limited);
  expect(items.map(({ account_id: id, type }) => [id, type])).toEqual([
    [own.id, 'account.connected'],
    [own.id, 'account.updated'],
  ]);
  expect(next).toBe((await allEvents(caller)).length);
  expect((await limited.get(`/api/events?account_id=${other.id}`)).status).toBe(404);
});
