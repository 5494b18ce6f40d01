/** The main job over HTTP: a signed request connects a venue account, and what is wrong with it is told, not stored. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway({ callDeadlineMs: 2_000 });
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

const connect = async (type: string, options: Readonly<Record<string, unknown>> = {}) => {
  const venue = type === 'okex' ? 'okx' : type;
  const keys = await gateway.sandbox.openAccount({ venue, balances: { BTC: '0.5', USDT: '1000' } });
  const answer = await caller.post('/ver1/accounts/new', { type, name: 'My account', ...keys, ...options });
  return { keys, answer };
};

const storedRows = async (): Promise<number> => {
  const [row] = await gateway.owner.shared.query<{ count: number }>(
    {
      name: 'test.stored-rows',
      text: `select (select count(*) from accounts) + (select count(*) from credentials) + (select count(*) from balances)
               + (select count(*) from equity_snapshots) as count`,
    },
    [],
  );
  return row?.count ?? -1;
};

/** Keys in the order of the contract's record; clients may read it positionally in logs and tables. */
const CONTRACT_ORDER =
  `id name exchange_name market_icon market_code auto_balance_period auto_balance_portfolio_id
  autobalance_enabled auto_balance_error last_auto_balance hedge_mode_available hedge_mode_enabled is_locked lock_reason
  smart_trading_supported stats_supported trading_supported market_buy_supported market_sell_supported
  conditional_buy_supported bots_allowed bots_ttp_allowed bots_tsl_allowed multi_bots_allowed fast_convert_available
  grid_bots_allowed api_key api_key_invalid api_keys_state deposit_enabled available_include_in_summary
  include_in_summary supported_market_types customer_id btc_amount usd_amount day_profit_btc day_profit_usd
  day_profit_btc_percentage day_profit_usd_percentage btc_profit usd_profit btc_profit_percentage
  usd_profit_percentage total_btc_profit total_usd_profit created_at updated_at`.split(/\s+/);

