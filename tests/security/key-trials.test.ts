/** Exchange keys are tried within a budget of their tenant, over whichever route they come, and not for long when they are guessed. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
// It stands still between the steps of a test: nothing comes back by itself.
let nowMs = Date.now();

const TRIALS = 6;
const REFUSALS = 3;

beforeAll(async () => {
  gateway = await startTestGateway({
    limits: { keyTrialsPerMinute: TRIALS, refusedKeysPerMinute: REFUSALS },
    clock: { now: () => nowMs },
  });
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

interface Keys {
  readonly api_key: string;
  readonly secret: string;
}

const good = (): Promise<Keys> => gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
const bad = (): Promise<Keys> =>
  Promise.resolve({
    api_key: `guess-${Math.random().toString(36).slice(2).padEnd(20, 'x')}`,
    secret: Buffer.alloc(64, 1).toString('base64'),
  });

const validate = (by: TestCaller, { api_key, secret }: Keys): Promise<TestAnswer> =>
  by.post('/api/exchange/validate', { exchange: 'kraken', api_key, api_secret: secret });
const store = (by: TestCaller, { api_key, secret }: Keys): Promise<TestAnswer> =>
  by.post('/api/exchange/credentials', { exchange_name: 'kraken', api_key, api_secret: secret });
const connect = (by: TestCaller, { api_key, secret }: Keys): Promise<TestAnswer> =>
  by.post('/ver1/accounts/new', { type: 'kraken', name: 'Tried', api_key, secret });

const expectRefusal = (answer: TestAnswer, body: object, leastSeconds: number): void => {
  expect({ status: answer.status, body: answer.body }).toEqual({ status: 429, body });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(leastSeconds);
};
const IN_API = { detail: expect.any(String) };
const IN_VER1 = { error: 'Rate limit exceeded', error_description: expect.any(String) };

describe('keys that are good', () => {
  test('are tried so often in a minute over all routes and keys of the tenant; another tenant goes on', async () => {
    const caller = await gateway.newCaller();
    const other = await gateway.newCaller({ tenantId: caller.tenantId });
    const first = await good();
    expect((await validate(caller, first)).status).toBe(200);
    const stored = await store(other, first);
    expect(stored.status).toBe(200);
    const { id } = stored.body as { id: string };
    const connected = await connect(caller, await good());
    expect(connected.status).toBe(201);
    const replaced = await good();
    const change = { api_key: replaced.api_key, api_secret: replaced.secret };
    expect((await caller.put(`/api/exchange/credentials/${id}`, change)).status).toBe(200);
    const renewed = await good();
    const update = { account_id: (connected.body as { id: number }).id, ...renewed };
    const updated = await other.post('/ver1/accounts/update', { ...update, name: 'Renewed' });
    expect({ status: updated.status, text: updated.text }).toMatchObject({ status: 201 });
    expect((await validate(other, await good())).status).toBe(200);

    expectRefusal(await validate(caller, await good()), IN_API, 1);
    expectRefusal(await store(other, await good()), IN_API, 1);
    expectRefusal(await connect(caller, await good()), IN_VER1, 1);
    const next = await good();
    const keys = { api_key: next.api_key, api_secret: next.secret };
    expectRefusal(await caller.put(`/api/exchange/credentials/${id}`, keys), IN_API, 1);
    // What is stored is no trial.
    expect((await caller.post(`/api/exchange/balance/sync?exchange=kraken&credential_id=${id}`)).status).toBe(
      200,
    );
    expect((await connect(await gateway.newCaller(), await good())).status).toBe(201);

    nowMs += 60_000 / TRIALS;
    expect((await connect(caller, await good())).status).toBe(201);
    expect((await connect(caller, await good())).status).toBe(429);
  });

  test('paper accounts take nothing of it', async () => {
    const caller = await gateway.newCaller();
    for (let count = 0; count <= TRIALS; count += 1) {
      const paper = { type: 'paper_trading', name: `Paper ${count}` };
      expect((await caller.post('/ver1/accounts/new', paper)).status).toBe(201);
    }
  });
});

test('a tenant whose keys are refused again and again waits a minute, whatever it brings', async () => {
  const caller = await gateway.newCaller();
  expect((await validate(caller, await bad())).body).toMatchObject({ valid: false });
  expect((await store(caller, await bad())).status).toBe(422);
  expect((await connect(caller, await bad())).status).toBeGreaterThanOrEqual(400);
  expectRefusal(await validate(caller, await good()), IN_API, 59);
  expectRefusal(await connect(caller, await good()), IN_VER1, 59);
  nowMs += 30_000;
  expectRefusal(await store(caller, await good()), IN_API, 29);
  nowMs += 30_000;
  expect((await store(caller, await good())).status).toBe(200);
});
