/** Who makes a request, as every use case sees it: the tenant, the caller key and what it may do. */
import type { Profile } from './profile.ts';

/** What a caller key may do; WRITE does not imply READ. */
export const SCOPES = [
  'ACCOUNTS_READ',
  'ACCOUNTS_WRITE',
  'BOTS_READ',
  'BOTS_WRITE',
  'SMART_TRADES_READ',
  'SMART_TRADES_WRITE',
  // To read and change the caller keys of the tenant.
  'KEYS_WRITE',
  // To read and change the webhook endpoints of the tenant.
  'WEBHOOKS_WRITE',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Real accounts and paper accounts are listed apart; `Forced-Mode` picks per request. */
export type AccountMode = 'real' | 'paper';

/** Whose doings those of a caller key are said to be, inside the tenant: a label that separates nobody from anybody. */
export interface ActorUser {
  /** Row id (uuid). */
  readonly id: string;
  /** The tenant's own id of the user: the `user_id` of answers. */
  readonly externalId: string;
}

export interface Actor {
  readonly tenantId: string;
  /** Row id of the caller key (uuid), for audit rows. */
  readonly callerKeyId: string;
  /** The public key id that the caller sends as `Apikey`. */
  readonly keyId: string;
  /** null: the key is the whole tenant's. */
  readonly user: ActorUser | null;
  readonly scopes: ReadonlySet<Scope>;
  /** The only accounts that the key reaches; null: all of the tenant. */
  readonly accountIds: readonly number[] | null;
  readonly mode: AccountMode;
  /** Requests a minute of all keys of the tenant; null: as configured. */
  readonly tenantPerMinute: number | null;
  /** How the caller proved who it is; a `legacy` request can be sent again by whoever saw it. */
  readonly provenBy: Profile | 'bearer' | 'session';
  /** When the proof ends, milliseconds since the epoch; undefined: with the key. */
  readonly provenUntil?: number;
  readonly requestId: string;
}

/** How the audit log names what nobody asked for. */
const SYSTEM = 'system';

/** Who background work is done by: no caller, and within the tenant nothing is closed to it. */
export const systemActor = (tenantId: string, requestId: string): Actor => ({
  tenantId,
  callerKeyId: SYSTEM,
  keyId: SYSTEM,
  user: null,
  scopes: new Set(),
  accountIds: null,
  mode: 'real',
  tenantPerMinute: null,
  provenBy: 'strict',
  requestId,
});

/** The actor of an audit row. */
export const auditName = ({ callerKeyId }: Pick<Actor, 'callerKeyId'>): string =>
  callerKeyId === SYSTEM ? SYSTEM : `key:${callerKeyId}`;
