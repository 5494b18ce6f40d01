/** SQL that makes a credential a trap, as the owner of the tables: the gateway can neither see nor set one. */
import type { TenantSession } from '../db/tenant-database.ts';
import type { SealingKey } from '../exchanges/exchange.ts';
import { publicJwkSchema } from './sealed-header.ts';

const FIND_SEALING_KEY = {
  name: 'canaries.find-sealing-key',
  text: `select id, public_jwk from tenant_keys where tenant_id = $1 and state = 'active'`,
};
const INSERT = {
  name: 'canaries.insert',
  text: 'insert into canary_credentials (tenant_id, credential_id) values ($1, $2)',
};

export const createCanaryStore = (session: TenantSession) => ({
  async findSealingKey(): Promise<SealingKey | undefined> {
    const [row] = await session.query<{ id: string; public_jwk: unknown }>(FIND_SEALING_KEY, [
      session.tenantId,
    ]);
    return row === undefined
      ? undefined
      : { keyId: row.id, publicJwk: publicJwkSchema.parse(row.public_jwk) };
  },
  async insert(credentialId: string): Promise<void> {
    await session.query(INSERT, [session.tenantId, credentialId]);
  },
});
