/** What each route of the admin API takes and answers. */

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

interface PageParameters {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface Session {
  readonly admin: { readonly id: string; readonly name: string; readonly kind: 'link' | 'oidc' | 'key' };
  readonly csrf_token: string | null;
  readonly expires_at: string | null;
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended' | 'deleted';
  readonly withdrawal_policy: 'refuse' | 'warn' | 'allow';
  readonly limits: {
    readonly requests_per_minute: number | null;
    readonly openings_per_minute: number | null;
  };
  readonly accounts: number;
  readonly caller_keys: number;
  readonly created_at: string;
}

export interface CallerKey {
  readonly id: string;
  readonly api_key: string;
  readonly name: string;
  readonly algorithm: string;
  readonly profile_floor: string;
  readonly scopes: readonly string[];
  readonly ip_allowlist: readonly string[];
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
  readonly created_at: string;
}

export interface Account {
  readonly tenant_id: string;
  readonly tenant_name: string;
  readonly id: number;
  readonly name: string;
  readonly market_code: string;
  readonly mode: string;
  readonly usd_amount: number;
  readonly btc_amount: number;
  readonly is_locked: boolean;
  readonly lock_reason: string | null;
  readonly api_key_invalid: boolean;
  readonly synced_at: string | null;
  readonly created_at: string;
}

export type AccountDetail = AnswerOf<'GET /api/admin/tenants/{tenant_id}/accounts/{account_id}'>;
export type Endpoint = AnswerOf<'GET /api/admin/webhooks'>['items'][number];

type AnswerOf<Name extends keyof Operations> = Operations[Name]['answer'];

export interface Venue {
  readonly venue: string;
  readonly name: string;
  readonly state: 'healthy' | 'degraded' | 'paused';
  readonly circuit: string;
  readonly failures: number;
  readonly stopped_until: string | null;
  readonly paused_reason: string | null;
  readonly latency_ms: number | null;
  readonly last_success_at: string | null;
  readonly markets_age_s: number | null;
  readonly calls_in_flight: number;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly tenant_id: string;
  readonly subject: string;
  readonly lane: string | null;
  readonly state: 'waiting' | 'running' | 'failing';
  readonly due_at: string;
  readonly failures: number;
  readonly last_finished_at: string | null;
  readonly last_outcome: string | null;
}

export interface Delivery {
  readonly id: string;
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly url_host: string;
  readonly event_type: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_latency_ms: number | null;
  readonly last_error: string | null;
  readonly next_attempt_at: string | null;
  readonly created_at: string;
}

export interface AuditRow {
  readonly tenant_id: string;
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly request_id: string | null;
  readonly hash: string;
}

interface Operation<Parameters, Answer> {
  readonly parameters: Parameters;
  readonly answer: Answer;
}

type None = Record<string, never>;

interface Of {
  readonly tenant_id: string;
}

export const QUERY_PARAMETERS: Readonly<Record<string, readonly string[]>> = {};

export interface Operations {
  'POST /api/admin/session': Operation<{ readonly token: string }, Session>;
  'GET /api/admin/session': Operation<None, Session>;
  'DELETE /api/admin/session': Operation<None, undefined>;
  'GET /api/admin/sign-in-methods': Operation<
    None,
    { readonly link: boolean; readonly oidc: boolean; readonly oidc_name: string | null }
  >;
  'GET /api/admin/overview': Operation<
    None,
    {
      readonly tenants: number;
      readonly accounts: number;
      readonly credentials: number;
      readonly caller_keys: number;
      readonly jobs: { readonly waiting: number; readonly running: number; readonly failing: number };
      readonly deliveries: { readonly pending: number; readonly dead: number };
      readonly venues: { readonly healthy: number; readonly degraded: number; readonly paused: number };
      readonly custody: { readonly reachable: boolean; readonly frozen: boolean };
    }
  >;
  'GET /api/admin/tenants': Operation<PageParameters, Page<Tenant>>;
  'POST /api/admin/tenants': Operation<
    { readonly name: string; readonly withdrawal_policy?: Tenant['withdrawal_policy'] },
    Tenant
  >;
  'GET /api/admin/tenants/{tenant_id}': Operation<Of, Tenant>;
  'PATCH /api/admin/tenants/{tenant_id}': Operation<
    Of & {
      readonly name?: string;
      readonly status?: 'active' | 'suspended';
      readonly withdrawal_policy?: Tenant['withdrawal_policy'];
      readonly limits?: Partial<Tenant['limits']>;
    },
    Tenant
  >;
  'DELETE /api/admin/tenants/{tenant_id}': Operation<Of & { readonly confirm: string }, unknown>;
  'GET /api/admin/tenants/{tenant_id}/users': Operation<
    Of & PageParameters,
    Page<{
      readonly id: string;
      readonly external_id: string;
      readonly name: string | null;
      readonly created_at: string;
    }>
  >;
  'POST /api/admin/tenants/{tenant_id}/users': Operation<
    Of & { readonly external_id: string; readonly name?: string },
    unknown
  >;
  'GET /api/admin/tenants/{tenant_id}/keys': Operation<
    Of & { readonly include_revoked?: boolean },
    { readonly keys: readonly CallerKey[]; readonly total_count: number }
  >;
  'POST /api/admin/tenants/{tenant_id}/keys': Operation<
    Of & {
      readonly name: string;
      readonly scopes: readonly string[];
      readonly algorithm: string;
      readonly public_key?: string;
      readonly profile_floor?: string;
      readonly ip_allowlist?: readonly string[];
    },
    CallerKey & { readonly api_secret: string | null }
  >;
  'POST /api/admin/tenants/{tenant_id}/keys/{key_id}/rotate': Operation<
    Of & { readonly key_id: string; readonly overlap_seconds?: number; readonly public_key?: string },
    CallerKey & { readonly api_secret: string | null }
  >;
  'DELETE /api/admin/tenants/{tenant_id}/keys/{key_id}': Operation<Of & { readonly key_id: string }, unknown>;
  'GET /api/admin/accounts': Operation<
    PageParameters & { readonly tenant_id?: string; readonly exchange?: string; readonly status?: string },
    Page<Account>
  >;
  'GET /api/admin/tenants/{tenant_id}/accounts/{account_id}': Operation<
    Of & { readonly account_id: number | string },
    Account & {
      readonly balances: readonly {
        readonly asset: string;
        readonly total: number;
        readonly usd_value: number | null;
        readonly btc_value: number | null;
      }[];
    }
  >;
  'GET /api/admin/tenants/{tenant_id}/accounts/{account_id}/equity': Operation<
    Of & { readonly account_id: number | string; readonly from?: string; readonly to?: string },
    { readonly points: readonly { readonly at: string; readonly usd: number; readonly btc: number }[] }
  >;
  'GET /api/admin/venues': Operation<None, Page<Venue>>;
  'POST /api/admin/venues/{venue}/pause': Operation<
    { readonly venue: string; readonly reason: string },
    unknown
  >;
  'POST /api/admin/venues/{venue}/resume': Operation<{ readonly venue: string }, unknown>;
  'GET /api/admin/jobs': Operation<
    PageParameters & { readonly kind?: string; readonly state?: string; readonly tenant_id?: string },
    Page<Job>
  >;
  'POST /api/admin/jobs/{job_id}/run': Operation<{ readonly job_id: string }, unknown>;
  'GET /api/admin/webhooks': Operation<
    PageParameters & { readonly tenant_id?: string },
    Page<{
      readonly id: string;
      readonly tenant_id: string;
      readonly url_host: string;
      readonly status: string;
      readonly event_types: readonly string[];
      readonly created_at: string;
    }>
  >;
  'GET /api/admin/deliveries': Operation<
    PageParameters & { readonly tenant_id?: string; readonly endpoint_id?: string; readonly state?: string },
    Page<Delivery>
  >;
  'POST /api/admin/tenants/{tenant_id}/deliveries/{delivery_id}/replay': Operation<
    Of & { readonly delivery_id: string },
    unknown
  >;
  'POST /api/admin/tenants/{tenant_id}/webhooks/{endpoint_id}/replay': Operation<
    Of & {
      readonly endpoint_id: string;
      readonly since?: string;
      readonly until?: string;
      readonly missed_only?: boolean;
    },
    { readonly replayed: number }
  >;
  'GET /api/admin/audit': Operation<
    PageParameters & {
      readonly tenant_id?: string;
      readonly actor?: string;
      readonly action?: string;
      readonly from?: string;
      readonly to?: string;
    },
    Page<AuditRow>
  >;
  'POST /api/admin/audit/verify': Operation<
    { readonly tenant_id?: string },
    {
      readonly ok: boolean;
      readonly chains: readonly {
        readonly tenant_id: string;
        readonly rows: number;
        readonly ok: boolean;
        readonly problem: { readonly kind: string; readonly seq: number; readonly message: string } | null;
      }[];
    }
  >;
  'GET /api/admin/sealing-keys': Operation<
    None,
    {
      readonly root_keys: readonly {
        readonly id: string;
        readonly is_primary: boolean;
        readonly tenant_keys: number;
      }[];
      readonly tenant_keys: { readonly active: number; readonly retiring: number; readonly retired: number };
      readonly rotation: {
        readonly id: string;
        readonly state: 'running' | 'done' | 'failed';
        readonly done: number;
        readonly total: number;
        readonly started_at: string;
        readonly finished_at: string | null;
        readonly failed: number;
      } | null;
    }
  >;
  'POST /api/admin/sealing-keys/rotate': Operation<{ readonly tenant_id?: string }, unknown>;
  'POST /api/admin/sealing-keys/root/rewrap': Operation<None, unknown>;
  'POST /api/admin/sealing-keys/{key_id}/retire': Operation<{ readonly key_id: string }, unknown>;
  'GET /api/admin/freeze': Operation<
    None,
    {
      readonly frozen: boolean;
      readonly since: string | null;
      readonly by: string | null;
      readonly reason: string | null;
    }
  >;
  'POST /api/admin/freeze': Operation<{ readonly reason: string }, unknown>;
  'DELETE /api/admin/freeze': Operation<None, unknown>;
}
