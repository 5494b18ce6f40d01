/** What the tests of caller keys have in common: a gateway, keys that manage keys, and how to ask for changes. */
import { afterAll, beforeAll } from '@jest/globals';
import { type Scope, SCOPES } from '../../src/auth/actor.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

export interface Key {
  readonly id: string;
  readonly api_key: string;
  readonly api_secret: string;
  readonly [field: string]: unknown;
}

export interface KeysFixture {
  readonly gateway: TestGateway;
  /** How far the clock of the gateway is ahead; it only goes forward, as the limits of the gateway read it too. */
  offsetMs: number;
  readonly aManager: (key?: object, scopes?: readonly Scope[]) => Promise<TestCaller>;
  /** Parameters with the time that a legacy signature needs beside them. */
  readonly dated: (parameters?: object) => Record<string, unknown>;
  readonly create: (by: TestCaller, parameters?: object) => Promise<Key>;
  readonly patch: (by: TestCaller, id: string, parameters: object) => Promise<TestAnswer>;
}

/** Starts the gateway of a test file before its tests and stops it after them. */
export const useKeys = (): KeysFixture => {
  let gateway: TestGateway | undefined;
  let asked = 0;
  const fixture: KeysFixture = {
    offsetMs: 0,
    get gateway() {
      if (gateway === undefined) throw new Error('the gateway has not started');
      return gateway;
    },
    aManager: (key = {}, scopes = SCOPES) => fixture.gateway.newCaller({ scopes, key }),
    dated: (parameters = {}) => {
      asked += 1;
      return { ...parameters, timestamp: Date.now() + fixture.offsetMs + asked };
    },
    create: async (by, parameters = {}) =>
      issued(
        await by.post(
          '/api/keys',
          fixture.dated({ name: 'A key', scopes: ['ACCOUNTS_READ'], ...parameters }),
        ),
      ),
    patch: (by, id, parameters) =>
      by.send({
        method: 'PATCH',
        target: `/api/keys/${id}`,
        body: JSON.stringify(fixture.dated(parameters)),
        headers: { 'Content-Type': 'application/json' },
      }),
  };
  beforeAll(async () => {
    gateway = await startTestGateway({ clock: { now: () => Date.now() + fixture.offsetMs } });
  });
  afterAll(() => gateway?.[Symbol.asyncDispose]());
  return fixture;
};

export const issued = ({ status, text, body }: TestAnswer): Key => {
  if (status !== 201 && status !== 200) throw new Error(`issuing answered ${status}: ${text}`);
  return body as Key;
};

export const callerOf = (by: TestCaller, key: Key): TestCaller =>
  createTestCaller({ ...by, apiKey: key.api_key, apiSecret: key.api_secret });

/** The key that the caller signs with, as the list shows it. */
export const own = async (caller: TestCaller): Promise<Key> => {
  const { body } = await caller.get('/api/keys?include_revoked=true');
  const mine = (body as { keys: Key[] }).keys.find(({ api_key }) => api_key === caller.apiKey);
  if (mine === undefined) throw new Error('the caller does not see its own key');
  return mine;
};
