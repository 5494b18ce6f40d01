/** Custody's SQL: tenant key pairs, sealed credentials, and the record of every opening. */
import { z } from 'zod';
import type { Statement, TenantDatabase } from '../db/tenant-database.ts';
import type { SealingKey } from '../exchanges/exchange.ts';
import { publicJwkSchema } from './sealed-header.ts';

export interface TenantKeyRow {
  readonly id: string;
  /** Compact JWE under a root key; null once the key is destroyed. */
  readonly privateWrapped: string | null;
  readonly kekId: string;
  readonly state: 'active' | 'retired' | 'destroyed';
}

interface SealedCredential {
  readonly venue: string;
  readonly generation: number;
  readonly sealed: string;
  readonly key: TenantKeyRow;
}

/** Why a secret is opened; one becomes one row of the tenant's audit log. */
export interface Opening {
  readonly credentialId: string;
  readonly purpose: string;
  readonly requestId: string;
}

export interface CustodyStore {
  findActiveKey(tenantId: string): Promise<SealingKey | undefined>;
  /** False when the tenant already has an active key. */
  insertKey(
    tenantId: string,
    row: TenantKeyRow & { readonly publicJwk: SealingKey['publicJwk'] },
  ): Promise<boolean>;
  findKey(tenantId: string, keyId: string): Promise<TenantKeyRow | undefined>;
  /** Undefined also for one that is switched off or shredded. */
  findCredential(tenantId: string, credentialId: string): Promise<SealedCredential | undefined>;
  /** Appends to the tenant's chain in the order given, all or none. */
  recordOpenings(tenantId: string, openings: readonly Opening[]): Promise<void>;
}

const FIND_ACTIVE_KEY: Statement = {
  name: 'custody_find_active_key',
  text: `select id, public_jwk from tenant_keys where tenant_id = $1 and state = 'active'`,
};
const INSERT_KEY: Statement = {
  name: 'custody_insert_key',
  text: `insert into tenant_keys (tenant_id, id, public_jwk, private_wrapped, kek_id, state)
         values ($1, $2, $3, $4, $5, 'active') on conflict do nothing returning id`,
};
const FIND_KEY: Statement = {
  name: 'custody_find_key',
  text: `select id as key_id, private_wrapped, kek_id, state from tenant_keys where tenant_id = $1 and id = $2`,
};
const FIND_CREDENTIAL: Statement = {
  name: 'custody_find_credential',
  text: `select c.venue, c.generation, c.sealed, k.id as key_id, k.private_wrapped, k.kek_id, k.state
         from credentials c join tenant_keys k on k.tenant_id = c.tenant_id and k.id = c.tenant_key_id
         where c.tenant_id = $1 and c.id = $2 and c.is_active and c.shredded_at is null and c.sealed is not null`,
};
const RECORD_OPENINGS: Statement = {
  name: 'custody_record_openings',
  text: `select audit_append($1, 'custody', 'secret.opened', o.object, o.outcome, o.request_id)
         from unnest($2::text[], $3::text[], $4::text[]) with ordinality
           as o(object, outcome, request_id, position)
         order by o.position`,
};

interface KeyColumns {
  readonly key_id: string;
  readonly private_wrapped: string | null;
  readonly kek_id: string;
  readonly state: string;
}

interface CredentialColumns extends KeyColumns {
  readonly venue: string;
  readonly generation: number;
  readonly sealed: string;
}

const stateSchema = z.enum(['active', 'retired', 'destroyed']);

export const createCustodyStore = (database: TenantDatabase): CustodyStore => ({
  findActiveKey: async (tenantId) => {
    const [row] = await database
      .session(tenantId)
      .query<{ id: string; public_jwk: unknown }>(FIND_ACTIVE_KEY, [tenantId]);
    return row === undefined
      ? undefined
      : { keyId: row.id, publicJwk: publicJwkSchema.parse(row.public_jwk) };
  },

  insertKey: async (tenantId, row) => {
    const values = [tenantId, row.id, JSON.stringify(row.publicJwk), row.privateWrapped, row.kekId];
    const inserted = await database.session(tenantId).query(INSERT_KEY, values);
    return inserted.length === 1;
  },

  findKey: async (tenantId, keyId) => {
    const [row] = await database.session(tenantId).query<KeyColumns>(FIND_KEY, [tenantId, keyId]);
    return row === undefined ? undefined : toKey(row);
  },

  findCredential: async (tenantId, credentialId) => {
    const [row] = await database
      .session(tenantId)
      .query<CredentialColumns>(FIND_CREDENTIAL, [tenantId, credentialId]);
    if (row === undefined) return undefined;
    return { venue: row.venue, generation: row.generation, sealed: row.sealed, key: toKey(row) };
  },

  recordOpenings: async (tenantId, openings) => {
    await database
      .session(tenantId)
      .query(RECORD_OPENINGS, [
        tenantId,
        openings.map(({ credentialId }) => `credential:${credentialId}`),
        openings.map(({ purpose }) => `for ${purpose}`),
        openings.map(({ requestId }) => requestId),
      ]);
  },
});

const toKey = (row: KeyColumns): TenantKeyRow => ({
  id: row.key_id,
  privateWrapped: row.private_wrapped,
  kekId: row.kek_id,
  state: stateSchema.parse(row.state),
});
