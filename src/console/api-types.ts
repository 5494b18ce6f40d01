/** Written by `npm run docs` from the API document: what each route takes and answers. Not to be edited. */

/** Parameters that go into the query where all others go into the body. */
export const QUERY_PARAMETERS: Readonly<Record<string, readonly string[]>> = {};

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly Operations: {
      /** @description How operators sign in to the console */
      readonly 'GET /api/admin/sign-in-methods': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          readonly link: boolean;
          readonly oidc: boolean;
          readonly oidc_name: string | null;
        };
      };
      /** @description Sign in with the token of a one-time link; the session is in a cookie */
      readonly 'POST /api/admin/session': {
        readonly parameters: {
          readonly token: string;
        };
        readonly answer: components['schemas']['AdminSession'];
      };
      /** @description Who is signed in, and what changes have to carry */
      readonly 'GET /api/admin/session': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['AdminSession'];
      };
      /** @description Sign out: the session ends at once */
      readonly 'DELETE /api/admin/session': {
        readonly parameters: Record<string, never>;
      };
      /** @description List the admin keys, oldest first; countersign admin key add makes one */
      readonly 'GET /api/admin/admin-keys': {
        readonly parameters: {
          /** @default false */
          readonly include_revoked?: boolean;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AdminKey'][];
          readonly next_cursor: null;
        };
      };
      /** @description Revoke an admin key at once and for good, also the one that signs */
      readonly 'DELETE /api/admin/admin-keys/{key_id}': {
        readonly parameters: {
          readonly key_id: string | number;
        };
      };
      /** @description List tenants, oldest first */
      readonly 'GET /api/admin/tenants': {
        readonly parameters: {
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
          /** @description Of these alone; without it all that are not deleted */
          readonly status?: ('active' | 'suspended' | 'deleted') | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['Tenant'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Make a tenant */
      readonly 'POST /api/admin/tenants': {
        readonly parameters: {
          readonly name: string;
          /**
           * @description What becomes of exchange keys that can withdraw, at intake
           * @enum {string}
           */
          readonly withdrawal_policy?: 'refuse' | 'warn' | 'allow';
        };
        readonly answer: components['schemas']['Tenant'];
      };
      /** @description Read one tenant, also one that is deleted */
      readonly 'GET /api/admin/tenants/{tenant_id}': {
        readonly parameters: {
          readonly tenant_id: string | number;
        };
        readonly answer: components['schemas']['Tenant'];
      };
      /** @description Rename a tenant, suspend or resume it, change its limits; what is left out stays */
      readonly 'PATCH /api/admin/tenants/{tenant_id}': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly name?: string;
          /**
           * @description suspended: the tenant's keys are refused at once, and nothing is done for it
           * @enum {string}
           */
          readonly status?: 'active' | 'suspended';
          /**
           * @description What becomes of exchange keys that can withdraw, at intake
           * @enum {string}
           */
          readonly withdrawal_policy?: 'refuse' | 'warn' | 'allow';
          readonly limits?: {
            /** @description Requests a minute of all its keys; null: as configured; when left out it stays */
            readonly requests_per_minute?: number | null;
            /** @description Exchange keys that are opened for it in a minute; null: as configured; when left out it stays */
            readonly openings_per_minute?: number | null;
          };
        };
        readonly answer: components['schemas']['Tenant'];
      };
      /** @description Destroy all that is a tenant’s, with the keys that its secrets are sealed to; its audit chain stays */
      readonly 'DELETE /api/admin/tenants/{tenant_id}': {
        readonly parameters: {
          readonly tenant_id: string | number;
          /** @description The name of the tenant, letter for letter */
          readonly confirm: string;
        };
      };
      /** @description List the users of a tenant by their ids: labels of keys and records */
      readonly 'GET /api/admin/tenants/{tenant_id}/users': {
        readonly parameters: {
          readonly tenant_id: string | number;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['TenantUser'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Make a user of a tenant */
      readonly 'POST /api/admin/tenants/{tenant_id}/users': {
        readonly parameters: {
          readonly tenant_id: string | number;
          /** @description The tenant's own id of the user */
          readonly external_id: string;
          readonly name?: string | null;
        };
        readonly answer: components['schemas']['TenantUser'];
      };
      /** @description List the caller keys of a tenant, oldest first */
      readonly 'GET /api/admin/tenants/{tenant_id}/keys': {
        readonly parameters: {
          readonly tenant_id: string | number;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
          /** @default false */
          readonly include_revoked?: boolean;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['CallerKey'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Make a caller key of a tenant, or register a public one */
      readonly 'POST /api/admin/tenants/{tenant_id}/keys': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly name: string;
          /** @description What the key may do: scopes of the key that signs */
          readonly scopes: readonly (
            | 'ACCOUNTS_READ'
            | 'ACCOUNTS_WRITE'
            | 'BOTS_READ'
            | 'BOTS_WRITE'
            | 'SMART_TRADES_READ'
            | 'SMART_TRADES_WRITE'
            | 'KEYS_WRITE'
            | 'WEBHOOKS_WRITE'
          )[];
          /**
           * @default hmac-sha256
           * @enum {string}
           */
          readonly algorithm?: 'hmac-sha256' | 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';
          /** @description PEM or JWK, for every algorithm but hmac-sha256 */
          readonly public_key?:
            | (
                | string
                | {
                    readonly [key: string]: unknown;
                  }
              )
            | null;
          /**
           * @description Least profile that the key may sign with
           * @enum {string}
           */
          readonly profile_floor?: 'legacy' | 'strict' | 'rfc9421';
          /** @description Addresses and CIDRs that may use the key; none: any */
          readonly ip_allowlist?: readonly string[];
          readonly not_before?: string | null;
          readonly expires_at?: string | null;
          /** @description The only accounts that the key reaches; null: all of the tenant */
          readonly allowed_account_ids?: readonly number[] | null;
          /** @description The tenant's own id of the user that the key is for: a label in answers and records, no limit. The key reaches what every key of the tenant reaches; allowed_account_ids limits it */
          readonly user_id?: string | null;
          /**
           * @default real
           * @enum {string}
           */
          readonly mode?: 'real' | 'paper';
          /**
           * @description Whether POST /api/auth/explain explains its refused requests in production too
           * @default false
           */
          readonly explained?: boolean;
        };
        readonly answer: components['schemas']['IssuedCallerKey'];
      };
      /** @description Change a caller key of a tenant; what is left out stays */
      readonly 'PATCH /api/admin/tenants/{tenant_id}/keys/{key_id}': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly key_id: string | number;
          readonly name?: string;
          /** @description What the key may do: scopes of the key that signs */
          readonly scopes?: readonly (
            | 'ACCOUNTS_READ'
            | 'ACCOUNTS_WRITE'
            | 'BOTS_READ'
            | 'BOTS_WRITE'
            | 'SMART_TRADES_READ'
            | 'SMART_TRADES_WRITE'
            | 'KEYS_WRITE'
            | 'WEBHOOKS_WRITE'
          )[];
          /**
           * @description Least profile that the key may sign with
           * @enum {string}
           */
          readonly profile_floor?: 'legacy' | 'strict' | 'rfc9421';
          /** @description Addresses and CIDRs that may use the key; none: any */
          readonly ip_allowlist?: readonly string[];
          readonly not_before?: string | null;
          readonly expires_at?: string | null;
          /** @description The only accounts that the key reaches; null: all of the tenant */
          readonly allowed_account_ids?: readonly number[] | null;
          /** @enum {string} */
          readonly mode?: 'real' | 'paper';
          /** @description Whether POST /api/auth/explain explains its refused requests in production too */
          readonly explained?: boolean;
        };
        readonly answer: components['schemas']['CallerKey'];
      };
      /** @description Revoke a caller key of a tenant at once and for good, also the last; its record stays */
      readonly 'DELETE /api/admin/tenants/{tenant_id}/keys/{key_id}': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly key_id: string | number;
        };
      };
      /** @description Give a caller key of a tenant another secret or public key; the one before works on for a while */
      readonly 'POST /api/admin/tenants/{tenant_id}/keys/{key_id}/rotate': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly key_id: string | number;
          /**
           * @description How long what was used before works on; when it ends, access tokens issued until then end too
           * @default 86400
           */
          readonly overlap_seconds?: number;
          /** @description PEM or JWK, for every algorithm but hmac-sha256 */
          readonly public_key?:
            | (
                | string
                | {
                    readonly [key: string]: unknown;
                  }
              )
            | null;
        };
        readonly answer: components['schemas']['IssuedCallerKey'];
      };
      /** @description List the accounts of all tenants, tenant by tenant */
      readonly 'GET /api/admin/accounts': {
        readonly parameters: {
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
          readonly tenant_id?: string | null;
          readonly exchange?: string | null;
          readonly status?: ('ok' | 'locked' | 'keys_invalid') | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AdminAccount'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Read one account with its balances, the most valuable first */
      readonly 'GET /api/admin/tenants/{tenant_id}/accounts/{account_id}': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly account_id: string | number;
        };
        readonly answer: components['schemas']['AdminAccountDetail'];
      };
      /** @description What an account was worth, 500 points at most */
      readonly 'GET /api/admin/tenants/{tenant_id}/accounts/{account_id}/equity': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly account_id: string | number;
          /** @description Default: 30 days before `to` */
          readonly from?: string | null;
          /** @description Default: now */
          readonly to?: string | null;
        };
        readonly answer: components['schemas']['AdminEquity'];
      };
      /** @description List the exchange keys of all tenants, without the keys */
      readonly 'GET /api/admin/credentials': {
        readonly parameters: {
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
          readonly tenant_id?: string | null;
          readonly exchange?: string | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AdminCredential'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Background work of all tenants: when it is due, and how it goes */
      readonly 'GET /api/admin/jobs': {
        readonly parameters: {
          readonly kind?:
            | ('balance_sync' | 'trade_sync' | 'credential_check' | 'profit_daily' | 'retention')
            | null;
          readonly state?: ('waiting' | 'running' | 'failing' | 'paused') | null;
          readonly tenant_id?: string | null;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AdminJob'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Have a job done now; the answer does not wait for it */
      readonly 'POST /api/admin/jobs/{job_id}/run': {
        readonly parameters: {
          readonly job_id: string | number;
        };
        readonly answer: components['schemas']['AdminJob'];
      };
      /** @description List the webhook endpoints of all tenants, tenant by tenant */
      readonly 'GET /api/admin/webhooks': {
        readonly parameters: {
          /** @description Only of this tenant */
          readonly tenant_id?: string | null;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AdminWebhookEndpoint'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description List the deliveries of all tenants, tenant by tenant, the newest first */
      readonly 'GET /api/admin/deliveries': {
        readonly parameters: {
          /** @description Only of this tenant */
          readonly tenant_id?: string | null;
          /** @description Only to this endpoint */
          readonly endpoint_id?: string | null;
          /** @description dead: given up after the last attempt */
          readonly state?: ('pending' | 'delivered' | 'dead') | null;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AdminDelivery'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Send one delivery again, or at once when it waits for its next attempt */
      readonly 'POST /api/admin/tenants/{tenant_id}/deliveries/{delivery_id}/replay': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly delivery_id: string | number;
        };
        readonly answer: {
          /** @description Deliveries that are due once more */
          readonly replayed: number;
          /** @description since of the next call, where the range has more events than one call looks at; null: it is done */
          readonly next_since: string | null;
        };
      };
      /** @description Send again what an endpoint missed, or all of a time */
      readonly 'POST /api/admin/tenants/{tenant_id}/webhooks/{endpoint_id}/replay': {
        readonly parameters: {
          readonly tenant_id: string | number;
          readonly endpoint_id: string | number;
          /** @description Events from then on; left out: since the endpoint was made */
          readonly since?: string | null;
          /** @description Events before that; left out: until now */
          readonly until?: string | null;
          /**
           * @description false: what was delivered too
           * @default true
           */
          readonly missed_only?: boolean;
        };
        readonly answer: {
          /** @description Deliveries that are due once more */
          readonly replayed: number;
          /** @description since of the next call, where the range has more events than one call looks at; null: it is done */
          readonly next_since: string | null;
        };
      };
      /** @description What was done, by whom: newest first, of one tenant or of all */
      readonly 'GET /api/admin/audit': {
        readonly parameters: {
          readonly tenant_id?: string | null;
          /** @description Exactly, e.g. admin:key:<id> */
          readonly actor?: string | null;
          /** @description Exactly, e.g. secret.opened */
          readonly action?: string | null;
          readonly from?: string | null;
          /** @description Rows before it */
          readonly to?: string | null;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['AuditRow'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description The audit log as lines of JSON: one chain after the other, each oldest first */
      readonly 'GET /api/admin/audit/export': {
        readonly parameters: {
          readonly tenant_id?: string | null;
          /** @description Exactly, e.g. admin:key:<id> */
          readonly actor?: string | null;
          /** @description Exactly, e.g. secret.opened */
          readonly action?: string | null;
          readonly from?: string | null;
          /** @description Rows before it */
          readonly to?: string | null;
        };
      };
      /** @description Recompute every hash, and hold the chains against their signed checkpoints */
      readonly 'POST /api/admin/audit/verify': {
        readonly parameters: {
          /** Format: uuid */
          readonly tenant_id?: string;
        };
        readonly answer: components['schemas']['AuditReport'];
      };
      /** @description How sealing keys and root keys stand, and how far the work on them is */
      readonly 'GET /api/admin/sealing-keys': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['SealingKeys'];
      };
      /** @description New sealing keys, and all that is sealed sealed anew; the answer does not wait for the end */
      readonly 'POST /api/admin/sealing-keys/rotate': {
        readonly parameters: {
          /** Format: uuid */
          readonly tenant_id?: string;
        };
        readonly answer: components['schemas']['KeyRotation'];
      };
      /** @description Wrap the private halves of all sealing keys by the primary root key */
      readonly 'POST /api/admin/sealing-keys/root/rewrap': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['KeyRotation'];
      };
      /** @description Destroy the private half of a key that does not seal any more, without waiting for its time */
      readonly 'POST /api/admin/sealing-keys/{key_id}/retire': {
        readonly parameters: {
          readonly key_id: string | number;
        };
        readonly answer: components['schemas']['KeyRotation'];
      };
      /** @description Whether custody is frozen, since when and why */
      readonly 'GET /api/admin/freeze': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['Freeze'];
      };
      /** @description Stop the use of all exchange keys at once; a freeze that is on stays as it is */
      readonly 'POST /api/admin/freeze': {
        readonly parameters: {
          readonly reason: string;
        };
        readonly answer: components['schemas']['Freeze'];
      };
      /** @description Let exchange keys be used again */
      readonly 'DELETE /api/admin/freeze': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['Freeze'];
      };
      /** @description How the exchanges do, all of them */
      readonly 'GET /api/admin/venues': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          readonly items: readonly components['schemas']['AdminVenue'][];
          readonly next_cursor: null;
        };
      };
      /** @description Ask nothing of an exchange until it is resumed; callers are told the reason */
      readonly 'POST /api/admin/venues/{venue}/pause': {
        readonly parameters: {
          readonly venue: string | number;
          readonly reason: string;
        };
        readonly answer: components['schemas']['AdminVenue'];
      };
      /** @description Let calls to a paused exchange pass again; nothing happens to one that is not paused */
      readonly 'POST /api/admin/venues/{venue}/resume': {
        readonly parameters: {
          readonly venue: string | number;
        };
        readonly answer: components['schemas']['AdminVenue'];
      };
      /** @description How much there is, what waits, and what does not work; counted every few seconds */
      readonly 'GET /api/admin/overview': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['AdminOverview'];
      };
    };
    readonly Events: Record<string, never>;
    readonly AdminSession: {
      readonly admin: {
        readonly id: string;
        readonly name: string;
        /** @enum {string} */
        readonly kind: 'link' | 'oidc' | 'key' | 'cli';
      };
      /** @description To be sent as X-CSRF-Token with every change; null: the request was signed */
      readonly csrf_token: string | null;
      /** @description When it ends unless it is used; null: it does not */
      readonly expires_at: string | null;
    };
    readonly AdminKey: {
      /** Format: uuid */
      readonly id: string;
      /** @description What requests name */
      readonly key_id: string;
      readonly name: string;
      readonly public_key: string;
      readonly created_by: string;
      /** Format: date-time */
      readonly created_at: string;
      readonly last_used_at: string | null;
      readonly revoked_at: string | null;
    };
    readonly Tenant: {
      /** Format: uuid */
      readonly id: string;
      readonly name: string;
      /** @enum {string} */
      readonly status: 'active' | 'suspended' | 'deleted';
      /** @enum {string} */
      readonly withdrawal_policy: 'refuse' | 'warn' | 'allow';
      readonly limits: {
        readonly requests_per_minute: number | null;
        readonly openings_per_minute: number | null;
      };
      /** @description Connected ones */
      readonly accounts: number;
      /** @description Those that are not revoked */
      readonly caller_keys: number;
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly TenantUser: {
      /** Format: uuid */
      readonly id: string;
      readonly external_id: string;
      readonly name: string | null;
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly CallerKey: {
      /** Format: uuid */
      readonly id: string;
      /** @description What the caller sends as Apikey */
      readonly api_key: string;
      readonly name: string;
      /** @enum {string} */
      readonly algorithm: 'hmac-sha256' | 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';
      /** @enum {string} */
      readonly profile_floor: 'legacy' | 'strict' | 'rfc9421';
      readonly scopes: readonly string[];
      readonly ip_allowlist: readonly string[];
      readonly not_before: string | null;
      readonly expires_at: string | null;
      readonly revoked_at: string | null;
      readonly allowed_account_ids: readonly number[] | null;
      /** @description The tenant's own id of the user that the key is for: a label in answers and records, no limit. The key reaches what every key of the tenant reaches; allowed_account_ids limits it */
      readonly user_id: string | null;
      /** @enum {string} */
      readonly mode: 'real' | 'paper';
      readonly explained: boolean;
      readonly public_key: string | null;
      /** @description Until when what was used before the last rotation works */
      readonly previous_ends_at: string | null;
      readonly last_used_at: string | null;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
    };
    readonly IssuedCallerKey: {
      /** Format: uuid */
      readonly id: string;
      /** @description What the caller sends as Apikey */
      readonly api_key: string;
      readonly name: string;
      /** @enum {string} */
      readonly algorithm: 'hmac-sha256' | 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';
      /** @enum {string} */
      readonly profile_floor: 'legacy' | 'strict' | 'rfc9421';
      readonly scopes: readonly string[];
      readonly ip_allowlist: readonly string[];
      readonly not_before: string | null;
      readonly expires_at: string | null;
      readonly revoked_at: string | null;
      readonly allowed_account_ids: readonly number[] | null;
      /** @description The tenant's own id of the user that the key is for: a label in answers and records, no limit. The key reaches what every key of the tenant reaches; allowed_account_ids limits it */
      readonly user_id: string | null;
      /** @enum {string} */
      readonly mode: 'real' | 'paper';
      readonly explained: boolean;
      readonly public_key: string | null;
      /** @description Until when what was used before the last rotation works */
      readonly previous_ends_at: string | null;
      readonly last_used_at: string | null;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
      /** @description HMAC secret, told this once; null for a public key */
      readonly api_secret: string | null;
    };
    readonly AdminAccount: {
      /** Format: uuid */
      readonly tenant_id: string;
      readonly tenant_name: string;
      readonly id: number;
      readonly name: string;
      readonly market_code: string;
      /** @enum {string} */
      readonly mode: 'real' | 'paper';
      /** @description null: a watched address */
      readonly credential_id: string | null;
      readonly usd_amount: number;
      readonly btc_amount: number;
      readonly is_locked: boolean;
      readonly lock_reason: string | null;
      readonly api_key_invalid: boolean;
      /** @description When its balances were last read */
      readonly synced_at: string | null;
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly AdminAccountDetail: {
      /** Format: uuid */
      readonly tenant_id: string;
      readonly tenant_name: string;
      readonly id: number;
      readonly name: string;
      readonly market_code: string;
      /** @enum {string} */
      readonly mode: 'real' | 'paper';
      /** @description null: a watched address */
      readonly credential_id: string | null;
      readonly usd_amount: number;
      readonly btc_amount: number;
      readonly is_locked: boolean;
      readonly lock_reason: string | null;
      readonly api_key_invalid: boolean;
      /** @description When its balances were last read */
      readonly synced_at: string | null;
      /** Format: date-time */
      readonly created_at: string;
      readonly balances: readonly {
        readonly asset: string;
        readonly total: number;
        readonly usd_value: number | null;
        readonly btc_value: number | null;
      }[];
    };
    readonly AdminEquity: {
      readonly points: readonly {
        /** Format: date-time */
        readonly at: string;
        readonly usd: number;
        readonly btc: number;
      }[];
    };
    readonly AdminCredential: {
      /** Format: uuid */
      readonly tenant_id: string;
      readonly tenant_name: string;
      /** Format: uuid */
      readonly id: string;
      readonly name: string;
      readonly exchange: string;
      /** @description First and last characters of the API key */
      readonly hint: string;
      /** @description null: the exchange does not say */
      readonly can_read: boolean | null;
      /** @description null: the exchange does not say */
      readonly can_trade: boolean | null;
      /** @description null: the exchange does not say */
      readonly can_withdraw: boolean | null;
      /** @description null: the exchange does not say */
      readonly ip_restricted: boolean | null;
      readonly is_active: boolean;
      readonly validation_status: string;
      readonly validation_error: string | null;
      readonly last_validated_at: string | null;
      /** @description Counts the replacements of the keys */
      readonly generation: number;
      /**
       * Format: uuid
       * @description Key pair of the tenant that they are sealed to
       */
      readonly sealing_key_id: string;
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly AdminJob: {
      /** Format: uuid */
      readonly id: string;
      /**
       * @description failing: the last attempt failed, and another one will come; paused: the account is locked, its keys are switched off, or the tenant is suspended
       * @enum {string}
       */
      readonly state: 'waiting' | 'running' | 'failing' | 'paused';
      /**
       * Format: date-time
       * @description When it is to be done next
       */
      readonly due_at: string;
      /** @description Attempts in a row that failed */
      readonly failures: number;
      readonly last_started_at: string | null;
      readonly last_finished_at: string | null;
      /** @description How it last ended, e.g. synced; null: it never has */
      readonly last_outcome: string | null;
      /** @description Why it failed; null: it did not */
      readonly last_error: string | null;
      /** @description How far it has come, e.g. new_trades, markets_done, markets; null: nothing to tell */
      readonly progress: {
        readonly [key: string]: string | number | boolean | null;
      } | null;
      /** @enum {string} */
      readonly kind: 'balance_sync' | 'trade_sync' | 'credential_check' | 'profit_daily' | 'retention';
      /** Format: uuid */
      readonly tenant_id: string;
      /** @description Id of the account, the exchange keys or the tenant that it is about */
      readonly subject: string;
      /** @description Exchange or chain that is asked, or local */
      readonly lane: string;
    };
    readonly AdminWebhookEndpoint: {
      /** Format: uuid */
      readonly id: string;
      /** Format: uuid */
      readonly tenant_id: string;
      readonly url_host: string;
      readonly description: string | null;
      readonly event_types: readonly string[];
      /** @enum {string} */
      readonly status: 'enabled' | 'failing' | 'disabled';
      readonly failing_since: string | null;
      readonly disabled_reason: string | null;
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly AdminDelivery: {
      /** Format: uuid */
      readonly id: string;
      /** Format: uuid */
      readonly tenant_id: string;
      /** Format: uuid */
      readonly endpoint_id: string;
      readonly url_host: string;
      /** Format: uuid */
      readonly event_id: string;
      readonly event_type: string;
      /** @enum {string} */
      readonly state: 'pending' | 'delivered' | 'dead';
      readonly attempts: number;
      readonly last_status: number | null;
      readonly last_latency_ms: number | null;
      readonly last_error: string | null;
      readonly next_attempt_at: string | null;
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly AuditRow: {
      /**
       * Format: uuid
       * @description Tenant of the chain; 00000000-0000-0000-0000-000000000000: the operators
       */
      readonly tenant_id: string;
      /** @description Place in the chain, from 1 without gaps */
      readonly seq: number;
      /** @description ISO 8601, UTC, with microseconds */
      readonly at: string;
      readonly actor: string;
      readonly action: string;
      readonly object: string;
      readonly outcome: string;
      readonly request_id: string | null;
      /** @description SHA-256 of the row in canonical JSON (RFC 8785), hex */
      readonly hash: string;
    };
    readonly AuditReport: {
      readonly ok: boolean;
      readonly chains: readonly {
        /** Format: uuid */
        readonly tenant_id: string;
        /** @description Rows that were read: all, or up to the one that is wrong */
        readonly rows: number;
        /** @description Signed checkpoints of the database that the chain was held against */
        readonly checkpoints: number;
        readonly ok: boolean;
        readonly problem: {
          /** @enum {string} */
          readonly kind:
            | 'altered'
            | 'missing'
            | 'truncated'
            | 'swapped'
            | 'inserted'
            | 'forked'
            | 'checkpoint';
          /** @description The row that it is about, or the first of them */
          readonly seq: number;
          readonly message: string;
        } | null;
      }[];
      /** @description What custody wrote outside the database; null: it could not be read here */
      readonly outside: {
        readonly checkpoints: number;
        /** @description Lines that are no checkpoint */
        readonly unreadable: number;
      } | null;
    };
    readonly SealingKeys: {
      readonly root_keys: readonly {
        readonly id: string;
        /** @description Whether it wraps what is new */
        readonly is_primary: boolean;
        /** @description Whether custody was started with it */
        readonly is_held: boolean;
        /** @description Sealing keys of tenants that it wraps */
        readonly tenant_keys: number;
      }[];
      readonly tenant_keys: {
        /** @description Seal and open */
        readonly active: number;
        /** @description Only open; destroyed once nothing is sealed to them */
        readonly retiring: number;
        /** @description Destroyed */
        readonly retired: number;
      };
      /** @description At most 100 */
      readonly retiring: readonly {
        /** Format: uuid */
        readonly tenant_id: string;
        /** Format: uuid */
        readonly key_id: string;
        readonly retired_at: string | null;
      }[];
      /** @description The one that runs, or else the last one */
      readonly rotation: components['schemas']['KeyRotation'] | null;
    };
    readonly KeyRotation: {
      /** Format: uuid */
      readonly id: string;
      /**
       * @description New sealing keys; private halves under the primary root key; or one key destroyed
       * @enum {string}
       */
      readonly kind: 'rotate' | 'rewrap' | 'retire';
      /** @description null: of all tenants */
      readonly tenant_id: string | null;
      readonly key_id: string | null;
      /** @enum {string} */
      readonly state: 'running' | 'done' | 'failed';
      /** @description Records sealed, or keys wrapped, anew */
      readonly done: number;
      readonly total: number;
      /** @description How many could not be */
      readonly failed: number;
      readonly problem: string | null;
      /** @description false while it runs: custody is away, or has just died */
      readonly is_worked_on: boolean;
      readonly started_by: string;
      /** Format: date-time */
      readonly started_at: string;
      readonly finished_at: string | null;
    };
    readonly Freeze: {
      readonly frozen: boolean;
      readonly since: string | null;
      /** @description An operator, or custody: a canary was to be opened */
      readonly by: string | null;
      readonly reason: string | null;
    };
    readonly AdminVenue: {
      readonly venue: string;
      /** @description Name for people */
      readonly name: string;
      /** @enum {string} */
      readonly state: 'healthy' | 'degraded' | 'paused';
      /** @description Why it is degraded, e.g. circuit_open */
      readonly reason: string | null;
      /** @description When it came to be healthy or degraded; null: nobody has keys there */
      readonly since: string | null;
      /** @enum {string} */
      readonly circuit: 'closed' | 'open' | 'half_open';
      /** @description Requests in a row that it left without an answer */
      readonly failures: number;
      /** @description Until when it wants no requests */
      readonly stopped_until: string | null;
      readonly paused_reason: string | null;
      readonly paused_by: string | null;
      readonly paused_at: string | null;
      readonly latency_ms: number | null;
      readonly last_success_at: string | null;
      readonly checked_at: string | null;
      readonly markets: number | null;
      readonly markets_age_s: number | null;
      readonly calls_in_flight: number;
    };
    readonly AdminOverview: {
      readonly tenants: number;
      /** @description Connected ones */
      readonly accounts: number;
      readonly credentials: number;
      /** @description Those that are not revoked */
      readonly caller_keys: number;
      readonly jobs: {
        readonly waiting: number;
        readonly running: number;
        readonly failing: number;
        readonly paused: number;
      };
      readonly deliveries: {
        readonly pending: number;
        readonly dead: number;
      };
      readonly venues: {
        readonly healthy: number;
        readonly degraded: number;
        readonly paused: number;
      };
      readonly custody: {
        readonly reachable: boolean;
        readonly frozen: boolean;
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type Operations = components['schemas']['Operations'];
export type Events = components['schemas']['Events'];
export type AdminSession = components['schemas']['AdminSession'];
export type AdminKey = components['schemas']['AdminKey'];
export type Tenant = components['schemas']['Tenant'];
export type TenantUser = components['schemas']['TenantUser'];
export type CallerKey = components['schemas']['CallerKey'];
export type IssuedCallerKey = components['schemas']['IssuedCallerKey'];
export type AdminAccount = components['schemas']['AdminAccount'];
export type AdminAccountDetail = components['schemas']['AdminAccountDetail'];
export type AdminEquity = components['schemas']['AdminEquity'];
export type AdminCredential = components['schemas']['AdminCredential'];
export type AdminJob = components['schemas']['AdminJob'];
export type AdminWebhookEndpoint = components['schemas']['AdminWebhookEndpoint'];
export type AdminDelivery = components['schemas']['AdminDelivery'];
export type AuditRow = components['schemas']['AuditRow'];
export type AuditReport = components['schemas']['AuditReport'];
export type SealingKeys = components['schemas']['SealingKeys'];
export type KeyRotation = components['schemas']['KeyRotation'];
export type Freeze = components['schemas']['Freeze'];
export type AdminVenue = components['schemas']['AdminVenue'];
export type AdminOverview = components['schemas']['AdminOverview'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
