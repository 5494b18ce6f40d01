/** A gateway, a tenant and sandbox keys in the words of /api/exchange. For one test file. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { SandboxKeys } from '../../src/sandbox/sandbox.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

export interface SentKeys {
  readonly api_key: string;
  readonly api_secret: string;
  readonly api_passphrase?: string;
  readonly exchange_metadata?: Readonly<Record<string, unknown>>;
}

export interface CredentialWire {
  readonly id: string;
  readonly exchange_metadata: Record<string, unknown>;
  readonly [field: string]: unknown;
}

const CREDENTIALS = '/api/exchange/credentials';

export const useCredentials = (options: TestGatewayOptions = {}) => {
  let gateway: TestGateway;
  let caller: TestCaller;

  beforeAll(async () => {
    gateway = await startTestGateway({ callDeadlineMs: 2_000, ...options });
    caller = await gateway.newCaller();
  }, 60_000);
  afterAll(() => gateway[Symbol.asyncDispose]());
  afterEach(() => gateway.sandbox.clearFaults());

  const open = (venue: string, account: Readonly<Record<string, unknown>> = {}): Promise<SandboxKeys> =>
    gateway.sandbox.openAccount({ venue, balances: { BTC: '1.5', USDT: '5000' }, ...account });

  const keys = async (venue: string, account: Readonly<Record<string, unknown>> = {}): Promise<SentKeys> => {
    const opened = await open(venue, account);
    return {
      api_key: opened.api_key,
      api_secret: opened.secret,
      ...(opened.passphrase !== undefined && { api_passphrase: opened.passphrase }),
      ...(opened.customer_id !== undefined && { exchange_metadata: { customer_id: opened.customer_id } }),
    };
  };

  const post = (parameters: Readonly<Record<string, unknown>>, by = caller): Promise<TestAnswer> =>
    by.post(CREDENTIALS, parameters);

  return {
    get gateway() {
      return gateway;
    },
    get caller() {
      return caller;
    },
    open,
    keys,
    post,
    /** Stores them; expects success. */
    store: async (
      exchange: string,
      sent: SentKeys,
      more: Readonly<Record<string, unknown>> = {},
      by = caller,
    ): Promise<CredentialWire> => done(await post({ exchange_name: exchange, ...sent, ...more }, by)),
    put: (id: string, parameters: Readonly<Record<string, unknown>>, by = caller): Promise<TestAnswer> =>
      by.put(`${CREDENTIALS}/${id}`, parameters),
    get: (id: string, by = caller): Promise<TestAnswer> => by.get(`${CREDENTIALS}/${id}`),
    remove: (id: string, query = '', by = caller): Promise<TestAnswer> =>
      by.delete(`${CREDENTIALS}/${id}${query}`),
    list: async (query = '', by = caller): Promise<CredentialWire[]> =>
      (bodyOf(await by.get(`${CREDENTIALS}${query}`)) as { credentials: CredentialWire[] }).credentials,
    sync: (query: string, by = caller): Promise<TestAnswer> => by.post(`/api/exchange/balance/sync?${query}`),
    balance: (query: string, by = caller): Promise<TestAnswer> => by.get(`/api/exchange/balance?${query}`),
    history: (query: string, by = caller): Promise<TestAnswer> =>
      by.get(`/api/exchange/balance/history?${query}`),
    /** Rows that a statement of the owner finds, with the caller's tenant as $1. */
    rows: <Row extends object>(text: string, values: readonly unknown[] = [], by = caller): Promise<Row[]> =>
      gateway.owner
        .session(by.tenantId)
        .query<Row>({ name: `test.${hashOf(text)}`, text }, [by.tenantId, ...values]),
    auditOf: async (id: string, by = caller): Promise<string[]> => {
      const rows = await gateway.owner.session(by.tenantId).query<{ line: string }>(
        {
          name: 'test.audit-of-credential',
          text: `select action || ': ' || outcome as line from audit_log
                  where tenant_id = $1 and object = $2 and action not like 'secret.%' order by seq`,
        },
        [by.tenantId, `credential:${id}`],
      );
      return rows.map(({ line }) => line);
    },
  };
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export const bodyOf = (answer: TestAnswer): unknown => {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: answer.text });
  return answer.body;
};

const done = (answer: TestAnswer): CredentialWire => bodyOf(answer) as CredentialWire;

/** Place and kind of each problem of a 422. */
export const problemsOf = (answer: TestAnswer): string[] => {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 422, text: answer.text });
  const { detail } = answer.body as { detail: { loc: (string | number)[]; type: string }[] };
  return detail.map(({ loc, type }) => `${loc.join('.')} ${type}`);
};
