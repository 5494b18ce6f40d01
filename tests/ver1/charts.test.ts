/** Pie and table through the whole gateway: shapes, sums, and the walls around all charts. */
import { describe, expect, test } from '@jest/globals';
import { type Amounts, useCharts } from './charts-fixture.ts';

const charts = useCharts();
const { run, anAccount, hold, worth, aloneWith } = charts;

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
    const answer = await charts.caller.post(`/ver1/accounts/${id}/pie_chart_data`);
    expect(answer.status).toBe(201);
    const slices = answer.body as Record<string, unknown>[];
    expect(slices[0]).toEqual({
      code: 'BTC',
      coinmarketcapid: null,
      name: 'BTC',
      y: 89.99977778,
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
    const answer = await charts.caller.post(`/ver1/accounts/${await anAccount()}/pie_chart_data`);
    expect(answer).toMatchObject({ status: 201, body: [] });
  });

  test('of the summary adds up each asset, without paper accounts', async () => {
    await aloneWith(async () => {
      await hold(await anAccount(), [['BTC', '1', '0', '1', '1', '60000']]);
      await hold(await anAccount(), [
        ['BTC', '2', '0', '2', '2', '120000'],
        ['ETH', '1', '0', '1', '0.05', '20000'],
      ]);
      await hold(await anAccount(charts.caller, 'paper_trading', 'paper'), [
        ['SOL', '1', '0', '1', '0.01', '100'],
      ]);
      const slices = (await charts.caller.post('/ver1/accounts/summary/pie_chart_data')).body;
      expect(slices).toMatchObject([
        { code: 'BTC', amount: 3, usd_value: '180000', percentage: 90, account_id: 0 },
        { code: 'ETH', amount: 1, percentage: 10 },
      ]);
      const paper = await charts.caller.send({
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
    const answer = await charts.caller.post(`/ver1/accounts/${id}/account_table_data`);
    expect(answer.status).toBe(201);
    const rows = answer.body as Record<string, unknown>[];
    expect(rows[1]).toEqual({
      currency_code: 'ETH',
      currency_name: 'ETH',
      currency_icon: expect.stringMatching(/^http.*\/icons\/currency\.svg$/),
      currency_slug: 'eth',
      percentage: 8.99997778,
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
    const rows = (await charts.caller.post(`/ver1/accounts/${id}/account_table_data`)).body as object[];
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
      expect((await charts.caller.post(table)).body).toMatchObject([{ is_wallet: true }]);
      expect((await charts.caller.post('/ver1/accounts/summary/account_table_data')).body).toMatchObject([
        { is_wallet: false, account_id: 0 },
      ]);
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
      const stranger = await charts.gateway.newCaller();
      const [foreign, removed] = [await anAccount(stranger), await anAccount()];
      await worth(removed, '2026-06-01T00:00:00Z', '1', '1');
      await hold(removed, HOLDINGS);
      await charts.caller.post(`/ver1/accounts/${removed}/remove`);
      for (const id of [String(foreign), String(removed), '2147483647', '99999999999', '0', 'Summary', 'x'])
        expect(await charts.caller.send({ method, target: target(id) })).toMatchObject({
          status: 404,
          body: { error: 'not_found', error_description: 'Not Found' },
        });
    },
  );

  test.each(ROUTES)('%s needs the right to read', async (method, target) => {
    const writer = await charts.gateway.newCaller({
      scopes: ['ACCOUNTS_WRITE'],
      tenantId: charts.caller.tenantId,
    });
    expect((await writer.send({ method, target: target('summary') })).status).toBe(403);
  });
});
