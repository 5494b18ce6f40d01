/** PUT and DELETE of stored exchange keys: proven, then swapped; what was replaced or deleted never comes back. */
import { describe, expect, test } from '@jest/globals';
import { createBearerCaller, newToken, nextMoment } from '../support/test-token.ts';
import { bodyOf, problemsOf, useCredentials } from './credentials-fixture.ts';

const use = useCredentials();

interface Stored {
  readonly generation: number;
  readonly sealed: string | null;
  readonly fingerprint: string;
}

const storedKeys = async (id: string): Promise<Stored | undefined> => {
  const [row] = await use.rows<Stored>(
    "select generation, sealed, encode(fingerprint, 'hex') as fingerprint from credentials where tenant_id = $1 and id = $2",
    [id],
  );
  return row;
};

const btc = async (id: string, venue = 'kraken'): Promise<unknown> => {
  const answer = await use.sync(`exchange=${venue}&credential_id=${id}`);
  return (bodyOf(answer) as { balances: Record<string, { total: number }> }).balances['BTC']?.total;
};

describe('without new keys', () => {
  test('each field changes alone, and no exchange is asked', async () => {
    const sent = await use.keys('binance');
    const before = await use.store('binance', sent, { exchange_metadata: { note: 'old' } });
    await use.gateway.sandbox.changeAccount(sent.api_key, { faults: ['server_error'] });
    const changes = [
      { credential_name: 'Renamed' },
      { ip_whitelist: ['9.9.9.9'] },
      { exchange_metadata: { note: 'new' } },
      { is_active: false },
      { is_active: 'yes', timestamp: nextMoment() },
      { permissions: ['read'] },
    ];
    for (const change of changes) expect((await use.put(before.id, change)).status).toBe(200);
    const { body } = await use.put(before.id, { credential_name: null, api_key: null });
    expect(body).toEqual({
      ...before,
      credential_name: 'Renamed',
      ip_whitelist: ['9.9.9.9'],
      exchange_metadata: { note: 'new', permissions_source: 'exchange' },
      updated_at: expect.any(String),
    });
    expect((await use.auditOf(before.id)).slice(1)).toEqual([
      'credential.updated: success; name',
      'credential.updated: success; ipWhitelist',
      'credential.updated: success; metadata',
      'credential.updated: success; isActive',
      'credential.updated: success; isActive',
      'credential.updated: success; declaredPermissions',
    ]);
  });

  test('an empty body, or none, changes nothing', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const before = (await use.get(id)).body;
    expect((await use.put(id, {})).status).toBe(200);
    const target = `/api/exchange/credentials/${id}`;
    expect((await use.caller.send({ method: 'PUT', target })).status).toBe(200);
    expect((await use.get(id)).body).toEqual(before);
  });

  test('what belongs to the keys does not change alone', async () => {
    const { id } = await use.store('binance', await use.keys('binance'));
    for (const metadata of [{ testnet: true }, { use_us: true }, { customer_id: 'another' }])
      expect(problemsOf(await use.put(id, { exchange_metadata: metadata }))).toEqual([
        'body.exchange_metadata value_error',
      ]);
  });

  test('switched off, the keys are used by nobody, and a connection does not switch them on', async () => {
    const sent = await use.keys('kraken');
    const { id } = await use.store('kraken', sent);
    const account = { type: 'kraken', name: 'Account', api_key: sent.api_key, secret: sent.api_secret };
    const connected = await use.caller.post('/ver1/accounts/new', account);
    expect(connected.status).toBe(201);
    const accountId = (connected.body as { id: number }).id;
    await use.put(id, { is_active: false });
    expect(await use.balance(`exchange=kraken&credential_id=${id}`)).toMatchObject({ status: 409 });
    expect(await use.sync(`exchange=kraken&credential_id=${id}`)).toMatchObject({ status: 409 });
    expect((await use.caller.post(`/ver1/accounts/${accountId}/load_balances`)).status).toBe(409);
    await use.caller.post(`/ver1/accounts/${accountId}/remove`);
    expect(await use.caller.post('/ver1/accounts/new', account)).toMatchObject({
      status: 400,
      body: { error_attributes: { api_key: ['is stored and switched off'] } },
    });
    expect((await use.put(id, { is_active: true, timestamp: nextMoment() })).status).toBe(200);
    expect((await use.caller.post('/ver1/accounts/new', account)).status).toBe(201);
  });
});

