/** BNB fees and dust over HTTP: what the exchange says in exact numbers, what is refused, and who is not asked. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

interface Holder {
  readonly caller: TestCaller;
  readonly apiKey: string;
}

/** A tenant of its own with one connected account. */
const aHolder = async (venue: string, account: Readonly<Record<string, unknown>> = {}): Promise<Holder> => {
  const caller = await gateway.newCaller();
  const keys = await gateway.sandbox.openAccount({ venue, ...account });
  const answer = await caller.post('/ver1/accounts/new', { type: venue, name: 'An account', ...keys });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return { caller, apiKey: keys.api_key };
};

const auditOf = async ({ tenantId }: TestCaller): Promise<object[]> =>
  gateway.owner.session(tenantId).query(
    {
      name: 'test.audit-of-burn',
      text: `select actor, action, outcome from audit_log
             where tenant_id = $1 and action like 'credential.bnb%' order by seq`,
    },
    [tenantId],
  );

const UUID = /^[0-9a-f-]{36}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe('bnb-burn', () => {
  test('is read, set and set again, and every change is on record', async () => {
    const { caller } = await aHolder('binance');
    const target = '/api/exchange/bnb-burn?exchange=Binance';
    const known = {
      exchange: 'Binance',
      credential_id: expect.stringMatching(UUID),
      interest_bnb_burn: false,
    };
    const first = await caller.get(target);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      ...known,
      spot_bnb_burn: false,
      timestamp: expect.stringMatching(MOMENT),
    });
    const set = (value: unknown) =>
      caller.post('/api/exchange/bnb-burn', { spot_bnb_burn: value, exchange: 'Binance' });
    for (const previous of [false, true]) {
      const changed = await set(true);
      expect(changed.status).toBe(200);
      expect(changed.body).toEqual({
        ...known,
        success: true,
        spot_bnb_burn: true,
        previous_spot_bnb_burn: previous,
        timestamp: expect.stringMatching(MOMENT),
        error: null,
        error_type: null,
      });
    }
    expect((await caller.get(target)).body).toMatchObject({ spot_bnb_burn: true });
    expect((await set(false)).body).toMatchObject({ spot_bnb_burn: false, previous_spot_bnb_burn: true });
    const actor = expect.stringMatching(/^key:/);
    expect(await auditOf(caller)).toEqual([
      { actor, action: 'credential.bnb_burn_enabled', outcome: 'success' },
      { actor, action: 'credential.bnb_burn_enabled', outcome: 'success' },
      { actor, action: 'credential.bnb_burn_disabled', outcome: 'success' },
    ]);
  });

  test('a refusal of the exchange is an answer with its reason, and nothing has changed', async () => {
    const { caller } = await aHolder('binance', { permissions: ['read'] });
    const refused = await caller.post('/api/exchange/bnb-burn', { spot_bnb_burn: true, exchange: 'binance' });
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({
      success: false,
      spot_bnb_burn: true,
      previous_spot_bnb_burn: false,
      error: expect.any(String),
      error_type: 'permission_denied',
    });
    expect((await caller.get('/api/exchange/bnb-burn?exchange=binance')).body).toMatchObject({
      spot_bnb_burn: false,
    });
    expect(await auditOf(caller)).toMatchObject([{ outcome: 'refused; permission_denied' }]);
  });

  test.each([
    ['server_error', 'exchange_unavailable'],
    ['rate_limited', 'rate_limited'],
    ['html_200', 'bad_response'],
  ])('when the exchange answers with %s before it told anything, that is %s', async (kind, type) => {
    const { caller, apiKey } = await aHolder('binance');
    const fault = { kind, path: 'bnbBurn', ...(kind === 'rate_limited' && { retry_after_s: 0 }) };
    await gateway.sandbox.changeAccount(apiKey, { faults: [fault] });
    const answer = await caller.post('/api/exchange/bnb-burn', { spot_bnb_burn: true, exchange: 'binance' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      success: false,
      previous_spot_bnb_burn: null,
      interest_bnb_burn: null,
      error_type: type,
    });
    await gateway.sandbox.changeAccount(apiKey, { faults: [] });
  });

  test.each(['', '?exchange=binanceus', '?exchange=kraken', '?exchange=paper_trading'])(
    '%s: an exchange without it answers 400, with keys or without',
    async (query) => {
      const { caller } = await aHolder('binance_us');
      const answer = await caller.get(`/api/exchange/bnb-burn${query}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ detail: expect.stringMatching(/has no such operation$/) });
      const name = /=(.*)/.exec(query)?.[1];
      const set = await caller.post('/api/exchange/bnb-burn', {
        spot_bnb_burn: true,
        ...(name !== undefined && { exchange: name }),
      });
      expect(set.status).toBe(400);
      expect(await auditOf(caller)).toEqual([]);
    },
  );

  test('without keys of the exchange there is nothing to ask with', async () => {
    const caller = await gateway.newCaller();
    expect((await caller.get('/api/exchange/bnb-burn?exchange=binance')).status).toBe(404);
    expect((await caller.get('/api/exchange/dust-assets')).status).toBe(404);
  });

  test('bad parameters are listed', async () => {
    const caller = await gateway.newCaller();
    const answer = await caller.post('/api/exchange/bnb-burn', { spot_bnb_burn: 'maybe', exchange: 'mtgox' });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      detail: [
        { loc: ['body', 'spot_bnb_burn'], type: 'bool_parsing' },
        { loc: ['body', 'exchange'], type: 'value_error' },
      ],
    });
  });
});

interface DustRow {
  readonly asset: string;
  readonly [field: string]: unknown;
}

describe('dust-assets', () => {
  const balances = { BTC: '1', DOGE: '1.5', SHIB: '1000', BNB: '0.001' };

  test('Binance.US is the exchange that is meant when none is named', async () => {
    const { caller } = await aHolder('binance_us', { balances });
    const answer = await caller.get('/api/exchange/dust-assets');
    expect(answer.status).toBe(200);
    const { assets, ...rest } = answer.body as { assets: DustRow[] };
    expect(rest).toEqual({
      exchange: 'binanceus',
      target_asset: 'BNB',
      total_count: assets.length,
      total_to_btc: null,
      total_to_target: expect.any(Number),
      total_usd_value: expect.any(Number),
      fee_rate: null,
      within_restricted_time: false,
      min_usd: 0.01,
      max_usd: 20,
      timestamp: expect.stringMatching(MOMENT),
    });
    expect(assets.map(({ asset }) => asset)).toContain('DOGE');
    expect(assets.map(({ asset }) => asset)).not.toContain('BNB');
    for (const row of assets)
      expect(row).toEqual({
        asset: expect.any(String),
        asset_full_name: null,
        free: expect.any(Number),
        to_btc: null,
        to_target: expect.any(Number),
        to_target_after_fee: expect.any(Number),
        fee: expect.any(Number),
        usd_value: expect.any(Number),
      });
  });

  test('Binance has the same shape, and is valued with its own prices', async () => {
    const { caller } = await aHolder('binance', { balances });
    const answer = await caller.get('/api/exchange/dust-assets?exchange=binance');
    const { assets, ...rest } = answer.body as { assets: DustRow[] };
    expect(rest).toEqual({
      exchange: 'binance',
      target_asset: 'BNB',
      total_count: 2,
      total_to_btc: expect.any(Number),
      total_to_target: expect.any(Number),
      total_usd_value: expect.any(Number),
      fee_rate: 0.02,
      within_restricted_time: false,
      min_usd: null,
      max_usd: null,
      timestamp: expect.stringMatching(MOMENT),
    });
    expect(assets.map(({ asset }) => asset).sort()).toEqual(['DOGE', 'SHIB']);
    expect(assets).toContainEqual(
      expect.objectContaining({
        asset: 'DOGE',
        asset_full_name: 'DOGE',
        free: 1.5,
        usd_value: expect.any(Number),
      }),
    );
  });

  test('amounts keep every digit', async () => {
    const dust = '0.000000000000000123456789';
    const { caller } = await aHolder('binance', { balances: { DOGE: dust } });
    expect((await caller.get('/api/exchange/dust-assets?exchange=binance')).text).toContain(
      `"free":${dust},`,
    );
  });

  test('nothing to convert is an empty list', async () => {
    const { caller } = await aHolder('binance', { balances: { BNB: '0.01' } });
    expect((await caller.get('/api/exchange/dust-assets?exchange=binance')).body).toMatchObject({
      assets: [],
      total_count: 0,
      total_to_btc: 0,
      total_to_target: 0,
      total_usd_value: 0,
    });
  });

  test('an exchange without it answers 400 and is not asked', async () => {
    const caller = await gateway.newCaller();
    expect(await caller.get('/api/exchange/dust-assets?exchange=kraken')).toMatchObject({
      status: 400,
      text: '{"detail":"Kraken has no such operation"}',
    });
  });
});
