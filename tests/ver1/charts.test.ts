/** Pie, table and balance chart through the whole gateway: shapes, sums, thinning out, spans, and the walls. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

const NOW = Date.parse('2026-06-15T12:00:00Z');

beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => NOW } });
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const run = <Row extends object>(name: string, text: string, ...values: unknown[]): Promise<Row[]> =>
  gateway.owner.session(caller.tenantId).query<Row>({ name, text }, [caller.tenantId, ...values]);

/** An account that holds what it is given, as a sync leaves it. */
const anAccount = async (by: TestCaller = caller, marketCode = 'binance', mode = 'real'): Promise<number> => {
  const [row] = await gateway.owner.session(by.tenantId).query<{ id: number }>(
    {
      name: 'test.account',
      text: 'insert into accounts (tenant_id, market_code, name, mode) values ($1, $2, $3, $4) returning id',
    },
    [by.tenantId, marketCode, 'Charted', mode],
  );
  return row?.id ?? 0;
};

type Amounts = readonly [
  asset: string,
  free: string,
  locked: string,
  total: string,
  btc: string,
  usd: string,
];

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
     values ($1, $2, case when $4::numeric < 0 then 'withdrawal' else 'deposit' end, $3, 'BTC', 1, $4, $5, $3::timestamptz,
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

const HOLDINGS: readonly Amounts[] = [
  ['BTC', '0.5', '0.25', '0.75', '0.75', '45000'],
  ['ETH', '2', '0', '1.5', '0.075', '4500'],
  ['NOPE', '10', '0', '10', '0', '0'],
  ['USDT', '500.50', '0', '500.50', '0.0083', '500.123456789012'],
];

describe('pie', () => {
  test('shares of the value in USD, greatest first, in the types of the contract', async () => {
    const id = await anAccount();
    await hold(id, HOLDINGS);
    const answer = await caller.post(`/ver1/accounts/${id}/pie_chart_data`);
    expect(answer.status).toBe(201);
    const slices = answer.body as Record<string, unknown>[];
    expect(slices[0]).toEqual({
      code: 'BTC',
      coinmarketcapid: null,
      name: 'BTC',
      y: 90.00022222,
      percentage: expect.any(Number),
      amount: 0.75,
      btc_value: '0.75',
      usd_value: '45000',
      primary_display_currency: { currency: 'USD', amount: '45000' },
      account_id: id,
    });
    expect(slices.map(({ code }) => code)).toEqual(['BTC', 'ETH', 'USDT', 'NOPE']);
    const shares = slices.reduce((sum, { percentage }) => sum + Number(percentage), 0);
    expect(shares).toBeCloseTo(100, 6);
    // Digit for digit, not through a float.
    expect(answer.text).toContain('"usd_value":"500.123456789012"');
    expect(answer.text).toContain('"amount":500.5,');
  });

  test('an account that holds nothing has no slices', async () => {
    const answer = await caller.post(`/ver1/accounts/${await anAccount()}/pie_chart_data`);
    expect(answer).toMatchObject({ status: 201, body: [] });
  });

  test('of the summary adds up each asset, without paper accounts', async () => {
    await aloneWith(async () => {
      await hold(await anAccount(), [['BTC', '1', '0', '1', '1', '60000']]);
      await hold(await anAccount(), [
        ['BTC', '2', '0', '2', '2', '120000'],
        ['ETH', '1', '0', '1', '0.05', '20000'],
      ]);
      await hold(await anAccount(caller, 'paper_trading', 'paper'), [['SOL', '1', '0', '1', '0.01', '100']]);
      const slices = (await caller.post('/ver1/accounts/summary/pie_chart_data')).body;
      expect(slices).toMatchObject([
        { code: 'BTC', amount: 3, usd_value: '180000', percentage: 90, account_id: 0 },
        { code: 'ETH', amount: 1, percentage: 10 },
      ]);
      const paper = await caller.send({
        method: 'POST',
        target: '/ver1/accounts/summary/pie_chart_data',
        headers: { 'Forced-Mode': 'paper' },
      });
      expect(paper.body).toMatchObject([{ code: 'SOL', percentage: 100 }]);
    });
  });
});

describe('table', () => {
  test('positions, prices and what is owed, all of them JSON numbers', async () => {
    const id = await anAccount();
    await hold(id, HOLDINGS);
    const answer = await caller.post(`/ver1/accounts/${id}/account_table_data`);
    expect(answer.status).toBe(201);
    const rows = answer.body as Record<string, unknown>[];
    expect(rows[1]).toEqual({
      currency_code: 'ETH',
      currency_name: 'ETH',
      currency_icon: expect.stringMatching(/^http.*\/icons\/currency\.svg$/),
      currency_slug: 'eth',
      percentage: 9.00002222,
      position: 1.5,
      position_available: 2,
      position_type: 0,
      borrowed: 0.5,
      on_orders: 0,
      on_orders_with_leverage: 0,
      on_orders_long: 0,
      on_orders_short: 0,
      equity: 1.5,
      current_price: 0.05,
      current_price_usd: 3000,
      day_change_percent: 0,
      day_change_percent_btc: 0,
      day_change_percent_usd: 0,
      btc_value: 0.075,
      usd_value: 4500,
      available_long: 0,
      available_short: 0,
      available_with_leverage_long: 0,
      available_with_leverage_short: 0,
      account_id: id,
      is_wallet: false,
    });
    expect(rows[0]).toMatchObject({ currency_code: 'BTC', on_orders: 0.25, position_available: 0.5 });
    expect(rows[3]).toMatchObject({ currency_code: 'NOPE', current_price: 0, percentage: 0 });
    expect(await (await fetch(String(rows[0]?.['currency_icon']))).text()).toContain(
      '<title>Currency</title>',
    );
  });

  test('the change of a day compares with the snapshot of a day ago, not with older ones', async () => {
    const id = await anAccount();
    await hold(id, HOLDINGS);
    for (const [at, usd] of [
      ['2026-06-14T11:00:00Z', '2400'],
      ['2026-06-14T13:00:00Z', '9999'],
      ['2026-06-13T10:00:00Z', '1'],
    ] as const) {
      await worth(id, at, '1', '1');
      await run(
        'test.past-balance',
        `insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total, btc_value,
           usd_value) values ($1, $2, $3, 'ETH', 1, 0, 1, 0.04, $4)`,
        id,
        at,
        usd,
      );
    }
    const rows = (await caller.post(`/ver1/accounts/${id}/account_table_data`)).body as object[];
    expect(rows[1]).toMatchObject({
      day_change_percent: 25,
      day_change_percent_btc: 25,
      day_change_percent_usd: 25,
    });
    expect(rows[0]).toMatchObject({ day_change_percent_usd: 0 });
  });

  test('an address is a wallet, the summary is none', async () => {
    await aloneWith(async () => {
      const [row] = await run<{ id: number }>(
        'test.wallet',
        "insert into accounts (tenant_id, market_code, name, address) values ($1, 'trx', 'Wallet', 'T1') returning id",
      );
      await hold(row?.id ?? 0, [['TRX', '1', '0', '1', '0.000001', '0.1']]);
      const table = `/ver1/accounts/${row?.id ?? 0}/account_table_data`;
      expect((await caller.post(table)).body).toMatchObject([{ is_wallet: true }]);
      expect((await caller.post('/ver1/accounts/summary/account_table_data')).body).toMatchObject([
        { is_wallet: false, account_id: 0 },
      ]);
    });
  });
});

interface Point {
  readonly date: number;
  readonly usd: number;
  readonly btc: number;
  readonly btc_deposit_amount: number;
  readonly usd_deposit_amount: number;
}

const chart = async (id: number | string, from: string, to?: string): Promise<Point[]> => {
  const until = to === undefined ? '' : `&date_to=${encodeURIComponent(to)}`;
  const answer = await caller.get(
    `/ver1/accounts/${id}/balance_chart_data?date_from=${encodeURIComponent(from)}${until}`,
  );
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as Point[];
};

const seconds = (iso: string): number => Date.parse(iso) / 1_000;

describe('balance chart', () => {
  test('snapshots of the span with what was deposited between them', async () => {
    const id = await anAccount();
    await worth(id, '2026-06-01T00:00:00Z', '1', '50000');
    await worth(id, '2026-06-02T00:00:00Z', '2', '110000.10');
    await worth(id, '2026-06-03T00:00:00Z', '1.5', '90000');
    await worth(id, '2026-07-01T00:00:00Z', '9', '9');
    await transferred(id, '2026-06-01T10:00:00Z', '1', '55000');
    await transferred(id, '2026-06-01T12:00:00Z', '-0.25', '-14000');
    await transferred(id, '2026-06-03T00:00:00Z', '-0.5', '-30000');
    await transferred(id, '2026-06-03T00:00:01Z', '7', '7');
    const points = await chart(id, '2026-05-01', '2026-06-30T00:00:00+02:00');
    expect(points).toEqual([
      {
        date: seconds('2026-06-01T00:00:00Z'),
        usd: 50_000,
        btc: 1,
        btc_deposit_amount: 0,
        usd_deposit_amount: 0,
      },
      {
        date: seconds('2026-06-02T00:00:00Z'),
        usd: 110_000.1,
        btc: 2,
        btc_deposit_amount: 0.75,
        usd_deposit_amount: 41_000,
      },
      {
        date: seconds('2026-06-03T00:00:00Z'),
        usd: 90_000,
        btc: 1.5,
        btc_deposit_amount: -0.5,
        usd_deposit_amount: -30_000,
      },
    ]);
    // Until now when no end is given; both ends belong to the span.
    expect(await chart(id, '2026-06-02T00:00:00Z')).toHaveLength(2);
    expect(await chart(id, '2026-06-02T00:00:00.001')).toHaveLength(1);
    expect(await chart(id, '2026-06-02', '2026-06-02')).toHaveLength(1);
    expect(await chart(id, '0001-01-01', '9999-12-31T23:59:59Z')).toHaveLength(4);
    expect(await chart(id, '1990-01-01', '1991-01-01')).toEqual([]);
  });

  test.each([1, 2, 999, 1_000, 1_001, 1_999, 2_000, 8_760])(
    '%i snapshots come as at most 1,000 points, the first and the last among them',
    async (count) => {
      const id = await anAccount();
      const begin = Date.parse('2025-06-15T00:00:00Z');
      await run(
        'test.many',
        `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
         select $1, $2, $3::timestamptz + i * interval '1 hour', i, i * 2 from generate_series(0, $4::int - 1) as i`,
        id,
        new Date(begin),
        count,
      );
      await transferred(id, '2025-06-15T12:30:00Z', '3', '6');
      const points = await chart(id, '2025-01-01');
      expect(points).toHaveLength(Math.min(count, 1_000));
      expect(points[0]).toMatchObject({ date: begin / 1_000, btc: 0 });
      expect(points.at(-1)).toMatchObject({ date: begin / 1_000 + (count - 1) * 3_600, btc: count - 1 });
      const dates = points.map(({ date }) => date);
      expect(new Set(dates).size).toBe(dates.length);
      expect([...dates].sort((a, b) => a - b)).toEqual(dates);
      const deposits = points.reduce((sum, point) => sum + point.btc_deposit_amount, 0);
      expect(deposits).toBe(count > 13 ? 3 : 0);
      const gaps = dates.slice(1).map((date, index) => (date - (dates[index] ?? 0)) / 3_600);
      expect(Math.max(1, ...gaps) - Math.min(...gaps, Math.max(1, ...gaps))).toBeLessThanOrEqual(1);
    },
  );

  test('of the summary: each account counts with its last value until the next', async () => {
    await aloneWith(async () => {
      const [first, second] = [await anAccount(), await anAccount()];
      await worth(first, '2026-05-01T00:00:00Z', '1', '100');
      await worth(first, '2026-06-01T00:00:00Z', '2', '200');
      await worth(first, '2026-06-05T00:00:00Z', '3', '300');
      await worth(second, '2026-06-03T00:00:00Z', '10', '1000');
      await worth(second, '2026-06-07T00:00:00Z', '20', '2000');
      await transferred(second, '2026-06-06T00:00:00Z', '10', '1000');
      const points = await chart('summary', '2026-05-15');
      expect(
        points.map(({ date, btc, usd, btc_deposit_amount }) => [date, btc, usd, btc_deposit_amount]),
      ).toEqual([
        [seconds('2026-06-01T00:00:00Z'), 2, 200, 0],
        [seconds('2026-06-03T00:00:00Z'), 12, 1_200, 0],
        [seconds('2026-06-05T00:00:00Z'), 13, 1_300, 0],
        [seconds('2026-06-07T00:00:00Z'), 23, 2_300, 10],
      ]);
      // What was there before the span is carried into it.
      expect(await chart('summary', '2026-06-02', '2026-06-04')).toMatchObject([{ btc: 12, usd: 1_200 }]);
      expect(await chart('summary', '2020-01-01', '2020-02-01')).toEqual([]);
    });
  });

  test('of the summary is thinned out too, the first and the last kept', async () => {
    await aloneWith(async () => {
      const begin = Date.parse('2025-12-01T00:00:00Z');
      for (const minute of [0, 7, 13]) {
        await run(
          'test.many-of-each',
          `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
           select $1, $2, $3::timestamptz + i * interval '1 hour', 1, 10 from generate_series(0, 2000) as i`,
          await anAccount(),
          new Date(begin + minute * 60_000),
        );
      }
      const points = await chart('summary', '2025-01-01');
      expect(points.length).toBeLessThanOrEqual(1_000);
      expect(points.length).toBeGreaterThan(900);
      expect(points[0]).toMatchObject({ date: begin / 1_000, btc: 1 });
      expect(points.at(-1)).toMatchObject({ date: begin / 1_000 + 2_000 * 3_600 + 13 * 60, btc: 3, usd: 30 });
      expect(points.slice(2).every(({ btc }) => btc === 3)).toBe(true);
    });
  });

  test.each([
    ['', { date_from: ['is missing'] }],
    ['date_from=', { date_from: ['is empty'] }],
    ['date_from=yesterday', { date_from: ['is invalid'] }],
    ['date_from=2026-02-30', { date_from: ['is invalid'] }],
    ['date_from=1767225600', { date_from: ['is invalid'] }],
    ['date_from=2026-01-01T25:00:00Z', { date_from: ['is invalid'] }],
    ['date_from=12026-01-01', { date_from: ['is invalid'] }],
    ['date_from=2026-01-01&date_to=x', { date_to: ['is invalid'] }],
    ['date_from=x&date_to=y', { date_from: ['is invalid'], date_to: ['is invalid'] }],
    ['date_from=2026-01-02&date_to=2026-01-01', { date_from: ['must be less than or equal to date_to'] }],
    // The future, as no end means now.
    ['date_from=2026-06-16', { date_from: ['must be less than or equal to date_to'] }],
  ])('%j is refused by name', async (query, attributes) => {
    const answer = await caller.get(`/ver1/accounts/${await anAccount()}/balance_chart_data?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: 'record_invalid',
      error_description: 'Invalid parameters',
      error_attributes: attributes,
    });
  });
});

describe('walls', () => {
  const ROUTES: readonly ['GET' | 'POST', (id: string) => string][] = [
    ['POST', (id) => `/ver1/accounts/${id}/pie_chart_data`],
    ['POST', (id) => `/ver1/accounts/${id}/account_table_data`],
    ['GET', (id) => `/public/api/ver1/accounts/${id}/balance_chart_data?date_from=2020-01-01`],
  ];

  test.each(ROUTES)(
    "%s: another tenant's id, a removed one and none that can exist are not found",
    async (method, target) => {
      const stranger = await gateway.newCaller();
      const [foreign, removed] = [await anAccount(stranger), await anAccount()];
      await worth(removed, '2026-06-01T00:00:00Z', '1', '1');
      await hold(removed, HOLDINGS);
      await caller.post(`/ver1/accounts/${removed}/remove`);
      for (const id of [String(foreign), String(removed), '2147483647', '99999999999', '0', 'Summary', 'x'])
        expect(await caller.send({ method, target: target(id) })).toMatchObject({
          status: 404,
          body: { error: 'not_found', error_description: 'Not Found' },
        });
    },
  );

  test.each(ROUTES)('%s needs the right to read', async (method, target) => {
    const writer = await gateway.newCaller({ scopes: ['ACCOUNTS_WRITE'], tenantId: caller.tenantId });
    expect((await writer.send({ method, target: target('summary') })).status).toBe(403);
  });
});
