/** A tenant of its own with one key that may read, for benchmarks that ask as one caller. */
import { randomUUID } from 'node:crypto';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { createLogger } from '../../src/shared/logger.ts';
import type { BenchCaller } from './bench-data.ts';

export const seedCaller = async (ownerUrl: string, gatewayKek: Buffer): Promise<BenchCaller> => {
  await using owner = createTenantDatabase({
    url: ownerUrl,
    logger: createLogger('bench', 'warn'),
    applicationName: 'bench',
  });
  const tenantId = randomUUID();
  return await owner.transact(tenantId, async (session) => {
    await createTenantStore(session).ensure('Bench');
    const key = await issueHmacKey(session, gatewayKek, { name: 'Bench', scopes: ['ACCOUNTS_READ'] });
    return { tenantId, ...key };
  });
};
