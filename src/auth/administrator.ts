/** Who acts above all tenants: an operator, by an admin key, a session of the console, or the command line. */
import type { Actor } from './actor.ts';

/** The tenant row whose audit chain is that of the operators; it has nothing else. */
export const OPERATOR_TENANT_ID = '00000000-0000-0000-0000-000000000000';

export interface Administrator {
  readonly kind: 'key' | 'link' | 'oidc' | 'cli';
  /** Id of the key or the link, or the subject at the identity provider. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** As audit rows name them: `admin:key:<id>`, `operator root`. */
  readonly actor: string;
  readonly requestId: string;
}

/** An administrator as the HTTP server sees it: an actor of the operators' own tenant, who reaches nothing as such. */
export interface AdminActor extends Actor {
  readonly administrator: Administrator;
  /** Of a session: what its changes have to carry, and when it ends. null: the request was signed. */
  readonly session: AdminSession | null;
}

export interface AdminSession {
  /** uuid. */
  readonly id: string;
  readonly csrfToken: string;
  /** Milliseconds since the epoch; sooner when it is not used. */
  readonly expiresAt: number;
}

export interface AdminIdentity extends Pick<Administrator, 'kind' | 'id' | 'name'> {
  /** Of the key or the session (uuid). */
  readonly rowId: string;
}

export const toAdminActor = (
  identity: AdminIdentity,
  requestId: string,
  provenBy: Actor['provenBy'],
  session: AdminSession | null,
): AdminActor => {
  const { kind, id, name, rowId } = identity;
  return {
    tenantId: OPERATOR_TENANT_ID,
    callerKeyId: rowId,
    keyId: `${kind}:${rowId}`,
    user: null,
    scopes: new Set(),
    accountIds: null,
    mode: 'real',
    tenantPerMinute: null,
    provenBy,
    requestId,
    administrator: { kind, id, name, actor: `admin:${kind}:${id}`, requestId },
    session,
  };
};

/** Throws for an actor that is none: a route of the admin API was served by another listener. */
export const adminOf = (actor: Actor): AdminActor => {
  if (!('administrator' in actor)) throw new TypeError('the actor is no administrator');
  return actor as AdminActor;
};
