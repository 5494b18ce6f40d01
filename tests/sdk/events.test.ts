/** The client reads events page by page and as they happen, over connections that come and go. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from '../../src/sdk/client.ts';
import type { GatewayEvent } from '../../src/sdk/event-stream.ts';
import { readSentEvents, type SentEvent } from '../../src/sdk/server-sent-events.ts';
import { createEventStore } from '../../src/features/events/event-store.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { aClient, keyOf } from './sdk-fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const append = (by: TestCaller, count = 1): Promise<void> =>
  gateway.owner.transact(by.tenantId, (session) =>
    createEventStore(session).appendAll(
      Array.from({ length: count }, () => ({
        type: 'key.updated' as const,
        data: { key_id: '3f2d9a54-6f0e-4d1b-9d6e-2a7c51d0b6aa' },
        requestId: undefined,
      })),
    ),
  );

const sequences = (events: readonly GatewayEvent[]): number[] => events.map(({ sequence }) => sequence);

const take = async (stream: AsyncIterable<GatewayEvent>, count: number): Promise<GatewayEvent[]> => {
  const taken: GatewayEvent[] = [];
  for await (const event of stream) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
};

test('a list goes through all pages, and types and places narrow it', async () => {
  const { client, caller } = await aClient(gateway);
  await append(caller, 7);
  const all: GatewayEvent[] = [];
  for await (const event of client.events.each({ limit: 3 })) all.push(event);
  expect(sequences(all)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const some: GatewayEvent[] = [];
  for await (const event of client.events.each({ after: 5, types: ['key.updated', 'account.*'] }))
    some.push(event);
  expect(sequences(some)).toEqual([6, 7]);
  expect((await client.events.list({ order: 'desc', limit: 1 })).items[0]?.sequence).toBe(7);
});

test.each(['strict', 'rfc9421', 'legacy', 'token'] as const)(
  'a stream goes on where the reader was, proven by %s',
  async (proof) => {
    const { caller } = await aClient(gateway);
    const client = createClient({
      baseUrl: gateway.baseUrl,
      key: keyOf(caller),
      ...(proof === 'token' ? { tokenScopes: ['KEYS_WRITE'] } : { profile: proof }),
    });
    await append(caller, 5);
    expect(sequences(await take(client.events.stream({ lastEventId: 2 }), 3))).toEqual([3, 4, 5]);
  },
);

test('what an event tells is typed by its type', async () => {
  const { client, caller } = await aClient(gateway);
  await append(caller);
  const [event] = await take(client.events.stream({ lastEventId: 0, types: ['key.*'] }), 1);
  if (event?.type !== 'key.updated') throw new Error('another event came');
  const { key_id: keyId }: { readonly key_id: string } = event.data;
  expect(keyId).toMatch(/^3f2d/);
});

test('lost connections and busy gateways are got over, and nothing comes twice', async () => {
  const { caller } = await aClient(gateway);
  await append(caller, 4);
  const asked: (string | undefined)[] = [];
  const cut = 'id: 1\nevent: x\ndata: {"sequence":1}\n\nid: 2\ndata: {"seq';
  const faults: (() => Promise<Response>)[] = [
    () => Promise.reject(new TypeError('fetch failed')),
    () => Promise.resolve(new Response('', { status: 503, headers: { 'Retry-After': '0' } })),
    () => Promise.resolve(new Response(cut)),
  ];
  const client = createClient({
    baseUrl: gateway.baseUrl,
    key: keyOf(caller),
    onAttempt: ({ headers }) => asked.push(headers['last-event-id']),
    fetch: (input, init) => (faults.shift() ?? (() => fetch(input, init)))(),
  });
  expect(sequences(await take(client.events.stream({ lastEventId: 0 }), 4))).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual(['0', '0', '0', '1']);
});

test('what another try would not mend is thrown', async () => {
  const { client, caller } = await aClient(gateway);
  await append(caller, 2);
  await expect(take(client.events.stream({ lastEventId: 9 }), 1)).rejects.toMatchObject({ status: 422 });
  await gateway.owner
    .session(caller.tenantId)
    .query({ name: 'test.forget', text: 'delete from events where tenant_id = $1' }, [caller.tenantId]);
  await expect(take(client.events.stream({ lastEventId: 0 }), 1)).rejects.toMatchObject({ status: 410 });
});

test('it ends with the signal, whose reason is thrown', async () => {
  const { client } = await aClient(gateway);
  const stop = new AbortController();
  const reason = new Error('enough');
  const reading = take(client.events.stream({ signal: stop.signal }), 1);
  stop.abort(reason);
  await expect(reading).rejects.toBe(reason);
});

test('the form of the stream is read however it is cut', async () => {
  const text = ': hello\r\nretry: 5\r\n\r\nid: 7\ndata: a\ndata: b\n\ndata\nid:8\n\nid: 9\ndata: cut off';
  const expected = [
    { id: undefined, data: '' },
    { id: '7', data: 'a\nb' },
    { id: '8', data: '' },
  ];
  for (const size of [1, 2, 3, 7, text.length]) {
    const found: SentEvent[] = [];
    const chunks = async function* () {
      for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
    };
    for await (const event of readSentEvents(chunks())) found.push(event);
    expect(found).toEqual(expected);
  }
});
