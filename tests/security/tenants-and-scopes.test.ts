/**
 * Generated from the declared routes of every surface: each place where an id can stand × {own, another tenant's,
 * removed, never given}, and each route × every single scope.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scope, SCOPES } from '../../src/auth/actor.ts';
import { acceptedScopes } from '../../src/http/route.ts';
import { storeTrade } from '../support/stored-trade.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import {
  type Id,
  type Ids,
  idPlaces,
  sendSample,
  servedRoutes,
  type ServedRoute,
  type Thing,
  THINGS,
} from './route-matrix.ts';
import { ROUTE_SAMPLES, sampleOf } from './route-samples.ts';

let gateway: TestGateway;
let caller: TestCaller;
let stranger: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller({ scopes: SCOPES });
  stranger = await gateway.newCaller({ scopes: SCOPES });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const idOf = ({ status, text, body }: TestAnswer): Id => {
  if (status !== 201) throw new Error(`making a thing answered ${status}: ${text}`);
  return (body as { id: Id }).id;
};

let made = 0;
/** Of every delivery that was made. */
const endpointOf = new Map<Id, Id>();
/** Of every job that was looked up. */
const accountOf = new Map<Id, Id>();
/** `ids`: the things that it is asked for with, as far as they are made. */
const MAKE: Readonly<Record<Thing, (by: TestCaller, ids?: Ids) => Promise<Id>>> = {
  account: async (by) => {
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const id = idOf(await by.post('/ver1/accounts/new', { type: 'binance', name: 'An account', ...keys }));
    await storeTrade(gateway.owner, by.tenantId, Number(id));
    return id;
  },
  credential: async (by) => {
    const { api_key, secret } = await gateway.sandbox.openAccount({
      venue: 'binance',
      balances: { BTC: '1' },
    });
    const sent = { exchange_name: 'binance', api_key, api_secret: secret };
    const { status, text, body } = await by.post('/api/exchange/credentials', sent);
    if (status !== 200) throw new Error(`storing answered ${status}: ${text}`);
    return (body as { id: string }).id;
  },
  portfolio: async (by) => {
    made += 1;
    return idOf(await by.post('/api/portfolios', { name: `Portfolio ${made}`, weights: { BTC: 100 } }));
  },
  key: async (by) => idOf(await by.post('/api/keys', sampleOf('createKey'))),
  job: async (by) => {
    const account = await MAKE.account(by);
    const { body } = await by.get(`/api/jobs?kind=balance_sync&account_id=${account}`);
    const id = (body as { jobs: { id: string }[] }).jobs[0]?.id ?? '';
    accountOf.set(id, account);
    return id;
  },
  endpoint: async (by) => idOf(await by.post('/api/webhooks', sampleOf('createWebhook'))),
  delivery: async (by, { endpoint_id: own } = {}) => {
    const endpoint = own ?? (await MAKE.endpoint(by));
    const { body } = await by.post(`/api/webhooks/${endpoint}/test`);
    const { id } = body as { id: Id };
    endpointOf.set(id, endpoint);
    return id;
  },
};
const REMOVE: Readonly<Record<Thing, (by: TestCaller, id: Id) => Promise<TestAnswer>>> = {
  account: (by, id) => by.post(`/ver1/accounts/${id}/remove`),
  credential: (by, id) => by.delete(`/api/exchange/credentials/${id}`),
  portfolio: (by, id) => by.delete(`/api/portfolios/${id}`),
  key: (by, id) => by.delete(`/api/keys/${id}`),
  // They go with their account.
  job: (by, id) => by.post(`/ver1/accounts/${accountOf.get(id) ?? ''}/remove`),
  endpoint: (by, id) => by.delete(`/api/webhooks/${id}`),
  // They go with their endpoint.
  delivery: (by, id) => by.delete(`/api/webhooks/${endpointOf.get(id) ?? ''}`),
};
const READ: Readonly<Record<Thing, (by: TestCaller, id: Id) => Promise<TestAnswer>>> = {
  account: (by, id) => by.get(`/ver1/accounts/${id}`),
  credential: (by, id) => by.get(`/api/exchange/credentials/${id}`),
  portfolio: (by, id) => by.get(`/api/portfolios/${id}`),
  key: (by, id) => by.get(`/api/keys/${id}`),
  job: (by, id) => by.get(`/api/jobs/${id}`),
  endpoint: (by, id) => by.get(`/api/webhooks/${id}`),
  delivery: (by, id) => by.get(`/api/webhooks/${endpointOf.get(id) ?? ''}/deliveries/${id}`),
};

/** Their records stay, and tell when they ended. */
const OUTLIVE_REMOVAL = new Set<Thing>(['key']);

const thingOf = (place: string): Thing => {
  const thing = THINGS[place];
  if (thing === undefined) throw new Error(`nobody said what ${place} names: add it to THINGS`);
  return thing;
};

const NEVER_GIVEN = 2_147_483_646;

/** A value of its own for every id of the route. */
const ownIds = async (places: readonly string[]): Promise<Record<string, Id>> => {
  const ids: Record<string, Id> = {};
  for (const place of places) ids[place] = await MAKE[thingOf(place)](caller, ids);
  return ids;
};

const shown = ({ status, text, headers }: TestAnswer) => ({
  status,
  text,
  headers: [...headers.keys()].filter((name) => !name.startsWith('ratelimit')).sort(),
});

