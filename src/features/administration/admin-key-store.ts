/** SQL of admin keys, which belong to no tenant. Only the owner of the database may insert one. */
import type { Session } from '../../db/tenant-database.ts';

export interface AdminKey extends Readonly<Record<string, unknown>> {
  readonly id: string;
  /** What requests name. */
  readonly keyId: string;
  readonly name: string;
  /** SPKI PEM, Ed25519. */
  readonly publicKey: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const COLUMNS = `id, key_id as "keyId", name, public_key as "publicKey", created_by as "createdBy",
  created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

const FIND = { name: 'admin-keys.find', text: `select ${COLUMNS} from admin_keys where key_id = $1` };

const LIST = {
  name: 'admin-keys.list',
  text: `select ${COLUMNS} from admin_keys where $1 or revoked_at is null order by created_at, id`,
};

const INSERT = {
  name: 'admin-keys.insert',
  text: `
    insert into admin_keys (id, key_id, name, public_key, created_by, created_at)
    values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
};

const REVOKE = {
  name: 'admin-keys.revoke',
  text: 'update admin_keys set revoked_at = $2 where id = $1 and revoked_at is null returning id',
};

const EXISTS = { name: 'admin-keys.exists', text: 'select id from admin_keys where id = $1' };

const NOTE_USE = {
  name: 'admin-keys.note-use',
  text: 'update admin_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)',
};

export const createAdminKeyStore = (session: Session) => ({
  async find(keyId: string): Promise<AdminKey | undefined> {
    const [row] = await session.query<AdminKey>(FIND, [keyId]);
    return row;
  },

  /** Oldest first. */
  list: (withRevoked: boolean): Promise<AdminKey[]> => session.query<AdminKey>(LIST, [withRevoked]),

  async insert(key: Omit<AdminKey, 'lastUsedAt' | 'revokedAt'>): Promise<AdminKey> {
    const { id, keyId, name, publicKey, createdBy, createdAt } = key;
    const values = [id, keyId, name, publicKey, createdBy, createdAt];
    const [row] = await session.query<AdminKey>(INSERT, values);
    if (row === undefined) throw new Error('the admin key was not returned');
    return row;
  },

  /** `live`: it was; `revoked`: it was before; undefined: there is none. */
  async revoke(id: string, at: Date): Promise<'live' | 'revoked' | undefined> {
    if ((await session.query(REVOKE, [id, at])).length > 0) return 'live';
    return (await session.query(EXISTS, [id])).length > 0 ? 'revoked' : undefined;
  },

  /** Unless a use after `since` is noted. */
  async noteUse(id: string, at: Date, since: Date): Promise<void> {
    await session.query(NOTE_USE, [id, at, since]);
  },
});
