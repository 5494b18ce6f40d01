/** SQL of one-time links and of the console's sessions. Both belong to no tenant. */
import type { Session } from '../../db/tenant-database.ts';

interface NewLink {
  readonly id: string;
  readonly tokenHash: Buffer;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface LinkRow {
  readonly id: string;
  readonly createdBy: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export interface SessionRow {
  readonly id: string;
  readonly kind: 'link' | 'oidc';
  readonly adminId: string;
  readonly name: string;
  /** Of kind oidc: what let its operator in. null: a link did. */
  readonly admittedBy: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

const FORGET_LINKS = {
  name: 'admin-links.forget',
  text: "delete from admin_links where expires_at < $1::timestamptz - interval '30 days'",
};

const INSERT_LINK = {
  name: 'admin-links.insert',
  text: 'insert into admin_links (id, token_hash, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5)',
};

const USE_LINK = {
  name: 'admin-links.use',
  text: `
    update admin_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2
    returning id, created_by as "createdBy", expires_at as "expiresAt", used_at as "usedAt"`,
};

const FIND_LINK = {
  name: 'admin-links.find',
  text: `
    select id, created_by as "createdBy", expires_at as "expiresAt", used_at as "usedAt"
      from admin_links where token_hash = $1`,
};

const INSERT_SESSION = {
  name: 'admin-sessions.insert',
  text: `
    insert into admin_sessions (id, token_hash, kind, admin_id, name, admitted_by, created_at, last_seen_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
};

const FIND_SESSION = {
  name: 'admin-sessions.find',
  text: `
    select id, kind, admin_id as "adminId", name, admitted_by as "admittedBy", created_at as "createdAt", last_seen_at as "lastSeenAt",
           expires_at as "expiresAt"
      from admin_sessions where token_hash = $1`,
};

const TOUCH_SESSION = {
  name: 'admin-sessions.touch',
  text: 'update admin_sessions set last_seen_at = $2 where id = $1 and last_seen_at < $2',
};

const DELETE_SESSION = {
  name: 'admin-sessions.delete',
  text: 'delete from admin_sessions where token_hash = $1 returning id',
};

const END_SESSION = {
  name: 'admin-sessions.end',
  text: 'delete from admin_sessions where id = $1 returning id',
};

const FORGET_SESSIONS = {
  name: 'admin-sessions.forget',
  text: 'delete from admin_sessions where expires_at < $1',
};

export const createSignInStore = (session: Session) => ({
  /** Also forgets those that ended long ago. */
  async insertLink(link: NewLink): Promise<void> {
    await session.query(FORGET_LINKS, [link.createdAt]);
    const { id, tokenHash, createdBy, createdAt, expiresAt } = link;
    await session.query(INSERT_LINK, [id, tokenHash, createdBy, createdAt, expiresAt]);
  },

  /** The link when it could be used, which it cannot be again. */
  async useLink(tokenHash: Buffer, at: Date): Promise<LinkRow | undefined> {
    const [row] = await session.query<LinkRow>(USE_LINK, [tokenHash, at]);
    return row;
  },

  async findLink(tokenHash: Buffer): Promise<LinkRow | undefined> {
    const [row] = await session.query<LinkRow>(FIND_LINK, [tokenHash]);
    return row;
  },

  /** Also forgets those that are over. */
  async insertSession(row: Omit<SessionRow, 'lastSeenAt'>, tokenHash: Buffer): Promise<void> {
    await session.query(FORGET_SESSIONS, [row.createdAt]);
    const { id, kind, adminId, name, admittedBy, createdAt, expiresAt } = row;
    await session.query(INSERT_SESSION, [
      id,
      tokenHash,
      kind,
      adminId,
      name,
      admittedBy,
      createdAt,
      expiresAt,
    ]);
  },

  async findSession(tokenHash: Buffer): Promise<SessionRow | undefined> {
    const [row] = await session.query<SessionRow>(FIND_SESSION, [tokenHash]);
    return row;
  },

  async touchSession(id: string, at: Date): Promise<void> {
    await session.query(TOUCH_SESSION, [id, at]);
  },

  async deleteSession(tokenHash: Buffer): Promise<void> {
    await session.query(DELETE_SESSION, [tokenHash]);
  },

  /** Answers whether it was there. */
  async endSession(id: string): Promise<boolean> {
    return (await session.query(END_SESSION, [id])).length > 0;
  },
});