test('every declared route has a sample, and every sample is of a declared route', () => {
  const declared = servedRoutes(gateway.surfaces).map(({ route }) => route.operationId);
  expect([...declared].sort()).toEqual(Object.keys(ROUTE_SAMPLES).sort());
  expect(new Set(declared).size).toBe(declared.length);
});

describe('ids', () => {
  // Removing what is removed already is no error: 3Commas clients repeat it.
  const IDEMPOTENT = new Set(['removeAccount']);

  // What happened to an account stays, and so does that it was removed.
  const KEEP_HISTORY = new Set(['listEvents', 'streamEvents']);

  const checkPlace = async (served: ServedRoute, place: string, prefix: string): Promise<void> => {
    const thing = thingOf(place);
    const ask = (ids: Ids, id: Id) => sendSample(caller, served, { ...ids, [place]: id }, { prefix });
    const ids = await ownIds(idPlaces(served.route));
    const missing = await ask(ids, NEVER_GIVEN);
    expect({ place, status: missing.status }).toEqual({ place, status: 404 });

    const foreignId = await MAKE[thing](stranger);
    const before = (await READ[thing](stranger, foreignId)).text;
    expect({ of: 'another tenant', ...shown(await ask(ids, foreignId)) }).toEqual({
      of: 'another tenant',
      ...shown(missing),
    });
    expect((await READ[thing](stranger, foreignId)).text).toBe(before);

    const removedId = await MAKE[thing](caller);
    expect((await REMOVE[thing](caller, removedId)).status).toBeLessThan(300);
    const removed = await ask(ids, removedId);
    if (OUTLIVE_REMOVAL.has(thing) || KEEP_HISTORY.has(served.route.operationId))
      expect(removed.status).not.toBe(404);
    else if (IDEMPOTENT.has(served.route.operationId)) expect(removed.status).toBe(served.route.status);
    else expect({ of: 'removed', ...shown(removed) }).toEqual({ of: 'removed', ...shown(missing) });

    const own = await sendSample(caller, served, ids, { prefix });
    expect({ own: own.status, error: own.status < 300 ? '' : own.text }).toEqual({
      own: served.route.status,
      error: '',
    });
  };

  test('at every place of every route: own is served, and all others are one and the same 404', async () => {
    let places = 0;
    for (const served of servedRoutes(gateway.surfaces)) {
      for (const place of idPlaces(served.route)) {
        for (const prefix of served.surface.prefixes) {
          places += 1;
          await checkPlace(served, place, prefix).catch((error: unknown) => {
            throw new Error(`${served.route.method} ${prefix}${served.route.path}, ${place}`, {
              cause: error,
            });
          });
        }
      }
    }
    expect(places).toBeGreaterThan(15);
  }, 120_000);
});

test('an id beside the one in the path is ignored, as clients send it twice', async () => {
  const own = await MAKE.account(caller);
  const foreign = await MAKE.account(stranger);
  const inPath = servedRoutes(gateway.surfaces).filter(({ route }) => route.path.includes('{account_id}'));
  expect(inPath.length).toBeGreaterThan(5);
  for (const served of inPath) {
    const name = `${served.route.method} ${served.route.path}`;
    const query = `account_id=${own}&id=${own}`;
    const answer = await sendSample(caller, served, { account_id: NEVER_GIVEN }, { query });
    expect({ name, isServed: answer.status < 400 }).toEqual({ name, isServed: false });
  }
  const read = await caller.get(`/ver1/accounts/${own}?account_id=${foreign}&id=${foreign}`);
  expect(read.body).toMatchObject({ id: own });
});

describe('scopes', () => {
  const SINGLE: readonly (Scope | 'none')[] = [...SCOPES, 'none'];
  const nobody = (): TestCaller => createTestCaller({ ...caller, apiKey: 'nobody', apiSecret: 'nothing' });
  const missingIds = ({ route }: ServedRoute): Ids =>
    Object.fromEntries(idPlaces(route).map((place) => [place, NEVER_GIVEN]));

  test.each(SINGLE)(
    'a key with %s alone reaches the routes that ask for it, or for none, and no others',
    async (scope) => {
      const key = await gateway.newCaller({
        scopes: scope === 'none' ? [] : [scope],
        tenantId: caller.tenantId,
      });
      for (const served of servedRoutes(gateway.surfaces)) {
        const { route, surface } = served;
        for (const prefix of surface.prefixes) {
          const answer = await sendSample(key, served, missingIds(served), { prefix });
          const accepted = acceptedScopes(route);
          const may = accepted.length === 0 || accepted.some((one) => one === scope);
          const name = `${route.method} ${prefix}${route.path}`;
          expect({ name, reached: answer.status !== 403 && answer.status !== 401 }).toEqual({
            name,
            reached: may,
          });
        }
      }
    },
    60_000,
  );

  test('the refusal is in the words of the surface, and names the scope where 3Commas has no words for it', async () => {
    const key = await gateway.newCaller({ scopes: [] });
    expect((await key.get('/ver1/accounts')).body).toEqual({
      error: 'access_denied',
      error_description: "Api key doesn't have enough permissions",
    });
    expect((await key.get('/api/portfolios')).body).toEqual({
      detail: 'This needs the scope ACCOUNTS_READ, which the key or token lacks',
    });
  });

  test('a stranger reaches the public routes alone', async () => {
    for (const served of servedRoutes(gateway.surfaces)) {
      const { route } = served;
      const answer = await sendSample(nobody(), served, missingIds(served));
      const name = `${route.method} ${route.path}`;
      expect({ name, isRefused: answer.status === 401 }).toEqual({
        name,
        isRefused: route.security === 'signed',
      });
    }
  });
});
