/** A gateway with accounts whose holdings and past are written by the test. For one test file. */
import { afterAll, beforeAll } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

/** As a sync leaves them. */
export type Amounts = readonly [
  asset: string,
  free: string,
  locked: string,
  total: string,
  btc: string,
  usd: string,
];

export const useCharts = () => {
  let gateway: TestGateway;
  let caller: TestCaller;

  beforeAll(async () => {
    gateway = await startTestGateway({ clock: { now: () => NOW } });
    caller = await gateway.newCaller();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const run = <Row extends object>(name: string, text: string, ...values: unknown[]): Promise<Row[]> =>
    gateway.owner.session(caller.tenantId).query<Row>({ name, text }, [caller.tenantId, ...values]);

  /** An account that holds what it is given, as a sync leaves it. */
  const anAccount = async (
    by: TestCaller = caller,
    marketCode = 'binance',
    mode = 'real',
  ): Promise<number> => {
    const [row] = await gateway.owner.session(by.tenantId).query<{ id: number }>(
      {
        name: 'test.account',
        text: 'insert into accounts (tenant_id, market_code, name, mode) values ($1, $2, $3, $4) returning id',
      },
      [by.tenantId, marketCode, 'Charted', mode],
    );
    return row?.id ?? 0;
  };

  const hold = async (id: number, rows: readonly Amounts[]): Promise<void> => {
    for (const amounts of rows)
      await run(
        'test.hold',
        `insert into balances (tenant_id, account_id, asset, free, locked, total, btc_value, usd_value, synced_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, now())`,
        id,
        ...amounts,
      );
  };

  const worth = (id: number, at: string, btc: string, usd: string): Promise<object[]> =>
    run(
      'test.worth',
      `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
       values ($1, $2, $3, $4, $5)`,
      id,
      at,
      btc,
      usd,
    );

  const transferred = (id: number, at: string, btc: string, usd: string): Promise<object[]> =>
    run(
      'test.transferred',
      `insert into transfers (tenant_id, account_id, kind, venue_transfer_id, asset, amount, btc_value, usd_value,
         occurred_at, counted_at)
       values ($1, $2, case when $4::numeric < 0 then 'withdrawal' else 'deposit' end, ($3::timestamptz)::text, 'BTC', 1, $4, $5, $3::timestamptz,
         $3::timestamptz)`,
      id,
      at,
      btc,
      usd,
    );

  /** A tenant of its own, for sums over all of its accounts. */
  const aloneWith = async (work: () => Promise<void>): Promise<void> => {
    const before = caller;
    caller = await gateway.newCaller();
    await work().finally(() => {
      caller = before;
    });
  };

  return {
    get gateway() {
      return gateway;
    },
    get caller() {
      return caller;
    },
    run,
    anAccount,
    hold,
    worth,
    transferred,
    aloneWith,
  };
};
