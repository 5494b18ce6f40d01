/** Signing in and out of the console. Sign-ins, refused ones too, are written down in the operators' audit chain. */
import { randomUUID } from 'node:crypto';
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { FoundSession } from '../../auth/admin-authenticator.ts';
import { hashToken, makeToken } from '../../auth/session-cookie.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createSignInStore, type LinkRow, type SessionRow } from './sign-in-store.ts';

/** Who is at the door. */
export interface Visitor {
  readonly ip: string;
  readonly requestId: string;
  /** Of the session that the browser had before, which ends. */
  readonly previousToken: string | undefined;
}

export interface BegunSession extends FoundSession {
  /** For the cookie; stored nowhere. */
  readonly token: string;
}

export interface VouchedFor {
  readonly subject: string;
  readonly name: string;
  /** What let them in. */
  readonly admittedBy: string;
}

export interface SignInService {
  /** Throws token_invalid, in words that say why. */
  byLink(token: string, visitor: Visitor): Promise<BegunSession>;
  /** For one whom the identity provider has vouched for; the session lasts no longer than `admittedBy` admits anybody. */
  byProvider(person: VouchedFor, visitor: Visitor): Promise<BegunSession>;
  /** undefined: there is none of that token, or it is over. */
  find(token: string): Promise<FoundSession | undefined>;
  end(administrator: Administrator, sessionId: string): Promise<void>;
  /** Never throws. */
  noteRefusal(visitor: Pick<Visitor, 'ip' | 'requestId'>, shown: string, why: string): Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A session that nobody uses. */
const IDLE_MS = 8 * HOUR_MS;
/** Any session. */
const LONGEST_MS = 24 * HOUR_MS;

export const createSignInService = (deps: {
  readonly database: TenantDatabase;
  /** Whether what let somebody in by the identity provider still does. */
  readonly stillAdmits: (admittedBy: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}): SignInService => {
  const { database, stillAdmits, clock, logger } = deps;
  const shared = createSignInStore(database.shared);

  const begin = async (
    session: TenantSession,
    who: Pick<SessionRow, 'kind' | 'adminId' | 'name' | 'admittedBy'>,
    { ip, requestId, previousToken }: Visitor,
  ): Promise<BegunSession> => {
    const store = createSignInStore(session);
    const [id, token, now] = [randomUUID(), makeToken(), clock.now()];
    const expiresAt = now + LONGEST_MS;
    if (previousToken !== undefined) await store.deleteSession(hashToken(previousToken));
    const row = { ...who, id, createdAt: new Date(now), expiresAt: new Date(expiresAt) };
    await store.insertSession(row, hashToken(token));
    await createAuditStore(session).append({
      actor: `admin:${who.kind}:${who.adminId}`,
      action: 'admin.signed_in',
      object: `session:${id}`,
      outcome: `success; ${who.name} from ${ip}`,
      requestId,
    });
    const endsAt = Math.min(expiresAt, now + IDLE_MS);
    return { kind: who.kind, id: who.adminId, name: who.name, rowId: id, expiresAt: endsAt, token };
  };

  const refusal =
    (session: TenantSession, { ip, requestId }: Pick<Visitor, 'ip' | 'requestId'>) =>
    (shown: string, why: string): Promise<void> =>
      createAuditStore(session).append({
        actor: `address:${ip}`,
        action: 'admin.sign_in_refused',
        object: shown,
        outcome: `refused; ${why}`,
        requestId,
      });

  const service: SignInService = {
    byLink: async (token, visitor) => {
      const now = new Date(clock.now());
      const begun = await database.transact(OPERATOR_TENANT_ID, async (session) => {
        const link = await createSignInStore(session).useLink(hashToken(token), now);
        if (link === undefined) return undefined;
        const who = { kind: 'link', adminId: link.id, name: link.createdBy, admittedBy: null } as const;
        return await begin(session, who, visitor);
      });
      if (begun !== undefined) return begun;
      const link = await shared.findLink(hashToken(token));
      const why = whyNot(link);
      await service.noteRefusal(visitor, link === undefined ? 'a link' : `admin_link:${link.id}`, why);
      throw new AppError('token_invalid', `${why}: countersign admin link makes a new one`);
    },

    byProvider: ({ subject, ...person }, visitor) =>
      database.transact(OPERATOR_TENANT_ID, (session) =>
        begin(session, { kind: 'oidc', adminId: subject, ...person }, visitor),
      ),

    find: async (token) => {
      const row = await shared.findSession(hashToken(token));
      const now = clock.now();
      if (row === undefined || endOf(row) <= now) return undefined;
      if (row.admittedBy !== null && !stillAdmits(row.admittedBy)) return undefined;
      if (now - row.lastSeenAt.getTime() >= MINUTE_MS) await shared.touchSession(row.id, new Date(now));
      const expiresAt = Math.min(row.expiresAt.getTime(), now + IDLE_MS);
      return { kind: row.kind, id: row.adminId, name: row.name, rowId: row.id, expiresAt };
    },

    end: (administrator, sessionId) =>
      database.transact(OPERATOR_TENANT_ID, async (session) => {
        if (!(await createSignInStore(session).endSession(sessionId))) return;
        await createAuditStore(session).append({
          actor: administrator.actor,
          action: 'admin.signed_out',
          object: `session:${sessionId}`,
          outcome: 'success',
          requestId: administrator.requestId,
        });
      }),

    noteRefusal: async (visitor, shown, why) => {
      try {
        await database.transact(OPERATOR_TENANT_ID, (session) => refusal(session, visitor)(shown, why));
      } catch (error) {
        logger.error('a refused sign-in was not written down', errorFields(error));
      }
    },
  };
  return service;
};

const endOf = ({ lastSeenAt, expiresAt }: SessionRow): number =>
  Math.min(lastSeenAt.getTime() + IDLE_MS, expiresAt.getTime());

const whyNot = (link: LinkRow | undefined): string => {
  if (link === undefined) return 'There is no such link';
  return link.usedAt === null ? 'The link is over: it lasts for 10 minutes' : 'The link was used before';
};