describe('new keys', () => {
  test.each(['binance', 'kraken', 'okx', 'bitstamp'])(
    '%s: take the place of the old ones, with what they open',
    async (venue) => {
      const { id } = await use.store(venue, await use.keys(venue));
      expect(await btc(id, venue)).toBe(1.5);
      const fresh = await use.keys(venue, { balances: { BTC: '7' } });
      const answer = await use.put(id, { ...fresh, credential_name: 'Fresh' });
      expect(answer).toMatchObject({ status: 200, body: { id, credential_name: 'Fresh' } });
      expect((await use.get(id)).body).toMatchObject({
        api_key_masked: `${fresh.api_key.slice(0, 4)}****${fresh.api_key.slice(-4)}`,
      });
      expect((await storedKeys(id))?.generation).toBe(2);
      // The balances of the new ones came with the proof.
      expect(await use.balance(`exchange=${venue}&credential_id=${id}`)).toMatchObject({
        body: { balances: { BTC: { total: 7 } } },
      });
      expect(await btc(id, venue)).toBe(7);
    },
  );

  test.each([
    ['a wrong secret', { api_secret: Buffer.alloc(64, 7).toString('base64') }, 422],
    ['an exchange that is down', {}, 503],
  ])('%s: nothing changes, and the old ones go on', async (_what, change, status) => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const before = [await storedKeys(id), (await use.get(id)).body];
    const fresh = await use.keys('kraken', status === 503 ? { faults: ['server_error'] } : {});
    expect((await use.put(id, { ...fresh, ...change, credential_name: 'No' })).status).toBe(status);
    expect([await storedKeys(id), (await use.get(id)).body]).toEqual(before);
    expect(await btc(id)).toBe(1.5);
  });

  test('keys that can withdraw, and those of another credential, are refused', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const withdraw = await use.keys('kraken', { permissions: ['read', 'withdraw'] });
    expect(problemsOf(await use.put(id, { ...withdraw }))).toEqual(['body.api_key withdrawal_enabled']);
    const other = await use.keys('kraken');
    const { id: otherId } = await use.store('kraken', other);
    expect(await use.put(id, { ...other })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining(otherId) },
    });
  });

  test.each([
    [{ api_key: 'k'.repeat(16) }, ['body.api_secret missing']],
    [{ api_secret: 's'.repeat(16) }, ['body.api_key missing']],
    [{ api_passphrase: 'open sesame' }, ['body.api_key missing', 'body.api_secret missing']],
    [{ api_key: 'short', api_secret: 's'.repeat(16) }, ['body.api_key string_too_short']],
  ])('%j: keys come whole', async (sent, problems) => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    expect(problemsOf(await use.put(id, sent))).toEqual(problems);
  });

  test('a replaced key is not put back, on this credential or as another one', async () => {
    const first = await use.keys('kraken');
    const second = await use.keys('kraken');
    const { id } = await use.store('kraken', first);
    expect((await use.put(id, { ...second })).status).toBe(200);
    const stored = await storedKeys(id);
    expect(problemsOf(await use.put(id, { ...first }))).toEqual(['body.api_key value_error']);
    expect(problemsOf(await use.post({ exchange_name: 'kraken', ...first }))).toEqual([
      'body.api_key value_error',
    ]);
    expect(await storedKeys(id)).toEqual(stored);
  });

  test('a request that is sent again does not switch the keys on', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const fresh = await use.keys('kraken');
    expect((await use.put(id, { ...fresh })).status).toBe(200);
    await use.put(id, { is_active: false });
    expect(await use.put(id, { ...fresh })).toMatchObject({ status: 200, body: { is_active: false } });
  });

  test('of two at once each is swapped in whole, or refused', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const both = [
      await use.keys('kraken', { balances: { BTC: '2' } }),
      await use.keys('kraken', { balances: { BTC: '4' } }),
    ];
    const answers = await Promise.all(both.map((sent) => use.put(id, { ...sent })));
    const won = answers.filter(({ status }) => status === 200).length;
    expect(won).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    expect((await storedKeys(id))?.generation).toBe(1 + won);
    expect([2, 4]).toContain(await btc(id));
  });
});

