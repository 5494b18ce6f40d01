/**
 * No statement on a request's way reads a whole table: every route of the document is called, what the gateway asks of
 * Postgres meanwhile is overheard, and each statement must find its rows by an index that begins with the tenant.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { SCOPES } from '../../src/auth/actor.ts';
import { TABLES_WITHOUT_TENANT, tenantColumn } from '../../src/db/tenant-tables.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { nextMoment } from '../support/test-token.ts';

interface Heard {
  readonly text: string;
  readonly values: readonly unknown[];
}

let gateway: TestGateway;
let caller: TestCaller;
/** Another key of the tenant, which may do all. */
let manager: TestCaller;
const heard = new Map<string, Heard>();
const originalQuery: unknown = Reflect.get(pg.Client.prototype, 'query');

/** Keeps statements with values; transactions are begun and ended without. */
const overhear = (): void => {
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...given: unknown[]): unknown {
    const [asked] = given;
    if (typeof asked === 'object' && asked !== null && 'text' in asked && 'values' in asked) {
      const { text, values } = asked as Heard;
      if (Array.isArray(values) && values.length > 0) heard.set(text, { text, values });
    }
    return Reflect.apply(originalQuery as (...values: unknown[]) => unknown, this, given);
  });
};

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
  manager = await gateway.newCaller({ scopes: SCOPES, tenantId: caller.tenantId });
  overhear();
});
afterAll(async () => {
  Reflect.set(pg.Client.prototype, 'query', originalQuery);
  await gateway[Symbol.asyncDispose]();
});

/** Parameters of routes that ask Postgres nothing without them. */
const PARAMETERS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'GET /ver1/accounts': [{}, { api_key: 'some-key' }],
  'GET /ver1/accounts/{account_id}/balance_chart_data': [{ date_from: '2020-01-01' }],
  'GET /api/exchange/bnb-burn': [{ exchange: 'binance' }],
  'GET /api/exchange/dust-assets': [{ exchange: 'binance' }],
  'POST /ver1/accounts/{account_id}/rename': [{ name: 'Another name' }],
  'GET /api/exchange/credentials': [{}, { exchange_name: 'binance' }],
  'GET /api/exchange/balance': [{ exchange: 'binance' }, { exchange: 'binance', currency: 'BTC' }],
  'POST /api/exchange/balance/sync': [{ exchange: 'binance' }],
  'GET /api/exchange/balance/history': [{ exchange: 'binance', currency: 'BTC' }],
  'GET /api/exchange/trades': [
    { exchange: 'binance' },
    { exchange: 'binance', symbol: 'BTC/USDT' },
    { exchange: 'binance', start_date: '2026-01-01', end_date: '2026-01-02' },
    { exchange: 'binance', symbol: 'BTC/USDT', start_date: '2026-01-01', end_date: '2026-01-02' },
  ],
  'POST /api/exchange/trades/sync': [{ exchange: 'binance' }, { exchange: 'binance', since: '2026-01-01' }],
  'GET /api/exchange/trades/stats': [
    {},
    { exchange: 'binance' },
    { start_date: '2026-01-01T01:00:00Z' },
    { exchange: 'binance', end_date: '2026-01-01T01:00:00Z' },
  ],
  'GET /api/events': [{}, { order: 'desc' }],
  'GET /api/events/stream': [{ after: '0', max_seconds: '0' }],
  'GET /api/exchange/route': [{ base: 'BTC', quote: 'USDT' }],
};

