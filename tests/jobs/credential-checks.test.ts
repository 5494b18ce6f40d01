/** The daily check of stored exchange keys: what it finds is stored and told, and what it must not touch it leaves alone. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type SentKeys, useCredentials } from '../api/credentials-fixture.ts';
import { nextMoment } from '../support/test-token.ts';

const use = useCredentials({ jobs: { pollMs: 20 } });

interface CheckRow {
  readonly due: boolean;
  readonly minutes: number;
  readonly failures: number;
  readonly leased: boolean;
}

const checkRow = async (id: string): Promise<CheckRow | undefined> => {
  const [row] = await use.rows<CheckRow>(
    `select due_at <= now() as due, (extract(epoch from due_at - now()) / 60)::float as minutes, failures,
            lease_id is not null as leased
       from jobs where tenant_id = $1 and credential_id = $2::uuid and kind = 'credential_check'`,
    [id],
  );
  return row;
};

/** Lets the worker take it now, and waits until it has. */
const check = async (id: string): Promise<CheckRow> => {
  await use.rows(
    `update jobs set due_at = now() - interval '1 minute'
      where tenant_id = $1 and credential_id = $2::uuid and kind = 'credential_check'`,
    [id],
  );
  for (;;) {
    const row = await checkRow(id);
    if (row !== undefined && !row.due && !row.leased) return row;
    await delay(10);
  }
};

const untilChecked = async (tenantId: string, id: string): Promise<void> => {
  const ask = <Row extends object>(name: string, text: string) =>
    use.gateway.owner.shared.query<Row>({ name: `test.${name}`, text }, [tenantId, id]);
  await ask('due', 'update jobs set due_at = now() where tenant_id = $1 and credential_id = $2');
  const finished =
    'select id from jobs where tenant_id = $1 and credential_id = $2 and last_finished_at is not null';
  while ((await ask('finished', finished)).length === 0) await delay(10);
};

const read = async (id: string) => (await use.get(id)).body as Record<string, unknown>;

const setAccount = (sent: SentKeys, change: Readonly<Record<string, unknown>>): Promise<void> =>
  use.gateway.sandbox.changeAccount(sent.api_key, change);

const openings = async (id: string): Promise<number> => {
  const rows = await use.rows(
    "select seq from audit_log where tenant_id = $1 and object = $2 and action = 'secret.opened'",
    [`credential:${id}`],
  );
  return rows.length;
};

const DAY_MINUTES = 24 * 60;

