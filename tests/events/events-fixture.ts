/** What the tests of events have in common: a gateway, accounts at simulated venues, and what was written about them. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { type EventEnvelope, envelopeSchema } from '../../src/features/events/event-envelope.ts';
import { EVENT_TYPES, isEventType } from '../../src/features/events/event-types.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

export interface Events {
  readonly gateway: TestGateway;
  /** A new tenant, with a key that may do everything. */
  readonly aCaller: () => Promise<TestCaller>;
  /** Connects an account of new keys; answers its id and the key. */
  readonly connect: (
    by: TestCaller,
    type: string,
    account?: Readonly<Record<string, unknown>>,
  ) => Promise<{ readonly id: number; readonly keys: { readonly api_key: string } }>;
}

/** Starts the gateway of a test file before its tests and stops it after them. */
export const useEvents = (options: TestGatewayOptions = {}): Events => {
  let gateway: TestGateway | undefined;
  const events: Events = {
    get gateway() {
      if (gateway === undefined) throw new Error('the gateway has not started');
      return gateway;
    },
    aCaller: () => events.gateway.newCaller({ scopes: SCOPES }),
    connect: async (by, type, account = {}) => {
      const balances = { BTC: '1.5', USDT: '5000' };
      const keys = await events.gateway.sandbox.openAccount({ venue: type, balances, ...account });
      const answer = await by.post('/ver1/accounts/new', { type, name: 'An account', ...keys });
      return { id: (done(answer) as { id: number }).id, keys };
    },
  };
  beforeAll(async () => {
    gateway = await startTestGateway(options);
  });
  afterAll(() => gateway?.[Symbol.asyncDispose]());
  afterEach(() => gateway?.sandbox.clearFaults());
  return events;
};

/** The body of an answer that must be one of success. */
export const done = ({ status, text, body }: TestAnswer): unknown => {
  if (status >= 300) throw new Error(`answered ${status}: ${text}`);
  return body;
};

export interface EventList {
  readonly items: readonly EventEnvelope[];
  readonly next: number | null;
}

export const listEvents = async (by: TestCaller, query = ''): Promise<EventList> =>
  done(await by.get(`/api/events${query === '' ? '' : `?${query}`}`)) as EventList;

/** Everything that the caller is told, in its order; each event must be what its type declares, and nothing besides. */
export const allEvents = async (by: TestCaller, after = 0): Promise<readonly EventEnvelope[]> => {
  const { items } = await listEvents(by, `after=${after}&limit=500`);
  expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => after + 1 + index));
  for (const item of items) {
    if (!isEventType(item.type)) throw new Error(`${item.type} is no type`);
    envelopeSchema(item.type).strict().parse(item);
    EVENT_TYPES[item.type].data.strict().parse(item.data);
  }
  return items;
};

/** What `work` has told the tenant, as `type` with the data that the test names. */
export const toldBy = async (
  by: TestCaller,
  work: () => Promise<unknown>,
): Promise<readonly EventEnvelope[]> => {
  const before = (await listEvents(by, 'order=desc&limit=1')).items[0]?.sequence ?? 0;
  await work();
  return allEvents(by, before);
};

export const typesOf = (events: readonly EventEnvelope[]): string[] => events.map(({ type }) => type);

/** Waits for what is written beside the answer. */
export const until = async <T>(find: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
};

/** The first event of the type, once it is there. */
export const eventOf = (by: TestCaller, type: string) =>
  until(async () => (await listEvents(by, `types=${type}`)).items[0]);

/** Row id of the key that the caller signs with. */
export const keyIdOf = async (by: TestCaller): Promise<string> => {
  const { keys } = done(await by.get('/api/keys')) as { keys: { id: string; api_key: string }[] };
  return keys.find(({ api_key: key }) => key === by.apiKey)?.id ?? 'none';
};
