/** A gateway whose clock the test sets, and accounts on it whose profits are looked at. For one test file. */
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

export interface AccountRecord {
  readonly id: number;
  readonly btc_amount: string;
  readonly usd_amount: string;
  readonly day_profit_btc: string;
  readonly day_profit_usd: string;
  readonly day_profit_usd_percentage: number;
  readonly btc_profit: number;
  readonly usd_profit: number;
  readonly usd_profit_percentage: number;
  readonly total_btc_profit: number;
  readonly total_usd_profit: number;
}

export interface ProfitFixture {
  readonly gateway: TestGateway;
  /** Of a new tenant in every test. */
  readonly caller: TestCaller;
  connect(
    balances?: Readonly<Record<string, string>>,
    venue?: string,
    type?: string,
  ): Promise<AccountRecord & { readonly key: string }>;
  sync(id: number): Promise<AccountRecord>;
  read(id: number | 'summary'): Promise<AccountRecord>;
  /** A snapshot of an earlier time, as a sync then would have left it. */
  past(id: number, ageMs: number, btc: string, usd: string): Promise<void>;
  /** Runs a statement on the caller's rows; the first parameter is the tenant. */
  query<Row extends object>(name: string, text: string, ...values: unknown[]): Promise<Row[]>;
  /** The gateway's time stands still otherwise, so that prices stay; custody and the venues keep the real time. */
  pass(ms: number): void;
}

export const useProfits = (): ProfitFixture => {
  let gateway: TestGateway;
  let caller: TestCaller;
  let nowMs = Date.now();

  beforeAll(async () => {
    gateway = await startTestGateway({ clock: { now: () => nowMs } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  beforeEach(async () => {
    nowMs = Math.max(nowMs, Date.now());
    caller = await gateway.newCaller();
    await gateway.sandbox.clearFaults();
  });

  const query: ProfitFixture['query'] = (name, text, ...values) =>
    gateway.owner.session(caller.tenantId).query({ name, text }, [caller.tenantId, ...values]);

  return {
    get gateway() {
      return gateway;
    },
    get caller() {
      return caller;
    },
    connect: async (balances = { BTC: '1' }, venue = 'binance', type = venue) => {
      const keys = await gateway.sandbox.openAccount({ venue, balances });
      const answer = await caller.post('/ver1/accounts/new', { type, name: 'An account', ...keys });
      expect(answer).toMatchObject({ status: 201 });
      return { ...(answer.body as AccountRecord), key: keys.api_key };
    },
    sync: async (id) => {
      const answer = await caller.post(`/ver1/accounts/${id}/load_balances`);
      expect(answer).toMatchObject({ status: 201 });
      return answer.body as AccountRecord;
    },
    read: async (id) => {
      const answer = await caller.get(`/ver1/accounts/${id}`);
      expect(answer).toMatchObject({ status: 200 });
      return answer.body as AccountRecord;
    },
    past: async (id, ageMs, btc, usd) => {
      await query(
        'test.past',
        `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
         values ($1, $2, $3, $4, $5)`,
        id,
        new Date(Date.now() - ageMs),
        btc,
        usd,
      );
    },
    query,
    pass: (ms) => {
      nowMs += ms;
    },
  };
};

export const DAY_MS = 24 * 3_600_000;

export const NO_PROFIT = {
  day_profit_btc: '0',
  day_profit_usd: '0',
  btc_profit: 0,
  usd_profit: 0,
  total_btc_profit: 0,
  total_usd_profit: 0,
};
