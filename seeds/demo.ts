/** The demo tenant of a development gateway, with one caller key that may do all there is to try. */
import type { TenantDatabase } from '../src/db/tenant-database.ts';
import { type IssuedCallerKey, issueHmacKey } from '../src/features/caller-keys/caller-key-issuer.ts';
import { createCallerKeyStore } from '../src/features/caller-keys/caller-key-store.ts';
import { openCallerSecret } from '../src/features/caller-keys/caller-secret.ts';
import { createTenantStore } from '../src/features/tenants/tenant-store.ts';

const DEMO_TENANT_ID = '00000000-0000-4000-8000-00000000de30';
const KEY_NAME = 'Demo key';

/** Runs at every start: makes what is missing and answers the key that is there. */
export const seedDemo = (database: TenantDatabase, gatewayKek: Buffer): Promise<IssuedCallerKey> =>
  database.transact(DEMO_TENANT_ID, async (session) => {
    await createTenantStore(session).ensure('Demo tenant');
    const key = await createCallerKeyStore(session).findByName(KEY_NAME);
    if (key?.secretJwe == null) {
      return issueHmacKey(session, gatewayKek, {
        name: KEY_NAME,
        scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE', 'KEYS_WRITE', 'WEBHOOKS_WRITE'],
      });
    }
    const place = { tenantId: DEMO_TENANT_ID, callerKeyId: key.id };
    const secret = await openCallerSecret(gatewayKek, place, key.secretJwe);
    return { apiKey: key.keyId, apiSecret: secret.toString('utf8') };
  });
