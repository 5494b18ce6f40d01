/** Profit through the whole gateway: syncs, deposits and withdrawals, bases, and the summary. */
import { describe, expect, test } from '@jest/globals';
import { type AccountRecord, DAY_MS, NO_PROFIT, useProfits } from './profit-fixture.ts';

const fixture = useProfits();

describe('what is no profit', () => {
  test('a new account has none, and another sync of the same holdings changes nothing', async () => {
    const { id, ...account } = await fixture.connect();
    expect(account).toMatchObject(NO_PROFIT);
    expect(await fixture.sync(id)).toMatchObject(NO_PROFIT);
  });

  test.each([
    ['binance', 'binance'],
    ['kraken', 'kraken'],
    ['okx', 'okex'],
    ['bybit', 'bybit'],
  ])('%s: a deposit and a withdrawal with its fee', async (venue, type) => {
    const { id, key } = await fixture.connect({ BTC: '1' }, venue, type);
    await fixture.past(id, 2 * DAY_MS, '1', '50000');
    await fixture.gateway.sandbox.addTransfer(key, { type: 'deposit', asset: 'ETH', amount: '2' });
    // Only what changed since the first snapshot is looked at: the first sync sets the scale.
    const before = await fixture.sync(id);
    const after = await fixture.sync(id);
    expect(Number(after.usd_amount)).toBeGreaterThan(50_000);
    expect(after).toEqual({ ...before, updated_at: expect.any(String) });

    await fixture.gateway.sandbox.addTransfer(key, {
      type: 'withdrawal',
      asset: 'ETH',
      amount: '1',
      fee: '0.5',
    });
    const withdrawn = await fixture.sync(id);
    expect(Number(withdrawn.usd_amount)).toBeLessThan(Number(after.usd_amount));
    expect(withdrawn.total_usd_profit).toBeCloseTo(after.total_usd_profit, 6);
    expect(Number(withdrawn.day_profit_btc)).toBeCloseTo(Number(after.day_profit_btc), 9);
  });

  test('a deposit alone leaves exactly zero', async () => {
    const { id, key } = await fixture.connect({ BTC: '1' });
    await fixture.gateway.sandbox.addTransfer(key, { type: 'deposit', asset: 'ETH', amount: '2.5' });
    expect(await fixture.sync(id)).toMatchObject(NO_PROFIT);
    const rows = await fixture.gateway.owner
      .session(fixture.caller.tenantId)
      .query<{ amount: string }>(
        { name: 'test.transfers', text: 'select kind, asset, amount from transfers where tenant_id = $1' },
        [fixture.caller.tenantId],
      );
    expect(rows).toEqual([{ kind: 'deposit', asset: 'ETH', amount: '2.5' }]);
  });

  test('what came before the account was connected', async () => {
    const keys = await fixture.gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    await fixture.gateway.sandbox.addTransfer(keys.api_key, { type: 'deposit', asset: 'ETH', amount: '2' });
    const answer = await fixture.caller.post('/ver1/accounts/new', {
      type: 'binance',
      name: 'Later',
      ...keys,
    });
    const { id } = answer.body as AccountRecord;
    expect(await fixture.sync(id)).toMatchObject(NO_PROFIT);
  });
});

test('what trading brings is profit', async () => {
  const { id, key, usd_amount: before } = await fixture.connect({ BTC: '1', USDT: '1000' });
  await fixture.gateway.sandbox.changeAccount(key, { balances: { BTC: '1.5' } });
  const after = await fixture.sync(id);
  expect(after.total_btc_profit).toBeCloseTo(0.5, 9);
  expect(after.total_usd_profit).toBeCloseTo(Number(after.usd_amount) - Number(before), 6);
  // There is no snapshot of before midnight.
  expect(after).toMatchObject({ day_profit_btc: '0', btc_profit: 0 });
});

describe('bases', () => {
  test('the day compares with the last snapshot before 00:00 UTC, 30 days with the one then', async () => {
    const { id, usd_amount: usd } = await fixture.connect({ BTC: '1' });
    await fixture.past(id, 40 * DAY_MS, '0.2', '1000');
    await fixture.past(id, 31 * DAY_MS, '0.25', '2000');
    await fixture.past(id, 20 * DAY_MS, '0.4', '3000');
    await fixture.past(id, DAY_MS, '0.8', '4000');
    const account = await fixture.sync(id);
    expect(account).toMatchObject({ btc_profit: 0.75, total_btc_profit: 0.8 });
    expect(Number(account.day_profit_btc)).toBeCloseTo(0.2, 12);
    expect(account.day_profit_usd_percentage).toBeCloseTo(((Number(usd) - 4_000) / 4_000) * 100, 6);
    expect(account.usd_profit_percentage).toBeCloseTo(((Number(usd) - 2_000) / 2_000) * 100, 6);
  });
});