describe('a check', () => {
  test('that finds everything as it was says so, and is due again after a day', async () => {
    const { id } = await use.store('binance', await use.keys('binance'));
    const fresh = await checkRow(id);
    expect(fresh?.minutes).toBeGreaterThan(0.4 * DAY_MINUTES);
    await use.rows('update credentials set last_validated_at = null where tenant_id = $1 and id = $2', [id]);
    const { minutes, failures } = await check(id);
    expect(minutes).toBeGreaterThan(0.85 * DAY_MINUTES);
    expect(minutes).toBeLessThan(1.15 * DAY_MINUTES);
    expect(failures).toBe(0);
    expect(await read(id)).toMatchObject({ validation_status: 'valid', last_validation: expect.any(String) });
    expect((await use.auditOf(id)).slice(1)).toEqual([]);
  });

  test('stores and tells rights that changed', async () => {
    const sent = await use.keys('binance', { permissions: ['read'] });
    const { id } = await use.store('binance', sent);
    await setAccount(sent, { permissions: ['read', 'trade', 'withdraw'] });
    await check(id);
    expect(await read(id)).toMatchObject({
      permissions: ['read', 'trade', 'withdraw'],
      validation_status: 'withdrawal_enabled',
      validation_error: expect.any(String),
      is_active: true,
    });
    // A use proves that they work, not what they may do.
    await use.rows('update credentials set last_used_at = null where tenant_id = $1 and id = $2', [id]);
    await use.sync(`exchange=binance&credential_id=${id}`);
    expect(await read(id)).toMatchObject({ validation_status: 'withdrawal_enabled' });
    await setAccount(sent, { permissions: ['read'] });
    await check(id);
    expect(await read(id)).toMatchObject({ permissions: ['read'], validation_status: 'valid' });
    expect((await use.auditOf(id)).slice(1)).toEqual([
      'credential.changed: success; can trade: no → yes; can withdraw: no → yes; found withdrawal_enabled',
      'credential.changed: success; can trade: yes → no; can withdraw: yes → no; found valid',
    ]);
  });

  test('locks the accounts of refused keys, and unlocks them when they work again', async () => {
    const sent = await use.keys('kraken');
    const { id } = await use.store('kraken', sent);
    const connected = await use.caller.post('/ver1/accounts/new', {
      type: 'kraken',
      name: 'Locked',
      api_key: sent.api_key,
      secret: sent.api_secret,
    });
    const { id: accountId } = connected.body as { id: number };
    await setAccount(sent, { faults: ['invalid_key'] });
    await check(id);
    expect(await read(id)).toMatchObject({
      validation_status: 'invalid',
      validation_error: expect.any(String),
    });
    expect((await use.caller.get(`/ver1/accounts/${accountId}`)).body).toMatchObject({
      is_locked: true,
      lock_reason: 'invalid_api_key',
    });
    await setAccount(sent, { faults: [] });
    await check(id);
    expect(await read(id)).toMatchObject({ validation_status: 'valid', validation_error: null });
    expect((await use.caller.get(`/ver1/accounts/${accountId}`)).body).toMatchObject({ is_locked: false });
    expect((await use.auditOf(id)).slice(1)).toEqual([
      'credential.changed: success; found invalid',
      'credential.changed: success; found valid',
    ]);
  });

  test('that gets no answer leaves all as it is, and comes back in an hour, then later', async () => {
    const sent = await use.keys('bitfinex');
    const { id } = await use.store('bitfinex', sent);
    const before = await read(id);
    await setAccount(sent, { faults: ['server_error'] });
    for (const [failures, hours] of [
      [1, 1],
      [2, 2],
    ] as const) {
      const row = await check(id);
      expect(row.failures).toBe(failures);
      expect(row.minutes).toBeGreaterThan(hours * 60 * 0.85);
      expect(row.minutes).toBeLessThan(hours * 60 * 1.15);
    }
    expect(await read(id)).toEqual(before);
    await setAccount(sent, { faults: [] });
    expect((await check(id)).failures).toBe(0);
  });

  test('proves keys that came in unproven, and switches off those that may do too much', async () => {
    const account = { faults: ['server_error'] };
    const good = await use.keys('okx', account);
    const bad = await use.keys('okx', { ...account, permissions: ['read', 'withdraw'] });
    const ids = [(await use.store('okx', good)).id, (await use.store('okx', bad)).id] as const;
    for (const sent of [good, bad]) await setAccount(sent, { faults: [] });
    await check(ids[0]);
    await use.rows(
      `update jobs set due_at = now()
        where tenant_id = $1 and credential_id = $2::uuid and kind = 'credential_check'`,
      [ids[1]],
    );
    while ((await checkRow(ids[1])) !== undefined) await delay(10);
    expect(await read(ids[0])).toMatchObject({ validation_status: 'valid', is_active: true });
    expect(await read(ids[1])).toMatchObject({ validation_status: 'withdrawal_enabled', is_active: false });
    expect((await use.auditOf(ids[1])).slice(1)).toEqual([
      'credential.changed: success; found withdrawal_enabled; switched off',
    ]);
  });
});

describe('not checked', () => {
  test('are credentials that are switched off, deleted, or on paper', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    await use.put(id, { is_active: false });
    expect(await checkRow(id)).toBeUndefined();
    await use.put(id, { is_active: true, timestamp: nextMoment() });
    expect(await checkRow(id)).toBeDefined();
    await use.remove(id);
    expect(await checkRow(id)).toBeUndefined();
    await use.caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' });
    const rows = await use.rows(
      "select id from jobs where tenant_id = $1 and kind = 'credential_check' and lane = 'paper_trading'",
    );
    expect(rows).toEqual([]);
  });

  test('are keys that nobody stored and nobody uses: they may be traps', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    await use.rows('update credentials set is_kept = false where tenant_id = $1 and id = $2', [id]);
    const before = await openings(id);
    await check(id);
    expect(await openings(id)).toBe(before);
    expect((await use.get(id)).status).toBe(404);
  });

  test('are those of a suspended tenant, until it is active again', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const before = await openings(id);
    await use.rows("update tenants set status = 'suspended' where id = $1");
    await use.rows('update jobs set due_at = now() where tenant_id = $1 and credential_id = $2::uuid', [id]);
    // Due later, of the same exchange, and checked: the worker has passed by what it leaves alone.
    const other = await use.gateway.newCaller();
    const { id: later } = await use.store('kraken', await use.keys('kraken'), {}, other);
    await untilChecked(other.tenantId, later);
    expect(await openings(id)).toBe(before);
    await use.rows("update tenants set status = 'active' where id = $1");
    await check(id);
    const outcomes = await use.rows(
      "select last_outcome from jobs where tenant_id = $1 and credential_id = $2::uuid and kind = 'credential_check'",
      [id],
    );
    expect(outcomes).toEqual([{ last_outcome: 'checked' }]);
  });
});
