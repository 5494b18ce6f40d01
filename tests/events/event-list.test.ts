/** GET /api/events: in the order of commits, from any place on, as far as a key sees, and never silently incomplete. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createEventStore, type NewEvent } from '../../src/features/events/event-store.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { allEvents, done, listEvents, typesOf, useEvents } from './events-fixture.ts';

const use = useEvents();

const KEY_ID = '3f2d9a54-6f0e-4d1b-9d6e-2a7c51d0b6aa';
const ofKey = (type: 'key.created' | 'key.updated' = 'key.updated'): NewEvent => ({
  type,
  data: { key_id: KEY_ID },
  requestId: undefined,
});

/** Written as every change writes them. */
const append = (by: TestCaller, events: readonly NewEvent[]): Promise<void> =>
  use.gateway.owner.transact(by.tenantId, (session) => createEventStore(session).appendAll(events));

const aTenantWith = async (count: number): Promise<TestCaller> => {
  const caller = await use.aCaller();
  await append(
    caller,
    Array.from({ length: count }, () => ofKey()),
  );
  return caller;
};

const sequences = ({ items }: { readonly items: readonly { readonly sequence: number }[] }): number[] =>
  items.map(({ sequence }) => sequence);

test('pages follow each other without gap or repeat, and the last one says where to go on', async () => {
  const caller = await aTenantWith(7);
  const first = await listEvents(caller, 'limit=3');
  expect([sequences(first), first.next]).toEqual([[1, 2, 3], 3]);
  const second = await listEvents(caller, `limit=3&after=${first.next}`);
  expect([sequences(second), second.next]).toEqual([[4, 5, 6], 6]);
  const last = await listEvents(caller, `limit=3&after=${second.next}`);
  expect([sequences(last), last.next]).toEqual([[7], 7]);
  expect(await listEvents(caller, 'after=7')).toEqual({ items: [], next: 7 });
  await append(caller, [ofKey()]);
  expect(sequences(await listEvents(caller, 'after=7'))).toEqual([8]);
});

test('the newest come first when that is asked for, back to the end', async () => {
  const caller = await aTenantWith(5);
  const first = await listEvents(caller, 'order=desc&limit=3');
  expect([sequences(first), first.next]).toEqual([[5, 4, 3], 3]);
  const second = await listEvents(caller, `order=desc&limit=3&before=${first.next}`);
  expect([sequences(second), second.next]).toEqual([[2, 1], null]);
});

test('a page that shows few of many events still says how far all of them have been gone through', async () => {
  const caller = await aTenantWith(4);
  await append(caller, [ofKey('key.created'), ofKey()]);
  const page = await listEvents(caller, 'types=key.created');
  expect([sequences(page), page.next]).toEqual([[5], 6]);
});

describe('types', () => {
  let caller: TestCaller;
  beforeAll(async () => {
    caller = await use.aCaller();
    const { id } = await use.connect(caller, 'kraken');
    done(await caller.post(`/ver1/accounts/${id}/rename`, { name: 'Renamed' }));
    await append(caller, [ofKey('key.created'), ofKey()]);
  });
  const CONNECTED = ['credential.stored', 'account.connected', 'account.updated'];

  test.each([
    ['', [...CONNECTED, 'key.created', 'key.updated']],
    ['types=*', [...CONNECTED, 'key.created', 'key.updated']],
    ['types=account.*', ['account.connected', 'account.updated']],
    ['types=account.connected,key.*', ['account.connected', 'key.created', 'key.updated']],
    ['types=account.connected&types=key.created', ['account.connected', 'key.created']],
    ['types=account.connected,account.*', ['account.connected', 'account.updated']],
    ['types=webhook.disabled', []],
  ])('%j', async (query, types) => {
    expect(typesOf((await listEvents(caller, query)).items)).toEqual(types);
  });

  test('an unknown one is refused with the nearest that there is', async () => {
    const answer = await caller.get('/api/events?types=account.conected');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('did you mean account.connected?');
  });

  test('a key sees those of its scopes, and says which scope is missing', async () => {
    const owner = await use.gateway.newCaller({ scopes: ['KEYS_WRITE'], tenantId: caller.tenantId });
    expect(typesOf((await listEvents(owner)).items)).toEqual(['key.created', 'key.updated']);
    expect((await owner.get('/api/events?types=account.*')).status).toBe(403);
    const trader = await use.gateway.newCaller({ scopes: ['BOTS_READ'], tenantId: caller.tenantId });
    expect((await trader.get('/api/events')).body).toEqual({
      detail: 'This needs the scope ACCOUNTS_READ or KEYS_WRITE, which the key or token lacks',
    });
  });
});