describe('a legacy request that is sent again', () => {
  const MISSING = ['body.timestamp value_error'];

  test('does not store deleted keys', async () => {
    const sent = { exchange_name: 'kraken', ...(await use.keys('kraken')) };
    const { id } = bodyOf(await use.post(sent)) as { id: string };
    await use.remove(id);
    expect(problemsOf(await use.post(sent))).toEqual(MISSING);
    const rows = await use.rows<{ live: number }>(
      `select count(*) as live from credentials d join credentials c
           on c.tenant_id = $1 and c.fingerprint = d.fingerprint and c.shredded_at is null
        where d.tenant_id = $1 and d.id = $2`,
      [id],
    );
    expect(rows).toEqual([{ live: 0 }]);
    // The owner says when, signed with the rest.
    const dated = { ...sent, timestamp: nextMoment() };
    const again = bodyOf(await use.post(dated)) as { id: string };
    await use.remove(again.id);
    expect((await use.post(dated)).status).toBe(401);
    expect((await use.post({ ...sent, timestamp: Date.now() - 120_000 })).status).toBe(401);
  });

  test('does not store keys either that said when, and were deleted within the minute', async () => {
    const dated = { exchange_name: 'kraken', ...(await use.keys('kraken')), timestamp: nextMoment() };
    const { id } = bodyOf(await use.post(dated)) as { id: string };
    await use.remove(id);
    expect((await use.post(dated)).status).toBe(401);
  });

  test('does not switch keys on', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const change = { is_active: true, credential_name: 'On' };
    expect((await use.put(id, change)).status).toBe(200);
    await use.put(id, { is_active: false, credential_name: 'Off' });
    expect(problemsOf(await use.put(id, change))).toEqual(MISSING);
    expect((await use.get(id)).body).toMatchObject({ is_active: false, credential_name: 'Off' });
    const dated = { ...change, timestamp: nextMoment() };
    expect(await use.put(id, dated)).toMatchObject({ status: 200, body: { is_active: true } });
    await use.put(id, { is_active: false });
    expect((await use.put(id, dated)).status).toBe(401);
    expect((await use.get(id)).body).toMatchObject({ is_active: false });
  });

  test('is told from one that a token proves, which needs no time', async () => {
    const bearer = createBearerCaller(use.caller, await newToken(use.caller));
    const sent = await use.keys('kraken');
    const { id } = await use.store('kraken', sent);
    await use.put(id, { is_active: false });
    expect(await use.put(id, { is_active: true }, bearer)).toMatchObject({ body: { is_active: true } });
    await use.remove(id);
    expect((await use.post({ exchange_name: 'kraken', ...sent }, bearer)).status).toBe(200);
  });
});

