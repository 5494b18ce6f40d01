/** Admin keys: public keys alone, added by the owner of the database, listed and revoked by any operator. */
import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { CallerKey } from '../../auth/caller-key.ts';
import { type KeyMaterial, readRegisteredKey } from '../../auth/registered-key.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { type AdminKey, createAdminKeyStore } from './admin-key-store.ts';

export interface AdminKeyService {
  /** Needs the owner's database. Throws record_invalid for what is no sound Ed25519 public key. */
  add(
    administrator: Administrator,
    key: { readonly name: string; readonly publicKey: KeyMaterial },
  ): Promise<AdminKey>;
  list(withRevoked: boolean): Promise<AdminKey[]>;
  /** Answers whether it was alive. Throws not_found. */
  revoke(administrator: Administrator, id: string): Promise<boolean>;
  /** As verifiers see it; undefined when there is none. */
  find(keyId: string): Promise<(CallerKey & { readonly name: string }) | undefined>;
  /** Never throws; resolves when it is written, at most once a minute for each key. */
  noteUse(id: string): Promise<void>;
}

const MINUTE_MS = 60_000;
const ID_BYTES = 16;
const LONGEST_NAME = 100;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const createAdminKeyService = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
}): AdminKeyService => {
  const { database, clock, logger } = deps;
  const shared = createAdminKeyStore(database.shared);

  const audit = (
    session: Parameters<typeof createAuditStore>[0],
    by: Administrator,
    verb: string,
    id: string,
  ) =>
    createAuditStore(session).append({
      actor: by.actor,
      action: `admin_key.${verb}`,
      object: `admin_key:${id}`,
      outcome: 'success',
      requestId: by.requestId,
    });

  return {
    add: async (administrator, { name, publicKey }) => {
      if (name.trim() === '' || name.length > LONGEST_NAME)
        throw invalidParameters({ name: [`must have 1 to ${LONGEST_NAME} characters`] });
      const pem = readRegisteredKey('ed25519', publicKey).export({ type: 'spki', format: 'pem' }).toString();
      return await database.transact(OPERATOR_TENANT_ID, async (session) => {
        const key = await createAdminKeyStore(session).insert({
          id: randomUUID(),
          keyId: `admin-${randomBytes(ID_BYTES).toString('hex')}`,
          name: name.trim(),
          publicKey: pem,
          createdBy: administrator.name,
          createdAt: new Date(clock.now()),
        });
        await audit(session, administrator, 'added', key.id);
        return key;
      });
    },

    list: (withRevoked) => shared.list(withRevoked),

    revoke: async (administrator, id) => {
      if (!UUID.test(id)) throw notFound();
      return await database.transact(OPERATOR_TENANT_ID, async (session) => {
        const before = await createAdminKeyStore(session).revoke(id, new Date(clock.now()));
        if (before === undefined) throw notFound();
        if (before === 'live') await audit(session, administrator, 'revoked', id);
        return before === 'live';
      });
    },

    find: async (keyId) => {
      const row = await shared.find(keyId);
      return row && toCallerKey(row);
    },

    noteUse: async (id) => {
      const now = clock.now();
      try {
        await shared.noteUse(id, new Date(now), new Date(now - MINUTE_MS));
      } catch (error) {
        logger.warn('the use of an admin key was not noted', errorFields(error));
      }
    },
  };
};

const notFound = (): AppError => new AppError('not_found', 'There is no such admin key');

const toCallerKey = (row: AdminKey): CallerKey & { readonly name: string } => ({
  id: row.id,
  keyId: row.keyId,
  name: row.name,
  tenantId: OPERATOR_TENANT_ID,
  user: null,
  algorithm: 'ed25519',
  keys: [createPublicKey(row.publicKey)],
  profileFloor: 'strict',
  scopes: new Set(),
  accountIds: null,
  ipAllowlist: [],
  notBefore: null,
  expiresAt: null,
  revokedAt: row.revokedAt?.getTime() ?? null,
  tokensValidFrom: null,
  tenantPerMinute: null,
  mode: 'real',
  explained: false,
});