describe('transfers that cannot be read', () => {
  test('leave the profits as they were until they can be read again', async () => {
    const { id, key } = await fixture.connect({ BTC: '1' });
    await fixture.gateway.sandbox.changeAccount(key, { balances: { BTC: '1.25' } });
    expect(await fixture.sync(id)).toMatchObject({ total_btc_profit: 0.25 });

    await fixture.gateway.sandbox.addTransfer(key, { type: 'deposit', asset: 'ETH', amount: '3' });
    await fixture.gateway.sandbox.addFault({ venue: 'binance', kind: 'server_error', path: 'capital' });
    const blind = await fixture.sync(id);
    expect(blind.total_btc_profit).toBe(0.25);
    expect(Number(blind.btc_amount)).toBeGreaterThan(1.25);

    await fixture.gateway.sandbox.clearFaults();
    expect((await fixture.sync(id)).total_btc_profit).toBeCloseTo(0.25, 9);
  });

  test('do not carry a profit of yesterday into a day of which nothing is known', async () => {
    const { id } = await fixture.connect({ BTC: '1' });
    await fixture.past(id, DAY_MS, '0.75', '30000');
    expect(await fixture.sync(id)).toMatchObject({ day_profit_btc: '0.25' });
    await fixture.query(
      'test.age-profit',
      "update accounts set profit_as_of = profit_as_of - interval '1 day' where tenant_id = $1 and id = $2",
      id,
    );
    await fixture.gateway.sandbox.addFault({ venue: 'binance', kind: 'server_error', path: 'capital' });
    expect(await fixture.sync(id)).toMatchObject({ day_profit_btc: '0', total_btc_profit: 0.25 });
  });
});

describe('the summary', () => {
  test('adds up what counts in it, and nobody else', async () => {
    const stranger = await fixture.gateway.newCaller();
    const first = await fixture.connect({ BTC: '1' });
    const second = await fixture.connect({ BTC: '3' }, 'kraken');
    const left = await fixture.connect({ BTC: '100' });
    const removed = await fixture.connect({ BTC: '1000' });
    await fixture.past(first.id, DAY_MS, '0.5', '20000');
    await fixture.past(second.id, DAY_MS, '1.5', '60000');
    for (const { id } of [first, second]) await fixture.sync(id);
    await fixture.query(
      'test.leave-out',
      'update accounts set include_in_summary = false where tenant_id = $1 and id = $2',
      left.id,
    );
    await fixture.caller.post(`/ver1/accounts/${removed.id}/remove`);

    const parts = [await fixture.read(first.id), await fixture.read(second.id)];
    const total = (name: keyof AccountRecord) => parts.reduce((sum, part) => sum + Number(part[name]), 0);
    const summary = await fixture.read('summary');
    expect(summary).toMatchObject({
      id: 0,
      name: 'Summary',
      market_code: 'summary',
      btc_amount: '4',
      day_profit_btc: '2',
      total_btc_profit: 2,
      api_key: '',
      supported_market_types: ['spot'],
      auto_balance_portfolio: null,
    });
    for (const name of ['usd_amount', 'day_profit_usd', 'total_usd_profit'] as const)
      expect(Number(summary[name])).toBeCloseTo(total(name), 6);
    expect(summary.day_profit_usd_percentage).toBeCloseTo((total('day_profit_usd') / 80_000) * 100, 6);

    const nothing = await stranger.get('/ver1/accounts/summary');
    expect(nothing.body).toMatchObject({ btc_amount: '0', usd_amount: '0', ...NO_PROFIT });
    const paper = await fixture.caller.send({
      method: 'GET',
      target: '/public/api/ver1/accounts/summary',
      headers: { 'Forced-Mode': 'paper' },
    });
    expect(paper.body).toMatchObject({ btc_amount: '0', supported_market_types: [] });
  });

  test('has the fields of an account in their order, and its picture is there', async () => {
    const { id } = await fixture.connect();
    const summary = (await fixture.caller.get('/ver1/accounts/summary')).body as Record<string, unknown>;
    const account = (await fixture.caller.get(`/ver1/accounts/${id}`)).body as Record<string, unknown>;
    expect(Object.keys(summary)).toEqual(Object.keys(account));
    expect(await (await fetch(String(summary['market_icon']))).text()).toContain('<title>Summary</title>');
  });

  test('needs the right to read', async () => {
    const writer = await fixture.gateway.newCaller({ scopes: ['ACCOUNTS_WRITE'] });
    expect((await writer.get('/ver1/accounts/summary')).status).toBe(403);
  });
});
