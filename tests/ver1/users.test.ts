/** What a caller can ask and change about its own key: mode, permissions. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const MODE = '/ver1/users/current_mode';

test('the mode is kept with the key, shows other accounts, and Forced-Mode stands above it', async () => {
  const caller = await gateway.newCaller();
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Real', ...keys });
  await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' });
  const names = async (forced?: string) => {
    const headers = forced === undefined ? {} : { 'Forced-Mode': forced };
    const { body } = await caller.send({ method: 'GET', target: '/ver1/accounts', headers });
    return (body as { name: string }[]).map(({ name }) => name);
  };
  expect([(await caller.get(MODE)).body, await names()]).toEqual([{ mode: 'real' }, ['Real']]);
  for (const [mode, seen, other] of [
    ['paper', 'Paper', 'real'],
    ['real', 'Real', 'paper'],
  ] as const) {
    expect(await caller.post('/ver1/users/change_mode', { mode })).toMatchObject({
      status: 201,
      text: 'true',
    });
    // At once, in this process: no request after the answer sees the mode before.
    expect([(await caller.get(MODE)).body, await names()]).toEqual([{ mode }, [seen]]);
    expect(await names(other)).not.toEqual([seen]);
    const forced = await caller.send({ method: 'GET', target: MODE, headers: { 'Forced-Mode': other } });
    expect(forced.body).toEqual({ mode: other });
  }
});

test('the mode belongs to one key, and each change of it is written down once', async () => {
  const caller = await gateway.newCaller();
  const second = await gateway.newCaller({ tenantId: caller.tenantId });
  for (let time = 0; time < 2; time += 1) await caller.post('/ver1/users/change_mode', { mode: 'paper' });
  expect((await second.get(MODE)).body).toEqual({ mode: 'real' });
  const rows = await gateway.owner.session(caller.tenantId).query(
    {
      name: 'test.mode-audit',
      text: "select 1 from audit_log where tenant_id = $1 and action = 'key.mode_paper'",
    },
    [caller.tenantId],
  );
  expect(rows).toHaveLength(1);
});

test.each<[object, string]>([
  [{}, 'is missing'],
  [{ mode: '' }, 'is empty'],
  [{ mode: 'demo' }, 'does not have a valid value'],
  [{ mode: 1 }, 'does not have a valid value'],
])('change_mode with %j: %s', async (parameters, message) => {
  const caller = await gateway.newCaller();
  expect(await caller.post('/ver1/users/change_mode', { ...parameters })).toMatchObject({
    status: 400,
    body: { error: 'record_invalid', error_attributes: { mode: [message] } },
  });
});

test('permissions_info tells what the key may do, to a key with any scope', async () => {
  const caller = await gateway.newCaller({ scopes: ['BOTS_READ'] });
  const read = () => caller.get('/ver1/users/permissions_info');
  expect((await read()).body).toEqual({
    permissions: ['BOTS_READ'],
    mode: 'real',
    algorithm: 'hmac-sha256',
    profile: 'legacy',
    ip_whitelist: [],
    expires_at: null,
    allowed_account_ids: null,
  });
  const stored = await gateway.newCaller({ tenantId: caller.tenantId });
  await gateway.owner.session(caller.tenantId).query(
    {
      name: 'test.limit-key',
      text: `update caller_keys set ip_allowlist = '{127.0.0.0/8,::1/128}', expires_at = '2099-01-02T03:04:05.678Z'
              where tenant_id = $1 and key_id = $2`,
    },
    [caller.tenantId, stored.apiKey],
  );
  expect((await stored.get('/ver1/users/permissions_info')).body).toMatchObject({
    ip_whitelist: ['127.0.0.0/8', '::1/128'],
    expires_at: '2099-01-02T03:04:05.678Z',
  });
});
