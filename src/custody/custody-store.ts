/** Custody's SQL: tenant key pairs, sealed credentials, and the record of every opening. */
import { z } from 'zod';
import { isForeignKeyViolation } from '../db/database-errors.ts';
import type { Statement, TenantDatabase } from '../db/tenant-database.ts';
import type { SealingKey } from '../exchanges/exchange.ts';
import { AppError } from '../shared/errors.ts';
import { publicJwkSchema } from './sealed-header.ts';

export interface TenantKeyRow {
  readonly id: string;
  /** Compact JWE under a root key; null once the key is destroyed. */
  readonly privateWrapped: string | null;
  readonly kekId: string;
  readonly state: 'active' | 'retired' | 'destroyed';
}

export interface NewTenantKey extends TenantKeyRow {
  readonly publicJwk: SealingKey['publicJwk'];
}

interface SealedCredential {
  readonly venue: string;
  readonly generation: number;
  /** Keys of generations below this one were replaced or shredded: a row of one was put back. */
  readonly leastGeneration: number;
  readonly sealed: string;
  readonly testnet: boolean;
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
  /** False when the tenant already has an active key; throws not_found when there is no such tenant. */
  insertKey(tenantId: string, row: NewTenantKey): Promise<boolean>;
  findKey(tenantId: string, keyId: string): Promise<TenantKeyRow | undefined>;
  /** Undefined also for one that is switched off or shredded. */
  findCredential(tenantId: string, credentialId: string): Promise<SealedCredential | undefined>;
  /**
   * Asks for leave to open these: records them in the tenant's chain, in the order given, or answers why not. A canary
   * among them freezes custody.
   */
  recordOpenings(tenantId: string, openings: readonly Opening[]): Promise<'opened' | 'frozen' | 'canary'>;
  /** Records that keys were not opened, and why. */
  recordRefusal(tenantId: string, opening: Opening, outcome: string): Promise<void>;
  isFrozen(): Promise<boolean>;
  /** Openings a minute that the tenant may have; null: as configured. */
  findOpeningLimit(tenantId: string): Promise<number | null>;
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
const RECORD_KEY: Statement = {
  name: 'custody_record_key',
  text: `select audit_append($1, 'custody', 'sealing_key.created', $2, 'success', null)`,
};
const FIND_KEY: Statement = {
  name: 'custody_find_key',
  text: `select id as key_id, private_wrapped, kek_id, state from tenant_keys where tenant_id = $1 and id = $2`,
};
const FIND_CREDENTIAL: Statement = {
  name: 'custody_find_credential',
  text: `select c.venue, c.generation, c.sealed, c.metadata @> '{"testnet": true}' as testnet,
                coalesce(g.least, 1) as least, k.id as key_id, k.private_wrapped, k.kek_id, k.state
         from credentials c join tenant_keys k on k.tenant_id = c.tenant_id and k.id = c.tenant_key_id
         left join credential_generations g on g.tenant_id = c.tenant_id and g.credential_id = c.id
         where c.tenant_id = $1 and c.id = $2 and c.is_active and c.shredded_at is null and c.sealed is not null`,
};
const RECORD_OPENINGS: Statement = {
  name: 'custody_record_openings',
  text: 'select custody_open($1, $2::uuid[], $3::text[], $4::text[]) as leave',
};
const RECORD_REFUSAL: Statement = {
  name: 'custody_record_refusal',
  text: `select audit_append($1, 'custody', 'secret.refused', $2, $3, $4)`,
};
const FIND_OPENING_LIMIT: Statement = {
  name: 'custody_find_opening_limit',
  text: 'select openings_per_minute as "perMinute" from tenants where id = $1',
};
const IS_FROZEN: Statement = {
  name: 'custody_is_frozen',
  text: 'select exists (select from custody_freezes where lifted_at is null) as frozen',
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
  readonly least: number;
  readonly sealed: string;
  readonly testnet: boolean;
}

const leaveSchema = z.enum(['opened', 'frozen', 'canary']);
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
    try {
      return await database.transact(tenantId, async (session) => {
        const isInserted = (await session.query(INSERT_KEY, values)).length === 1;
        if (isInserted) await session.query(RECORD_KEY, [tenantId, `sealing_key:${row.id}`]);
        return isInserted;
      });
    } catch (error) {
      if (!isForeignKeyViolation(error, 'tenant_keys_tenant_fkey')) throw error;
      throw new AppError('not_found', 'There is no such tenant');
    }
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
    const { venue, generation, least: leastGeneration, sealed, testnet } = row;
    return { venue, generation, leastGeneration, sealed, testnet, key: toKey(row) };
  },

  recordOpenings: async (tenantId, openings) => {
    const [row] = await database
      .session(tenantId)
      .query<{ leave: unknown }>(RECORD_OPENINGS, [
        tenantId,
        openings.map(({ credentialId }) => credentialId),
        openings.map(({ purpose }) => purpose),
        openings.map(({ requestId }) => requestId),
      ]);
    return leaveSchema.parse(row?.leave);
  },

  recordRefusal: async (tenantId, { credentialId, requestId }, outcome) => {
    await database
      .session(tenantId)
      .query(RECORD_REFUSAL, [tenantId, `credential:${credentialId}`, outcome, requestId]);
  },

  findOpeningLimit: async (tenantId) => {
    const [row] = await database
      .session(tenantId)
      .query<{ perMinute: number | null }>(FIND_OPENING_LIMIT, [tenantId]);
    return row?.perMinute ?? null;
  },

  isFrozen: async () => {
    const [row] = await database.shared.query<{ frozen: boolean }>(IS_FROZEN, []);
    return row?.frozen !== false;
  },
});

const toKey = (row: KeyColumns): TenantKeyRow => ({
  id: row.key_id,
  privateWrapped: row.private_wrapped,
  kekId: row.kek_id,
  state: stateSchema.parse(row.state),
});