const HAS_SUMMARY = /\/(?:pie_chart_data|account_table_data|balance_chart_data)$/;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Schema?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Each node of a plan that reads rows in another way than by an index condition on the tenant. */
const problemsOf = (node: PlanNode, table?: string): string[] => {
  const relation = node['Relation Name'] ?? table;
  const children = (node.Plans ?? []).flatMap((plan) => problemsOf(plan, relation));
  const name = node['Node Type'];
  if (relation === undefined || node.Schema === 'pg_catalog') return children;
  if (name === 'Seq Scan') return [`${relation} is read whole`, ...children];
  if (!['Index Scan', 'Index Only Scan', 'Bitmap Index Scan'].includes(name)) return children;
  const condition = node['Index Cond'] ?? '';
  // A partition stands for its table.
  const own = relation.replace(/_(?:default|\d{4}_\d{2})$/, '');
  const isFound = TABLES_WITHOUT_TENANT.has(own) ? condition !== '' : condition.includes(tenantColumn(own));
  return isFound
    ? children
    : [`${relation} is searched by ${node['Index Name'] ?? '?'} (${condition})`, ...children];
};

const explain = async ({ text, values }: Heard): Promise<string[]> => {
  const client = new pg.Client({ connectionString: gateway.database.gatewayUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('app.tenant_id', '${caller.tenantId}', true)`);
    // The tables are all but empty here: with this off, a whole read is what remains where no index fits.
    await client.query('set local enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
      text: `explain (verbose, format json) ${text}`,
      values: [...values],
    });
    return problemsOf(rows[0]?.['QUERY PLAN'][0]?.Plan ?? { 'Node Type': 'none' });
  } finally {
    await client.end();
  }
};

const changeCredentials = async (): Promise<void> => {
  const openKeys = async () => {
    const { api_key, secret } = await gateway.sandbox.openAccount({
      venue: 'kraken',
      balances: { BTC: '1' },
    });
    return { api_key, api_secret: secret };
  };
  const stored = await caller.post('/api/exchange/credentials', {
    exchange_name: 'kraken',
    ...(await openKeys()),
  });
  const path = `/api/exchange/credentials/${(stored.body as { id: string }).id}`;
  const answers = [
    stored,
    await caller.get('/api/exchange/balance?exchange=kraken'),
    await caller.get(path),
    await caller.put(path, { credential_name: 'Planned', is_active: true }),
    await caller.put(path, await openKeys()),
    await caller.delete(`${path}?delete_history=true`),
    await caller.get('/api/exchange/balance/history?exchange=kraken&currency=BTC'),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
};

const changeWebhooks = async (): Promise<void> => {
  const dated = (parameters: object = {}) => ({ ...parameters, timestamp: nextMoment() });
  const made = await manager.post(
    '/api/webhooks',
    dated({ url: 'http://127.0.0.1:9/', event_types: ['*'], account_ids: [2_000_000_000] }),
  );
  expect(made.status).toBe(404);
  const whole = await manager.post(
    '/api/webhooks',
    dated({ url: 'http://127.0.0.1:9/', event_types: ['*'] }),
  );
  const path = `/api/webhooks/${(whole.body as { id: string }).id}`;
  const test = await manager.post(`${path}/test`);
  const log = `${path}/deliveries`;
  const one = `${log}/${(test.body as { id: string }).id}`;
  const target = { method: 'PATCH', target: path, headers: { 'Content-Type': 'application/json' } };
  const answers = [
    whole,
    test,
    await manager.get('/api/webhooks'),
    await manager.get(path),
    await manager.send({ ...target, body: JSON.stringify(dated({ enabled: false })) }),
    await manager.post(`${path}/rotate`, dated()),
    await manager.get(log),
    await manager.get(`${log}?state=pending&event_type=webhook.test`),
    await manager.get(`${log}?state=delivered`),
    await manager.get(`${log}?state=dead&cursor=5`),
    await manager.get(one),
    await manager.post(`${one}/replay`),
    await manager.post(`${path}/replay`, {}),
    await manager.delete(path),
  ];
  expect(answers.map(({ status }) => status < 300)).toEqual(answers.map(() => true));
};

/** What routes do with a body, which the calls below do not send. */
const changeEverything = async (id: string): Promise<void> => {
  const expectDone = ({ status, text }: TestAnswer): void => {
    expect({ isDone: status < 300, text }).toEqual({ isDone: true, text });
  };
  const portfolio = (name: string) => ({ name, weights: { BTC: 60, ETH: 40 } });
  const made = await caller.post('/api/portfolios', portfolio('Planned'));
  const { id: portfolioId } = made.body as { id: number };
  expectDone(await caller.put(`/api/portfolios/${portfolioId}`, portfolio('Planned again')));
  expectDone(await caller.get('/api/portfolios'));
  const settings = { enabled: true, method: 'time', portfolio_id: portfolioId };
  expectDone(await caller.put(`/api/accounts/${id}/autobalance`, settings));
  expectDone(await caller.get(`/ver1/accounts/${id}`));
  expectDone(await caller.put(`/api/accounts/${id}/autobalance`, { enabled: false }));
  expectDone(await caller.delete(`/api/portfolios/${portfolioId}`));
  const keys = await gateway.sandbox.openAccount({
    venue: 'binance',
    balances: { BTC: '1', ETH: '1', BNB: '1' },
    trades: 80,
  });
  expectDone(
    await caller.get(`/ver1/accounts/types_to_connect?type=binance&name=Any&api_key=${keys.api_key}`),
  );
  expectDone(await caller.post('/ver1/accounts/update', { account_id: id, name: 'Renamed', ...keys }));
  await changeCredentials();
  await changeWebhooks();
  for (const order of ['asc', 'desc'])
    expectDone(await caller.get(`/api/events?account_id=${id}&order=${order}`));
  const listed = await caller.get(`/api/jobs?account_id=${id}`);
  const job = (listed.body as { jobs: { id: string }[] }).jobs[0]?.id ?? '';
  for (const answer of [listed, await caller.get('/api/jobs?kind=trade_sync&state=waiting')])
    expectDone(answer);
  for (const answer of [await caller.get(`/api/jobs/${job}`), await caller.post(`/api/jobs/${job}/run`)])
    expectDone(answer);
  for (const mode of ['paper', 'real']) expectDone(await caller.post('/ver1/users/change_mode', { mode }));
};

test('every statement of every route finds its rows by an index of the tenant', async () => {
  const { paths } = (await (await fetch(`${gateway.baseUrl}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  const connected = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Planned', ...keys });
  expect(connected.status).toBe(201);
  await gateway.sandbox.addTransfer(keys.api_key, { type: 'deposit', asset: 'BTC', amount: '1' });
  const id = String((connected.body as { id: number }).id);
  await changeEverything(id);

  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // The account goes last: nothing is found of it afterwards.
  const isLast = (call: string): number => Number(call.endsWith('/remove') || call.startsWith('DELETE'));
  for (const call of calls.sort((a, b) => isLast(a) - isLast(b))) {
    const [method = '', path = ''] = call.split(' ');
    for (const account of HAS_SUMMARY.test(path) ? [id, 'summary'] : [id]) {
      for (const parameters of PARAMETERS[call] ?? [{}]) {
        const query = new URLSearchParams(parameters).toString();
        const target = path.replaceAll(/\{\w+\}/g, account) + (query === '' ? '' : `?${query}`);
        const { status } = await caller.send({ method, target });
        expect({ target, isFailure: status >= 500 && status !== 501 }).toEqual({ target, isFailure: false });
      }
    }
  }

  const statements = [...heard.values()].filter(({ text }) =>
    /^\s*(?:with|select|insert|update|delete)\b/i.test(text),
  );
  for (const words of [
    'from numbered',
    'from changes',
    'left join past',
    'transfers_read_until',
    'for update of a',
    'superseded_keys',
    'portfolio_weights',
    'update caller_keys',
    'insert into trades',
  ])
    expect(statements.filter(({ text }) => text.includes(words))).not.toEqual([]);
  const problems: Record<string, string[]> = {};
  for (const statement of statements) {
    const found = await explain(statement);
    if (found.length > 0) problems[statement.text] = found;
  }
  expect(problems).toEqual({});
});

test('a statement that reads a whole table would be found', async () => {
  expect(await explain({ text: 'select id from accounts where name = $1', values: ['x'] })).toEqual([]);
  expect(await explain({ text: 'select asset from prices where usd = $1', values: ['1'] })).not.toEqual([]);
});
