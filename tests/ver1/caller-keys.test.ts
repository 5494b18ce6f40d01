/** What ends a caller key ends it at once, although keys are kept in memory. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registerPublicKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { sealCallerSecret } from '../../src/features/caller-keys/caller-secret.ts';
import { createTestCaller, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let offsetMs = 0;

beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => Date.now() + offsetMs } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const change = (caller: TestCaller, text: string, values: readonly unknown[] = []): Promise<object[]> =>
  gateway.owner
    .session(caller.tenantId)
    .query({ name: `test.${randomUUID()}`, text }, [caller.tenantId, ...values]);

const validate = async (caller: TestCaller): Promise<number> => (await caller.get('/ver1/validate')).status;

/** The change travels by NOTIFY; how long it takes is not what is tested. */
const until = async (caller: TestCaller, status: number): Promise<void> => {
  while ((await validate(caller)) !== status) await delay(10);
};

test('a revoked key, a suspended tenant and a raised profile floor are refused without a restart', async () => {
  const statements = [
    'update caller_keys set revoked_at = now() where tenant_id = $1',
    "update tenants set status = 'suspended' where id = $1",
    "update caller_keys set profile_floor = 'strict' where tenant_id = $1",
    "update caller_keys set ip_allowlist = '{10.0.0.0/8}' where tenant_id = $1",
  ];
  for (const statement of statements) {
    const caller = await gateway.newCaller();
    expect(await validate(caller)).toBe(200);
    await change(caller, statement);
    await until(caller, 401);
    expect((await caller.get('/ver1/validate')).body).toMatchObject({ error: 'signature_invalid' });
  }
});

test('a suspended tenant that is active again is served again', async () => {
  const caller = await gateway.newCaller();
  await change(caller, "update tenants set status = 'suspended' where id = $1");
  await until(caller, 401);
  await change(caller, "update tenants set status = 'active' where id = $1");
  await until(caller, 200);
});

test('during a rotation both secrets work, and the old one ends with its overlap', async () => {
  const caller = await gateway.newCaller();
  const [row] = (await change(caller, 'select id from caller_keys where tenant_id = $1')) as { id: string }[];
  const place = { tenantId: caller.tenantId, callerKeyId: row?.id ?? '' };
  const fresh = createTestCaller({ ...caller, apiSecret: 'b'.repeat(64) });
  await change(
    caller,
    `update caller_keys set previous_secret_jwe = secret_jwe, secret_jwe = $2, previous_secret_expires_at = $3
      where tenant_id = $1`,
    [
      await sealCallerSecret(gateway.gatewayKek, place, fresh.apiSecret),
      new Date(Date.now() + offsetMs + 600_000),
    ],
  );
  await until(fresh, 200);
  expect(await validate(caller)).toBe(200);
  // Time only goes forward: the limits of the gateway read the same clock.
  offsetMs += 700_000;
  expect(await validate(caller)).toBe(401);
  expect(await validate(fresh)).toBe(200);
});

test('a caller with a registered RSA key signs in base64 and leaves no secret here', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const other = await gateway.newCaller();
  const { keyId: apiKey } = await gateway.owner.transact(other.tenantId, (session) =>
    registerPublicKey(session, {
      name: 'RSA key',
      algorithm: 'rsa-v1_5-sha256',
      scopes: ['ACCOUNTS_READ'],
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    }),
  );
  const target = '/public/api/ver1/accounts?page=1';
  const signature = sign('sha256', Buffer.from(target), privateKey).toString('base64');
  const answer = await other.send({
    method: 'GET',
    target,
    headers: { Apikey: apiKey, Signature: signature },
  });
  expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: [] });
  const forged = await other.send({
    method: 'GET',
    target: target.replace('page=1', 'page=2'),
    headers: { Apikey: apiKey, Signature: signature },
  });
  expect(forged.status).toBe(401);
});