test('events of one account have numbers of their own, and outlive it', async () => {
  const caller = await use.aCaller();
  const [first, second] = [await use.connect(caller, 'kraken'), await use.connect(caller, 'kraken')];
  for (const { id } of [first, second, first])
    done(await caller.post(`/ver1/accounts/${id}/rename`, { name: 'Again' }));
  done(await caller.post(`/ver1/accounts/${first.id}/remove`));
  const { items } = await listEvents(caller, `account_id=${first.id}`);
  expect(items.map(({ type, account_sequence: place }) => [type, place])).toEqual([
    ['account.connected', 1],
    ['account.updated', 2],
    ['account.updated', 3],
    ['account.removed', 4],
  ]);
  const newest = await listEvents(caller, `account_id=${first.id}&order=desc&limit=2`);
  expect(newest.items.map(({ account_sequence: place }) => place)).toEqual([4, 3]);
});

test("another tenant's events and numbers are its own", async () => {
  const [caller, stranger] = [await aTenantWith(3), await aTenantWith(1)];
  expect(sequences(await listEvents(stranger))).toEqual([1]);
  expect(sequences(await listEvents(caller))).toEqual([1, 2, 3]);
});

describe('a place', () => {
  test('whose events are no longer kept is refused, with the oldest that is', async () => {
    const caller = await aTenantWith(5);
    await use.gateway.owner
      .session(caller.tenantId)
      .query({ name: 'test.forget', text: 'delete from events where tenant_id = $1 and seq <= 3' }, [
        caller.tenantId,
      ]);
    const answer = await caller.get('/api/events?after=2');
    expect(answer.status).toBe(410);
    expect(answer.body).toEqual({
      detail:
        'Events after 2 are no longer kept: the oldest one is 4. Read your accounts anew, and go on after 3',
    });
    expect(sequences(await listEvents(caller, 'after=3'))).toEqual([4, 5]);
    expect(sequences(await listEvents(caller))).toEqual([4, 5]);
    expect((await caller.get('/api/events/stream?after=2')).status).toBe(410);
  });

  test('that lies ahead is refused, because nothing would ever be told there', async () => {
    const caller = await aTenantWith(2);
    const answer = await caller.get('/api/events?after=3');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('3 lies ahead: the newest event is 2');
    expect(await listEvents(caller, 'after=2')).toEqual({ items: [], next: 2 });
  });

  test('after the last of all events, of which none is kept, is the end', async () => {
    const caller = await aTenantWith(2);
    await use.gateway.owner
      .session(caller.tenantId)
      .query({ name: 'test.forget-all', text: 'delete from events where tenant_id = $1' }, [caller.tenantId]);
    expect(await listEvents(caller)).toEqual({ items: [], next: 2 });
    expect((await caller.get('/api/events?after=1')).status).toBe(410);
  });
});

test.each([
  ['limit=0', 422],
  ['limit=501', 422],
  ['limit=abc', 422],
  ['after=-1', 422],
  ['after=1.5', 422],
  ['after=99999999999999999999', 422],
  ['order=up', 422],
  ['before=5', 422],
  ['order=desc&after=5', 422],
  ['account_id=0', 404],
  ['account_id=99999999999', 404],
  [`types=${'a,'.repeat(101)}`, 422],
  ['types=%00', 400],
])('%s is refused', async (query, status) => {
  const caller = await use.aCaller();
  expect((await caller.get(`/api/events?${query}`)).status).toBe(status);
});

test('writers at once get numbers without gaps, which become visible in their order', async () => {
  const caller = await use.aCaller();
  const writers = 8;
  const each = 12;
  let isWriting = true;
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    let after = 0;
    for (let last = false; !last; ) {
      last = !isWriting;
      const { items, next } = await listEvents(caller, `after=${after}&limit=500`);
      seen.push(...items.map(({ sequence }) => sequence));
      after = next ?? after;
    }
  };
  const reading = read();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let count = 0; count < each; count += 1) await append(caller, [ofKey()]);
    }),
  );
  isWriting = false;
  await reading;
  expect(seen).toEqual(Array.from({ length: writers * each }, (_, index) => index + 1));
  expect(await allEvents(caller)).toHaveLength(writers * each);
});
