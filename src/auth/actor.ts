/** Who makes a request, as every use case sees it: the tenant, the caller key and what it may do. */

/** What a caller key may do; WRITE does not imply READ. */
export type Scope =
  | 'ACCOUNTS_READ'
  | 'ACCOUNTS_WRITE'
  | 'BOTS_READ'
  | 'BOTS_WRITE'
  | 'SMART_TRADES_READ'
  | 'SMART_TRADES_WRITE';

/** Real accounts and paper accounts are listed apart; `Forced-Mode` picks per request. */
export type AccountMode = 'real' | 'paper';

/** The person or customer inside the tenant that a caller key acts for. */
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
  /** null: the key acts for the whole tenant. */
  readonly user: ActorUser | null;
  readonly scopes: ReadonlySet<Scope>;
  readonly mode: AccountMode;
  readonly requestId: string;
}
