/** Clients of the SDK for tests: of a tenant of the test gateway, with a key of any algorithm. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SCOPES } from '../../src/auth/actor.ts';
import { type Client, type ClientOptions, createClient } from '../../src/sdk/client.ts';
import type { Algorithm, ClientKey } from '../../src/sdk/signing-key.ts';
import type { TestCaller } from '../support/test-caller.ts';
import type { TestGateway } from '../support/test-gateway.ts';

export const ALGORITHMS: readonly Algorithm[] = [
  'hmac-sha256',
  'ed25519',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];

export const keyOf = ({ apiKey, apiSecret }: TestCaller): ClientKey => ({ id: apiKey, secret: apiSecret });

/** A client of a new tenant, whose key may do everything. */
export const aClient = async (
  gateway: TestGateway,
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; caller: TestCaller }> => {
  const caller = await gateway.newCaller({ scopes: SCOPES });
  const client = createClient({ baseUrl: gateway.baseUrl, key: keyOf(caller), retries: 0, ...options });
  return { client, caller };
};

export const newKeyPair = (
  algorithm: Exclude<Algorithm, 'hmac-sha256'>,
): { privateKey: KeyObject; publicKey: KeyObject } =>
  algorithm === 'ed25519'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** A key of the client's tenant, made over the API as a caller makes it. */
export const newKey = async (client: Client, algorithm: Algorithm): Promise<ClientKey> => {
  const name = `A key of ${algorithm}`;
  const scopes = ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'] as const;
  if (algorithm === 'hmac-sha256') {
    const { api_key: id, api_secret: secret } = await client.keys.create({ name, scopes, algorithm });
    if (secret === null) throw new Error('a new HMAC key came without its secret');
    return { id, secret };
  }
  const { privateKey, publicKey } = newKeyPair(algorithm);
  const { api_key: id } = await client.keys.create({
    name,
    scopes,
    algorithm,
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  return { id, algorithm, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};
