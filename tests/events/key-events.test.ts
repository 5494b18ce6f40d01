/** What happens to caller keys, and what strangers try with them, is told to those who manage keys. */
import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { allEvents, done, eventOf, keyIdOf, listEvents, toldBy, useEvents } from './events-fixture.ts';

const use = useEvents();

let asked = 0;
/** What a legacy signature needs beside it counts once. */
const dated = (parameters: object = {}) => {
  asked += 1;
  return { ...parameters, timestamp: Date.now() + asked };
};

test('a key is told of from its making to its end', async () => {
  const caller = await use.aCaller();
  let id = '';
  const told = async (work: () => Promise<unknown>) =>
    (await toldBy(caller, work)).map(({ type, data, account_id: account }) => {
      expect([data, account]).toEqual([{ key_id: id }, null]);
      return type;
    });
  const create = async () => {
    const made = await caller.post('/api/keys', dated({ name: 'New', scopes: [] }));
    id = (done(made) as { id: string }).id;
  };
  expect(await told(create)).toEqual(['key.created']);
  const patch = () =>
    caller.send({
      method: 'PATCH',
      target: `/api/keys/${id}`,
      body: JSON.stringify(dated({ name: 'Renamed' })),
      headers: { 'Content-Type': 'application/json' },
    });
  expect(await told(async () => done(await patch()))).toEqual(['key.updated']);
  expect(await told(async () => done(await caller.post(`/api/keys/${id}/rotate`, dated())))).toEqual([
    'key.rotated',
  ]);
  const revoke = async () => done(await caller.delete(`/api/keys/${id}`));
  expect(await told(revoke)).toEqual(['key.revoked']);
  expect(await told(revoke)).toEqual([]);
});

test('a mode that a key chooses for itself is a change of the key', async () => {
  const caller = await use.aCaller();
  const events = await toldBy(caller, () => caller.post('/ver1/users/change_mode', { mode: 'paper' }));
  expect(events.map(({ type, data }) => [type, data])).toEqual([
    ['key.updated', { key_id: await keyIdOf(caller) }],
  ]);
});

test('a signed request from an address that the key does not allow is told of once', async () => {
  const owner = await use.aCaller();
  const bound = await use.gateway.newCaller({
    scopes: SCOPES,
    tenantId: owner.tenantId,
    key: { ipAllowlist: ['203.0.113.0/24'] },
  });
  for (let attempt = 0; attempt < 2; attempt += 1)
    expect((await bound.get('/ver1/accounts')).status).toBeGreaterThanOrEqual(401);
  const event = await eventOf(owner, 'security.address_refused');
  expect(event.data).toEqual({ key_id: expect.any(String), address: '127.0.0.1' });
  // A wrong signature tells nothing of whoever has the key.
  const guess = { Apikey: bound.apiKey, Signature: createHmac('sha256', 'x').update('y').digest('hex') };
  await owner.send({ method: 'GET', target: '/ver1/accounts', headers: guess });
  const told = (await allEvents(owner)).filter(({ type }) => type === 'security.address_refused');
  expect(told).toHaveLength(1);
});

test('a key without KEYS_WRITE hears nothing of keys', async () => {
  const owner = await use.aCaller();
  await use.connect(owner, 'kraken');
  done(await owner.post('/api/keys', dated({ name: 'New', scopes: [] })));
  const reader = await use.gateway.newCaller({ scopes: ['ACCOUNTS_READ'], tenantId: owner.tenantId });
  const { items, next } = await listEvents(reader);
  expect(items.map(({ type }) => type)).toEqual(['credential.stored', 'account.connected']);
  expect(next).toBe(3);
  const refused = await reader.get('/api/events?types=key.created');
  expect([refused.status, refused.body]).toEqual([
    403,
    { detail: 'key.created needs the scope KEYS_WRITE, which the key or token lacks' },
  ]);
});