describe('connecting', () => {
  test.each(['binance', 'kraken', 'okex'])(
    'a %s account answers 201 with the whole valued record',
    async (type) => {
      const { keys, answer } = await connect(type);
      expect(answer.status).toBe(201);
      const record = answer.body as Record<string, unknown>;
      expect(Object.keys(record).filter((key) => CONTRACT_ORDER.includes(key))).toEqual(CONTRACT_ORDER);
      expect(record).toMatchObject({
        name: 'My account',
        market_code: type,
        api_keys_state: 'ok',
        is_locked: false,
      });
      expect(record['api_key']).toBe(`${keys.api_key.slice(0, 4)}••••••••${keys.api_key.slice(-4)}`);
      expect(String(record['btc_amount'])).toMatch(/^\d+\.\d+$/);
      expect(Number(record['btc_amount'])).toBeGreaterThan(0.5);
      expect(Number(record['usd_amount'])).toBeGreaterThan(1_000);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('the same keys twice, or twice at once, make one account', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const request = { type: 'binance', name: 'Twin', ...keys };
    const answers = await Promise.all([
      caller.post('/ver1/accounts/new', request),
      caller.post('/ver1/accounts/new', request),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const again = await caller.post('/ver1/accounts/new', request);
    expect(again.body).toEqual({
      error: 'record_invalid',
      error_description: 'Invalid parameters',
      error_attributes: { api_key: ['This account is already connected!'] },
    });
    const listed = await caller.get(`/ver1/accounts?api_key=${keys.api_key}`);
    expect(listed.body).toHaveLength(1);
  });

  test('types_to_create connects related types with one credential, all or none', async () => {
    const { keys, answer } = await connect('binance', {
      types_to_create: ['binance_margin', 'binance_futures', 'binance_futures_coin'],
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ market_code: 'binance' });
    const listed = await caller.get(`/ver1/accounts?api_key=${keys.api_key}`);
    const codes = (listed.body as { market_code: string }[]).map(({ market_code }) => market_code);
    expect(codes).toEqual(['binance', 'binance_margin', 'binance_futures', 'binance_futures_coin']);

    const before = await storedRows();
    const refused = await connect('binance', { types_to_create: ['kraken'] });
    expect(refused.answer.body).toMatchObject({
      error_attributes: { types_to_create: ['does not have a valid value'] },
    });
    expect(await storedRows()).toBe(before);
  });

  test('a related type can follow later with the same keys', async () => {
    const { keys, answer } = await connect('binance');
    expect(answer.status).toBe(201);
    const later = await caller.post('/ver1/accounts/new', {
      type: 'binance_futures',
      name: 'Later',
      ...keys,
    });
    expect(later.status).toBe(201);
    expect(later.body).toMatchObject({ market_code: 'binance_futures', supported_market_types: ['futures'] });
  });

  test('different types of the same keys at once are all connected, over one credential', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const types = ['binance', 'binance_futures', 'binance_margin'];
    const answers = await Promise.all(
      types.map((type) => caller.post('/ver1/accounts/new', { type, name: 'At once', ...keys })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const listed = await caller.get(`/ver1/accounts?api_key=${keys.api_key}`);
    expect((listed.body as { market_code: string }[]).map(({ market_code }) => market_code).sort()).toEqual(
      types,
    );
  });

  test('the same key with blanks around it is the same key, and empty optional fields count as not sent', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const padded = {
      ...keys,
      api_key: ` ${keys.api_key}\t`,
      passphrase: '',
      customer_id: '',
      subaccount_name: ' ',
    };
    const first = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Padded', ...padded });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ customer_id: null, subaccount_name: null });
    const second = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Plain', ...keys });
    expect(second.status).toBe(400);
  });

  test('an alias of a type answers with its market code', async () => {
    const { answer } = await connect('okx', {});
    expect(answer.body).toMatchObject({ market_code: 'okex' });
  });

  test('the account is the same under both prefixes and after it is read again', async () => {
    const { answer } = await connect('kraken');
    const { id } = answer.body as { id: number };
    for (const prefix of ['', '/public/api']) {
      const read = await caller.get(`${prefix}/ver1/accounts/${id}`);
      expect(read.status).toBe(200);
      const { auto_balance_portfolio: portfolio, ...account } = read.body as Record<string, unknown>;
      expect(portfolio).toBeNull();
      expect(account).toEqual(answer.body);
    }
  });

  test('amounts keep every digit the venue sent', async () => {
    const keys = await gateway.sandbox.openAccount({
      venue: 'kraken',
      balances: { BTC: '123456789012.123456789012345678' },
    });
    const answer = await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Whale', ...keys });
    expect(answer.body).toMatchObject({ btc_amount: '123456789012.123456789012' });
    const [row] = await gateway.owner.session(caller.tenantId).query<{ total: string }>(
      {
        name: 'test.total',
        text: "select total from balances where tenant_id = $1 and account_id = $2 and asset = 'BTC'",
      },
      [caller.tenantId, (answer.body as { id: number }).id],
    );
    expect(row?.total).toBe('123456789012.123456789012345678');
  });
});

describe('refused, with nothing stored', () => {
  test.each([
    ['binance', 'a wrong secret', { secret: 'x'.repeat(64) }],
    ['kraken', 'a wrong secret', { secret: Buffer.alloc(64, 7).toString('base64') }],
    ['okex', 'a wrong secret', { secret: 'A'.repeat(32) }],
    ['binance', 'an unknown key', { api_key: 'y'.repeat(64) }],
    ['kraken', 'an unknown key', { api_key: 'K'.repeat(56) }],
    ['okex', 'an unknown key', { api_key: '00000000-0000-0000-0000-000000000000' }],
    ['okex', 'a wrong passphrase', { passphrase: 'Wrong passphrase 1!' }],
  ])('%s: %s answers 422 invalid_api_key', async (type, _what, change) => {
    const before = await storedRows();
    const { answer } = await connect(type, change);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: 'invalid_api_key' });
    expect(await storedRows()).toBe(before);
  });

  test.each(['binance', 'kraken', 'okx'])('%s: a key that can withdraw', async (venue) => {
    const before = await storedRows();
    const keys = await gateway.sandbox.openAccount({ venue, permissions: ['read', 'trade', 'withdraw'] });
    const answer = await caller.post('/ver1/accounts/new', { type: venue, name: 'Dangerous', ...keys });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: 'withdrawals_enabled' });
    expect(await storedRows()).toBe(before);
  });

  // A venue of its own for each: what a venue did to one request bars the next ones for a while.
  test.each([
    ['server_error', 'bybit', 503, 'exchange_unavailable'],
    ['html_200', 'kucoin', 502, 'exchange_error'],
    ['truncated_json', 'gate_io', 502, 'exchange_error'],
    ['hang', 'bitstamp', 504, 'exchange_timeout'],
    ['rate_limited', 'bitfinex', 429, 'Rate limit exceeded'],
  ])('a venue with %s (%s) answers %i %s', async (kind, venue, status, error) => {
    const before = await storedRows();
    // Too long to be waited out within the call.
    await gateway.sandbox.addFault({ venue, kind, retry_after_s: 30 });
    const { answer } = await connect(venue);
    expect({ status: answer.status, error: (answer.body as { error: string }).error }).toEqual({
      status,
      error,
    });
    if (status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await storedRows()).toBe(before);
  });
});

test("a tenant's policy decides about keys that can withdraw, and the audit log keeps what was let in", async () => {
  const outcomes: Record<string, unknown> = {};
  for (const policy of ['warn', 'allow']) {
    const tenant = await gateway.newCaller();
    const session = gateway.owner.session(tenant.tenantId);
    await session.query(
      { name: 'test.policy', text: 'update tenants set withdrawal_policy = $2 where id = $1' },
      [tenant.tenantId, policy],
    );
    const keys = await gateway.sandbox.openAccount({
      venue: 'binance',
      permissions: ['read', 'trade', 'withdraw'],
      ip_restricted: false,
    });
    const answer = await tenant.post('/ver1/accounts/new', { type: 'binance', name: 'Let in', ...keys });
    expect(answer.status).toBe(201);
    const [row] = await session.query<{ outcome: string }>(
      {
        name: 'test.outcome',
        text: "select outcome from audit_log where tenant_id = $1 and action = 'account.connected'",
      },
      [tenant.tenantId],
    );
    outcomes[policy] = row?.outcome;
  }
  expect(outcomes).toEqual({
    warn: 'success; the keys can withdraw; the keys work from any address',
    allow: 'success; the keys work from any address',
  });
});