describe('deleting', () => {
  const historyOf = async (query: string): Promise<number> =>
    (bodyOf(await use.history(query)) as { total_records: number }).total_records;

  test('destroys the keys and keeps what was read with them', async () => {
    const by = await use.gateway.newCaller();
    const { id } = await use.store('kraken', await use.keys('kraken'), {}, by);
    await use.sync('exchange=kraken', by);
    expect((await use.remove(id, '', by)).body).toEqual({
      success: true,
      message: expect.any(String),
      deleted_id: id,
    });
    const [row] = await use.rows<{ sealed: string | null; wallets: number }>(
      `select sealed, (select count(*) from accounts a where a.tenant_id = $1 and a.removed_at is null) as wallets
         from credentials where tenant_id = $1 and id = $2`,
      [id],
      by,
    );
    expect(row).toEqual({ sealed: null, wallets: 0 });
    expect((await use.remove(id, '', by)).text).toBe((await use.get(id, by)).text);
    expect(await use.list('', by)).toEqual([]);
    expect((await use.balance('exchange=kraken', by)).status).toBe(404);
    const history = await use.history('exchange=kraken&currency=BTC', by);
    expect(history.body).toMatchObject({ total_records: 1, history: [{ total: 1.5 }] });
    expect(await use.auditOf(id, by)).toContainEqual('credential.deleted: success');
  });

  test('with delete_history nothing is left to read', async () => {
    const { id } = await use.store('gate_io', await use.keys('gate_io', { trades: 5 }));
    const before = await historyOf('exchange=gate_io&currency=BTC').catch(() => 0);
    await use.sync(`exchange=gate_io&credential_id=${id}`);
    expect(await historyOf(`exchange=gate_io&currency=BTC&credential_id=${id}`)).toBe(before + 1);
    const trades = await use.caller.post(`/api/exchange/trades/sync?exchange=gate_io&credential_id=${id}`);
    expect(trades.body).toMatchObject({ success: true, trades_synced: 5 });
    expect((await use.remove(id, '?delete_history=true')).status).toBe(200);
    const rows = await use.rows<{ left: number }>(
      `select (select count(*) from balance_snapshots s join accounts a on a.tenant_id = $1 and a.id = s.account_id
                where s.tenant_id = $1 and a.credential_id = $2)
            + (select count(*) from equity_snapshots s join accounts a on a.tenant_id = $1 and a.id = s.account_id
                where s.tenant_id = $1 and a.credential_id = $2)
            + (select count(*) from balances b join accounts a on a.tenant_id = $1 and a.id = b.account_id
                where b.tenant_id = $1 and a.credential_id = $2)
            + (select count(*) from trades t where t.tenant_id = $1 and t.credential_id = $2) as left`,
      [id],
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  test('is refused while connected accounts use the keys, and names them', async () => {
    const sent = await use.keys('binance');
    const { id } = await use.store('binance', sent);
    const connected = await use.caller.post('/ver1/accounts/new', {
      type: 'binance',
      name: 'In use',
      api_key: sent.api_key,
      secret: sent.api_secret,
    });
    const accountId = (connected.body as { id: number }).id;
    for (const query of ['', '?delete_history=true'])
      expect(await use.remove(id, query)).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining(String(accountId)) },
      });
    expect((await use.caller.post(`/ver1/accounts/${accountId}/load_balances`)).status).toBe(201);
    await use.caller.post(`/ver1/accounts/${accountId}/remove`);
    // Stored for themselves, the keys outlive the account.
    expect(await btc(id, 'binance')).toBe(1.5);
    expect((await use.remove(id)).status).toBe(200);
  });

  test('of another tenant is answered as if there were none', async () => {
    const stranger = await use.gateway.newCaller();
    const { id } = await use.store('kraken', await use.keys('kraken'));
    const missing = await use.remove('00000000-0000-4000-8000-000000000000', '', stranger);
    expect(missing.status).toBe(404);
    for (const answer of [
      await use.remove(id, '', stranger),
      await use.get(id, stranger),
      await use.put(id, { credential_name: 'Mine' }, stranger),
      await use.sync(`exchange=kraken&credential_id=${id}`, stranger),
    ])
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 404, text: missing.text });
    expect((await use.get(id)).status).toBe(200);
  });
});
