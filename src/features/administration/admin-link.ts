/** One-time links to the console, for those who hold the database: how the first operator signs in. */
import { randomUUID } from 'node:crypto';
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import { hashToken, makeToken } from '../../auth/session-cookie.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createSignInStore } from './sign-in-store.ts';

export interface IssuedLink {
  /** Shown this once. */
  readonly token: string;
  readonly expiresAt: Date;
}

const LIFE_MS = 10 * 60_000;

/** Needs the owner's database. The link signs in as who made it. */
export const issueAdminLink = (
  database: TenantDatabase,
  administrator: Administrator,
  clock: Clock,
): Promise<IssuedLink> =>
  database.transact(OPERATOR_TENANT_ID, async (session) => {
    const [id, token, now] = [randomUUID(), makeToken(), clock.now()];
    const expiresAt = new Date(now + LIFE_MS);
    await createSignInStore(session).insertLink({
      id,
      tokenHash: hashToken(token),
      createdBy: administrator.name,
      createdAt: new Date(now),
      expiresAt,
    });
    await createAuditStore(session).append({
      actor: administrator.actor,
      action: 'admin_link.issued',
      object: `admin_link:${id}`,
      outcome: 'success',
      requestId: administrator.requestId,
    });
    return { token, expiresAt };
  });

/** Where the browser is sent; the token stands behind the hash, which is sent to no server. */
export const consoleLink = (adminUrl: string, token: string): string =>
  `${adminUrl.replace(/\/$/, '')}/console/#/sign-in?token=${token}`;
