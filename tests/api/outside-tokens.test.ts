/** Tokens of an issuer elsewhere through the whole gateway: as good as the caller key that they act through. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { createDisposables } from '../support/disposables.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createBearerCaller } from '../support/test-token.ts';

const ISSUER = 'https://login.example';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const callerKeys: Record<string, string> = {};
const resources = createDisposables();
let gateway: TestGateway;

beforeAll(async () => {
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }];
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  resources.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  gateway = await startTestGateway({
    outsideIssuers: [
      {
        issuer: ISSUER,
        audience: 'gateway',
        jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
        algorithms: ['ES256'],
        longestSeconds: 900,
        identityClaim: 'sub',
        callerKeys,
        scopeClaim: 'scope',
      },
    ],
  });
  resources.defer(() => gateway[Symbol.asyncDispose]());
});
afterAll(() => resources.dispose());

const signIn = async (by: TestCaller, scope: string): Promise<TestCaller> => {
  const subject = randomUUID();
  callerKeys[subject] = by.apiKey;
  const token = await new SignJWT({ scope })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience('gateway')
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(privateKey);
  return createBearerCaller(by, token);
};

test('it has the scopes that both the token and the key have, in the tenant of the key', async () => {
  const owner = await gateway.newCaller({ scopes: ['ACCOUNTS_READ'] });
  const signedIn = await signIn(owner, 'ACCOUNTS_READ ACCOUNTS_WRITE');
  expect((await signedIn.get('/ver1/users/permissions_info')).body).toMatchObject({
    permissions: ['ACCOUNTS_READ'],
  });
  const answer = await signedIn.post('/api/portfolios', { name: 'Any', weights: { BTC: 100 } });
  expect(answer.status).toBe(403);
  expect((await (await signIn(owner, 'openid')).get('/ver1/accounts')).status).toBe(403);
});

test('it ends with the key', async () => {
  const owner = await gateway.newCaller();
  const signedIn = await signIn(owner, 'ACCOUNTS_READ');
  expect((await signedIn.get('/ver1/accounts')).status).toBe(200);
  await gateway.owner
    .session(owner.tenantId)
    .query({ name: 'test.revoke', text: 'update caller_keys set revoked_at = now() where tenant_id = $1' }, [
      owner.tenantId,
    ]);
  while ((await signedIn.get('/ver1/accounts')).status === 200) await delay(10);
  expect((await signedIn.get('/ver1/accounts')).status).toBe(401);
});

test('it asks for no token of ours', async () => {
  const signedIn = await signIn(await gateway.newCaller(), 'ACCOUNTS_READ');
  expect((await signedIn.post('/api/auth/token', { scopes: ['ACCOUNTS_READ'] })).status).toBe(403);
});
