/** Equity over time through the whole gateway: thinning out, spans, deposits, and bad dates. */
import { describe, expect, test } from '@jest/globals';
import { useCharts } from './charts-fixture.ts';

const charts = useCharts();
const { run, anAccount, worth, transferred, aloneWith } = charts;

interface Point {
  readonly date: number;
  readonly usd: number;
  readonly btc: number;
  readonly btc_deposit_amount: number;
  readonly usd_deposit_amount: number;
}

const chart = async (id: number | string, from: string, to?: string): Promise<Point[]> => {
  const until = to === undefined ? '' : `&date_to=${encodeURIComponent(to)}`;
  const answer = await charts.caller.get(
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
    const answer = await charts.caller.get(`/ver1/accounts/${await anAccount()}/balance_chart_data?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: 'record_invalid',
      error_description: 'Invalid parameters',
      error_attributes: attributes,
    });
  });
});
