/** An operator whose requests are signed by an admin key, as the command line's would be. */
import { type KeyObject, randomUUID } from 'node:crypto';
import type { Administrator } from '../../src/auth/administrator.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createAdminKeyService } from '../../src/features/administration/admin-key-service.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { Logger } from '../../src/shared/logger.ts';
import { newSigningKey, type Signer, signStrict } from './request-signer.ts';
import { createTestCaller, type TestCaller } from './test-caller.ts';

export interface TestAdmin extends TestCaller {
  /** Row id of the key. */
  readonly id: string;
  readonly signer: NonNullable<TestCaller['signer']>;
  readonly signsWith: Signer;
}

/** What the command line is in tests. */
export const testOperator = (): Administrator => ({
  kind: 'cli',
  id: 'tester',
  name: 'operator tester',
  actor: 'operator tester',
  requestId: randomUUID(),
});

export const createTestAdmin = async (deps: {
  readonly baseUrl: string;
  /** The database as its owner. */
  readonly owner: TenantDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<TestAdmin> => {
  const { baseUrl, owner, clock, logger } = deps;
  const { key, publicKey } = newSigningKey('ed25519');
  const pem = (publicKey as KeyObject).export({ type: 'spki', format: 'pem' }).toString();
  const keys = createAdminKeyService({ database: owner, clock, logger });
  const row = await keys.add(testOperator(), { name: 'Test operator', publicKey: pem });
  const signsWith: Signer = { keyId: row.keyId, algorithm: 'ed25519', key };
  const signer: TestAdmin['signer'] = (request) =>
    signStrict(signsWith, { ...request, host: new URL(baseUrl).host }, { now: clock.now() });
  const identity = { baseUrl, tenantId: '', apiKey: row.keyId, apiSecret: '', signer };
  return { ...createTestCaller(identity), id: row.id, signer, signsWith };
};
