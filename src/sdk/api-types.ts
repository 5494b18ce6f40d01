/** Written by `npm run docs` from the API document: what each route takes and answers. Not to be edited. */

/** Parameters that go into the query where all others go into the body. */
export const QUERY_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'POST /api/exchange/trades/sync': ['exchange', 'credential_id', 'symbol', 'since', 'limit'],
  'POST /api/exchange/balance/sync': ['exchange', 'credential_id'],
};

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly Operations: {
      /** @description Connect an exchange account. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /ver1/accounts/new': {
        readonly parameters: {
          /** @description Market code or one of its aliases */
          readonly type: string;
          readonly name: string;
          readonly api_key?: string | null;
          readonly secret?: string | null;
          readonly address?: string | null;
          readonly customer_id?: (string | number) | null;
          readonly passphrase?: string | null;
          readonly subaccount_name?: string | null;
          readonly types_to_create?: readonly string[] | null;
        };
        readonly answer: components['schemas']['Account'];
      };
      /** @description List connected accounts, oldest first. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts': {
        readonly parameters: {
          readonly api_key?: string | null;
          /** @default 1 */
          readonly page?: number;
          /** @default 100 */
          readonly per_page?: number;
        };
        readonly answer: readonly components['schemas']['Account'][];
      };
      /** @description Read the sums of all accounts that count in the summary. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/summary': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['AccountSummary'];
      };
      /** @description Read one account. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: components['schemas']['AccountWithPortfolio'];
      };
      /** @description Ask the exchange for balances now and store them. Needs the scope ACCOUNTS_READ. */
      readonly 'POST /ver1/accounts/{account_id}/load_balances': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: components['schemas']['Account'];
      };
      /** @description Give an account another name. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /ver1/accounts/{account_id}/rename': {
        readonly parameters: {
          readonly account_id: string | number;
          readonly name: string;
        };
        readonly answer: components['schemas']['Account'];
      };
      /** @description Disconnect an account; its keys are destroyed when no other account uses them. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /ver1/accounts/{account_id}/remove': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        /** @constant */
        readonly answer: true;
      };
      /** @description Change an account; new keys are proven at the exchange before they replace the old ones. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /ver1/accounts/update': {
        readonly parameters: {
          readonly name?: string | null;
          readonly api_key?: string | null;
          readonly secret?: string | null;
          readonly address?: string | null;
          readonly customer_id?: (string | number) | null;
          readonly passphrase?: string | null;
          readonly subaccount_name?: string | null;
          readonly account_id: string | number;
          readonly include_in_summary?: boolean;
        };
        readonly answer: components['schemas']['Account'];
      };
      /** @description Which account types of an exchange a key pair could connect, and which it has connected */
      readonly 'GET /ver1/accounts/types_to_connect': {
        readonly parameters: {
          /** @description Market code or one of its aliases */
          readonly type: string;
          readonly name: string;
          readonly api_key?: string | null;
          readonly secret?: string | null;
          readonly passphrase?: string | null;
          readonly customer_id?: (string | number) | null;
        };
        readonly answer: readonly components['schemas']['ConnectableType'][];
      };
      /** @description Which account types of an exchange a key pair could connect, and which it has connected */
      readonly 'POST /ver1/accounts/types_to_connect': {
        readonly parameters: {
          /** @description Market code or one of its aliases */
          readonly type: string;
          readonly name: string;
          readonly api_key?: string | null;
          readonly secret?: string | null;
          readonly passphrase?: string | null;
          readonly customer_id?: (string | number) | null;
        };
        readonly answer: readonly components['schemas']['ConnectableType'][];
      };
      /** @description Whether the caller sees real or paper accounts. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/users/current_mode': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          /** @enum {string} */
          readonly mode: 'real' | 'paper';
        };
      };
      /** @description Let the key see real or paper accounts unless a request says otherwise. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /ver1/users/change_mode': {
        readonly parameters: {
          /** @enum {string} */
          readonly mode: 'real' | 'paper';
        };
        /** @constant */
        readonly answer: true;
      };
      /** @description What the key may do, from where, and until when */
      readonly 'GET /ver1/users/permissions_info': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          readonly permissions: readonly string[];
          /** @enum {string} */
          readonly mode: 'real' | 'paper';
          readonly algorithm: string;
          /** @enum {string} */
          readonly profile: 'legacy' | 'strict' | 'rfc9421';
          readonly ip_whitelist: readonly string[];
          readonly expires_at: string | null;
          readonly allowed_account_ids: readonly number[] | null;
        };
      };
      /** @description Account types that can be connected, and what connecting each needs */
      readonly 'GET /ver1/accounts/market_list': {
        readonly parameters: Record<string, never>;
        readonly answer: readonly components['schemas']['Market'][];
      };
      /** @description Pairs that are traded at an exchange, as QUOTE_BASE; the header Age tells how old the list is */
      readonly 'GET /ver1/accounts/market_pairs': {
        readonly parameters: {
          /** @description Market code; when left out, that of the reference exchange */
          readonly market_code?: string | null;
        };
        readonly answer: readonly string[];
      };
      /** @description Prices and limits of a pair; the header Age tells how old the prices are */
      readonly 'GET /ver1/accounts/currency_rates': {
        readonly parameters: {
          /** @description Market code; when left out, that of the reference exchange */
          readonly market_code?: string | null;
          /** @description QUOTE_BASE, as GET /ver1/accounts/market_pairs names it */
          readonly pair: string;
          /** @description Taken and not used: the limits of every kind are answered */
          readonly limit_type?: string | null;
        };
        readonly answer: components['schemas']['CurrencyRates'];
      };
      /** @description The same with the leverage of a contract, where the exchange tells it without a key */
      readonly 'GET /ver1/accounts/currency_rates_with_leverage_data': {
        readonly parameters: {
          readonly market_code: string;
          /** @description QUOTE_BASE, as GET /ver1/accounts/market_pairs names it */
          readonly pair: string;
        };
        readonly answer: components['schemas']['CurrencyRatesWithLeverage'];
      };
      /** @description Leverage that a position of the pair may have; nothing where there is none. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/leverage_data': {
        readonly parameters: {
          readonly account_id: string | number;
          /** @description QUOTE_BASE, as GET /ver1/accounts/market_pairs names it */
          readonly pair: string;
        };
        readonly answer: readonly components['schemas']['LeverageKind'][];
      };
      /** @description Leverage that a position of the pair may have; nothing where there is none. Needs the scope ACCOUNTS_READ. */
      readonly 'POST /ver1/accounts/{account_id}/leverage_data': {
        readonly parameters: {
          readonly account_id: string | number;
          /** @description QUOTE_BASE, as GET /ver1/accounts/market_pairs names it */
          readonly pair: string;
        };
        readonly answer: readonly components['schemas']['LeverageKind'][];
      };
      /** @description How many orders are open at the exchange now. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/active_trading_entities': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: components['schemas']['ActiveTradingEntities'];
      };
      /** @description Where to send an asset over a network, and what is held of it. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/deposit_data': {
        readonly parameters: {
          readonly account_id: string | number;
          readonly currency: string;
          /** @description As GET /ver1/accounts/{account_id}/networks_info names it */
          readonly network: string;
        };
        readonly answer: components['schemas']['DepositData'];
      };
      /** @description Networks that an asset can be sent over, and their rules. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/networks_info': {
        readonly parameters: {
          readonly account_id: string | number;
          readonly currency: string;
          /** @description Only networks that are open for it */
          readonly purpose?: ('deposit' | 'withdraw') | null;
        };
        readonly answer: components['schemas']['NetworksInfo'];
      };
      /** @description Shares of the assets in an account or in the summary, greatest first. Needs the scope ACCOUNTS_READ. */
      readonly 'POST /ver1/accounts/{account_id}/pie_chart_data': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: readonly components['schemas']['PieChartSlice'][];
      };
      /** @description Balances and prices of the assets in an account or in the summary, greatest value first. Needs the scope ACCOUNTS_READ. */
      readonly 'POST /ver1/accounts/{account_id}/account_table_data': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: readonly components['schemas']['AccountTableRow'][];
      };
      /** @description Equity over time of an account or of the summary, at most 1,000 points. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/balance_chart_data': {
        readonly parameters: {
          readonly account_id: string | number;
          /** @description ISO 8601; UTC when it has no offset */
          readonly date_from: string;
          readonly date_to?: string | null;
        };
        readonly answer: readonly components['schemas']['BalanceChartPoint'][];
      };
      /** @description Trading volume of an account on one UTC day, valued when its trades were read. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/volume/daily': {
        readonly parameters: {
          readonly account_id: string | number;
          /** @description YYYY-MM-DD, UTC; default: the current one */
          readonly date?: string | null;
        };
        readonly answer: components['schemas']['DailyVolume'];
      };
      /** @description Trading volume of an account in one UTC month, valued when its trades were read. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/volume/monthly': {
        readonly parameters: {
          readonly account_id: string | number;
          /** @description YYYY-MM, UTC; default: the current one */
          readonly month?: string | null;
        };
        readonly answer: components['schemas']['MonthlyVolume'];
      };
      /** @description Trading volume of an account since its first trade, valued when its trades were read. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /ver1/accounts/{account_id}/volume/total': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: components['schemas']['TotalVolume'];
      };
      /** @description Answer when the gateway is there */
      readonly 'GET /ver1/ping': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          /** @constant */
          readonly pong: 'pong';
        };
      };
      /** @description Server time in whole seconds since 1970-01-01T00:00:00Z */
      readonly 'GET /ver1/time': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          readonly server_time: number;
        };
      };
      /** @description Answer when key and signature are right */
      readonly 'GET /ver1/validate': {
        readonly parameters: Record<string, never>;
        readonly answer: {
          /** @constant */
          readonly valid: true;
        };
      };
      /** @description List target portfolios, oldest first. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/portfolios': {
        readonly parameters: {
          /** @default 100 */
          readonly limit?: number;
          /** @default 0 */
          readonly offset?: number;
        };
        readonly answer: {
          readonly portfolios: readonly components['schemas']['Portfolio'][];
          readonly total_count: number;
        };
      };
      /** @description Make a target portfolio. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/portfolios': {
        readonly parameters: {
          readonly name: string;
          /** @description Percent by asset; they sum to 100 */
          readonly weights: {
            readonly [key: string]: number;
          };
        };
        readonly answer: components['schemas']['Portfolio'];
      };
      /** @description Read one target portfolio. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/portfolios/{portfolio_id}': {
        readonly parameters: {
          readonly portfolio_id: string | number;
        };
        readonly answer: components['schemas']['Portfolio'];
      };
      /** @description Give a target portfolio another name and other weights. Needs the scope ACCOUNTS_WRITE. */
      readonly 'PUT /api/portfolios/{portfolio_id}': {
        readonly parameters: {
          readonly portfolio_id: string | number;
          readonly name: string;
          /** @description Percent by asset; they sum to 100 */
          readonly weights: {
            readonly [key: string]: number;
          };
        };
        readonly answer: components['schemas']['Portfolio'];
      };
      /** @description Remove a target portfolio that no account is set to. Needs the scope ACCOUNTS_WRITE. */
      readonly 'DELETE /api/portfolios/{portfolio_id}': {
        readonly parameters: {
          readonly portfolio_id: string | number;
        };
      };
      /** @description Read how an account is balanced. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/accounts/{account_id}/autobalance': {
        readonly parameters: {
          readonly account_id: string | number;
        };
        readonly answer: components['schemas']['Autobalance'];
      };
      /** @description Set how an account is balanced; what is left out gets its default. Needs the scope ACCOUNTS_WRITE. */
      readonly 'PUT /api/accounts/{account_id}/autobalance': {
        readonly parameters: {
          readonly account_id: string | number;
          readonly enabled: boolean;
          readonly portfolio_id?: number | null;
          /**
           * @description Hours between runs
           * @default 24
           */
          readonly period?: number;
          readonly method?: ('time' | 'currency_change') | null;
          /** @description Percent by which the share of an asset may move away */
          readonly currency_change_limit?: number | null;
        };
        readonly answer: components['schemas']['Autobalance'];
      };
      /** @description Get an access token with some of the scopes of the key that signs */
      readonly 'POST /api/auth/token': {
        readonly parameters: {
          /** @description What the token may do: scopes of the key */
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
           * @description Seconds that the token is to live
           * @default 900
           */
          readonly expires_in?: number;
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['AccessToken'];
      };
      /** @description Say what was signed for a request, as the gateway reads it, and where your own text differs */
      readonly 'POST /api/auth/explain': {
        readonly parameters: {
          /** @description The request to explain; without it this very one */
          readonly request?: {
            /** @enum {string} */
            readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
            /** @description Path and query as sent */
            readonly target: string;
            /** @description Host among them */
            readonly headers: {
              readonly [key: string]: string | readonly string[];
            };
            /** @default  */
            readonly body?: string;
          };
          /** @description The text that you signed */
          readonly canonical?: string;
          /** @description Or its SHA-256 in hex */
          readonly canonical_sha256?: string;
        };
        readonly answer: components['schemas']['Explanation'];
      };
      /** @description List the caller keys of the tenant, oldest first. Needs the scope KEYS_WRITE. */
      readonly 'GET /api/keys': {
        readonly parameters: {
          /** @default false */
          readonly include_revoked?: boolean;
          /** @default 100 */
          readonly limit?: number;
          /** @default 0 */
          readonly offset?: number;
        };
        readonly answer: {
          readonly keys: readonly components['schemas']['CallerKey'][];
          readonly total_count: number;
        };
      };
      /** @description Make a caller key, or register a public one; it gets nothing that the key that signs lacks. Needs the scope KEYS_WRITE. */
      readonly 'POST /api/keys': {
        readonly parameters: {
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
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['IssuedCallerKey'];
      };
      /** @description Read one caller key. Needs the scope KEYS_WRITE. */
      readonly 'GET /api/keys/{key_id}': {
        readonly parameters: {
          readonly key_id: string | number;
        };
        readonly answer: components['schemas']['CallerKey'];
      };
      /** @description Change a caller key; what is left out stays. Needs the scope KEYS_WRITE. */
      readonly 'PATCH /api/keys/{key_id}': {
        readonly parameters: {
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
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['CallerKey'];
      };
      /** @description Revoke a caller key at once and for good; its record stays. Needs the scope KEYS_WRITE. */
      readonly 'DELETE /api/keys/{key_id}': {
        readonly parameters: {
          readonly key_id: string | number;
        };
      };
      /** @description Give a caller key another secret or public key; the one before works on for a while. Needs the scope KEYS_WRITE. */
      readonly 'POST /api/keys/{key_id}/rotate': {
        readonly parameters: {
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
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['IssuedCallerKey'];
      };
      /** @description List what is done by itself: syncs, checks, the closing of days. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/jobs': {
        readonly parameters: {
          readonly kind?: ('balance_sync' | 'trade_sync' | 'credential_check' | 'profit_daily') | null;
          /** @description Of this account alone */
          readonly account_id?: number | null;
          readonly state?: ('waiting' | 'running' | 'failing' | 'paused') | null;
          /** @default 50 */
          readonly limit?: number;
          /** @description next_cursor of the page before; without one the first page is answered */
          readonly cursor?: string | null;
        };
        readonly answer: {
          readonly jobs: readonly components['schemas']['Job'][];
          /** @description null: this is the last page */
          readonly next_cursor: string | null;
        };
      };
      /** @description Read one job: when it is due, how it last ended, how far it has come. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/jobs/{job_id}': {
        readonly parameters: {
          readonly job_id: string | number;
        };
        readonly answer: components['schemas']['Job'];
      };
      /** @description Have a job done now; the answer does not wait for it. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/jobs/{job_id}/run': {
        readonly parameters: {
          readonly job_id: string | number;
        };
        readonly answer: components['schemas']['Job'];
      };
      /** @description List what happened, in its order; a key sees what its scopes and its accounts show. Needs the scope ACCOUNTS_READ or KEYS_WRITE. */
      readonly 'GET /api/events': {
        readonly parameters: {
          /**
           * @description Only of these types: `account.connected`, `account.*` or `*`; sent several times, or with commas between
           * @default
           */
          readonly types?: readonly string[];
          /** @description Only of this account */
          readonly account_id?: number | null;
          /** @description Only events after this `sequence`; without it from the oldest that is kept */
          readonly after?: number | null;
          /** @description With `order=desc`: only events before this `sequence` */
          readonly before?: number | null;
          /**
           * @description asc: in the order in which they happened; desc: the newest first
           * @default asc
           * @enum {string}
           */
          readonly order?: 'asc' | 'desc';
          /** @default 100 */
          readonly limit?: number;
        };
        readonly answer: {
          readonly items: readonly components['schemas']['EventRecord'][];
          /** @description Where to go on: `after` of the next request, also when there is nothing new yet; with order=desc `before`, and null at the end */
          readonly next: number | null;
        };
      };
      /** @description Be told of what happens as it happens, in its order and without gaps. Needs the scope ACCOUNTS_READ or KEYS_WRITE. */
      readonly 'GET /api/events/stream': {
        readonly parameters: {
          /**
           * @description Only of these types: `account.connected`, `account.*` or `*`; sent several times, or with commas between
           * @default
           */
          readonly types?: readonly string[];
          /** @description Only of this account */
          readonly account_id?: number | null;
          /** @description As Last-Event-ID */
          readonly after?: number | null;
          /** @description End after so long; 0: as soon as all that has happened is told */
          readonly max_seconds?: number | null;
        };
      };
      /** @description List the webhook endpoints of the tenant, oldest first. Needs the scope WEBHOOKS_WRITE. */
      readonly 'GET /api/webhooks': {
        readonly parameters: {
          /** @default 100 */
          readonly limit?: number;
          /** @default 0 */
          readonly offset?: number;
        };
        readonly answer: {
          readonly webhooks: readonly components['schemas']['WebhookEndpoint'][];
          readonly total_count: number;
        };
      };
      /** @description Have events delivered to a URL, signed as Standard Webhooks has it. Needs the scope WEBHOOKS_WRITE. */
      readonly 'POST /api/webhooks': {
        readonly parameters: {
          /** @description Where deliveries are posted to */
          readonly url: string;
          /** @description Types of events, groups of them (account.*), or all that the API key may see (*) */
          readonly event_types: readonly string[];
          /** @description Words of your own, for lists */
          readonly description?: string | null;
          /** @description Only events of these accounts; left out: of all that the API key reaches */
          readonly account_ids?: readonly number[] | null;
          /**
           * @description How deliveries are signed (Standard Webhooks): hmac (v1) with a secret that both know, or ed25519 (v1a) with a key pair of which the receiver needs the public half alone
           * @default hmac
           * @enum {string}
           */
          readonly signature?: 'hmac' | 'ed25519';
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['IssuedWebhookEndpoint'];
      };
      /** @description Read one webhook endpoint. Needs the scope WEBHOOKS_WRITE. */
      readonly 'GET /api/webhooks/{endpoint_id}': {
        readonly parameters: {
          readonly endpoint_id: string | number;
        };
        readonly answer: components['schemas']['WebhookEndpoint'];
      };
      /** @description Change a webhook endpoint, or switch it off and on; what is left out stays. Needs the scope WEBHOOKS_WRITE. */
      readonly 'PATCH /api/webhooks/{endpoint_id}': {
        readonly parameters: {
          readonly endpoint_id: string | number;
          /** @description Where deliveries are posted to */
          readonly url?: string;
          /** @description Types of events, groups of them (account.*), or all that the API key may see (*) */
          readonly event_types?: readonly string[];
          /** @description Words of your own, for lists */
          readonly description?: string | null;
          /** @description false: nothing is sent, what waits stays; true: it is sent, failures are forgotten, and the endpoint is that of the API key that signs */
          readonly enabled?: boolean;
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['WebhookEndpoint'];
      };
      /** @description Remove a webhook endpoint, and with it what waits for it. Needs the scope WEBHOOKS_WRITE. */
      readonly 'DELETE /api/webhooks/{endpoint_id}': {
        readonly parameters: {
          readonly endpoint_id: string | number;
        };
      };
      /** @description Give a webhook endpoint another secret or key pair; the one before signs too for a while. Needs the scope WEBHOOKS_WRITE. */
      readonly 'POST /api/webhooks/{endpoint_id}/rotate': {
        readonly parameters: {
          readonly endpoint_id: string | number;
          /**
           * @description How long the secret before signs too, beside the new one
           * @default 86400
           */
          readonly overlap_seconds?: number;
          /** @description Now, in milliseconds since 1970; needed with a legacy signature, which holds no time */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['IssuedWebhookEndpoint'];
      };
      /** @description Send the event webhook.test to this endpoint alone, the way every event goes. Needs the scope WEBHOOKS_WRITE. */
      readonly 'POST /api/webhooks/{endpoint_id}/test': {
        readonly parameters: {
          readonly endpoint_id: string | number;
        };
        readonly answer: components['schemas']['WebhookDelivery'];
      };
      /** @description List what was, is being or could not be delivered to an endpoint, newest event first. Needs the scope WEBHOOKS_WRITE. */
      readonly 'GET /api/webhooks/{endpoint_id}/deliveries': {
        readonly parameters: {
          readonly endpoint_id: string | number;
          /** @description dead: given up after the last attempt */
          readonly state?: ('pending' | 'delivered' | 'dead') | null;
          readonly event_type?: string | null;
          /** @description next_cursor of the page before */
          readonly cursor?: number | null;
          /** @default 50 */
          readonly limit?: number;
        };
        readonly answer: {
          readonly deliveries: readonly components['schemas']['WebhookDelivery'][];
          /** @description null: there are no more */
          readonly next_cursor: number | null;
        };
      };
      /** @description Read one delivery with its attempts. Needs the scope WEBHOOKS_WRITE. */
      readonly 'GET /api/webhooks/{endpoint_id}/deliveries/{delivery_id}': {
        readonly parameters: {
          readonly endpoint_id: string | number;
          readonly delivery_id: string | number;
        };
        readonly answer: components['schemas']['WebhookDelivery'];
      };
      /** @description Send one delivery again, or at once when it waits for its next attempt. Needs the scope WEBHOOKS_WRITE. */
      readonly 'POST /api/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay': {
        readonly parameters: {
          readonly endpoint_id: string | number;
          readonly delivery_id: string | number;
        };
        readonly answer: components['schemas']['WebhookDelivery'];
      };
      /** @description Send again what an endpoint missed, or all of a time. Needs the scope WEBHOOKS_WRITE. */
      readonly 'POST /api/webhooks/{endpoint_id}/replay': {
        readonly parameters: {
          readonly endpoint_id: string | number;
          /** @description Events from then on; left out: since the endpoint was made */
          readonly since?: string | null;
          /** @description Events before that; left out: until now */
          readonly until?: string | null;
          /**
           * @description true: what failed, given up or not, or happened while the endpoint was switched off; false: what was delivered too
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
      /** @description List stored trades of an exchange, in the order in which they were stored. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/trades': {
        readonly parameters: {
          readonly exchange: string;
          readonly symbol?: string | null;
          readonly start_date?: string | null;
          readonly end_date?: string | null;
          /** @default 100 */
          readonly limit?: number;
          /** @default 0 */
          readonly offset?: number;
        };
        readonly answer: components['schemas']['TradeList'];
      };
      /** @description Read new trades from the exchange and store them, for up to 20 seconds. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/exchange/trades/sync': {
        readonly parameters: {
          readonly exchange: string;
          /** @description Default: the oldest active one of the exchange */
          readonly credential_id?: string | null;
          /** @description This market alone; default: all that the account may have traded on */
          readonly symbol?: string | null;
          /** @description Read from then on; default: from where the last sync ended, else as far back as the exchange tells */
          readonly since?: string | null;
          /**
           * @description Trades asked for and stored at a time
           * @default 100
           */
          readonly limit?: number;
        };
        readonly answer: components['schemas']['TradeSync'];
      };
      /** @description Add up stored trades of an exchange, or of all. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/trades/stats': {
        readonly parameters: {
          readonly exchange?: string | null;
          readonly start_date?: string | null;
          readonly end_date?: string | null;
        };
        readonly answer: components['schemas']['TradeStats'];
      };
      /** @description Read whether fees are paid in BNB. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/bnb-burn': {
        readonly parameters: {
          /** @default binanceus */
          readonly exchange?: string;
        };
        readonly answer: components['schemas']['BnbBurn'];
      };
      /** @description Set whether fees of spot trades are paid in BNB. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/exchange/bnb-burn': {
        readonly parameters: {
          /** @description True to pay spot trading fees with BNB (the fee discount). */
          readonly spot_bnb_burn: boolean;
          /**
           * @description Binance venue: 'binanceus' or 'binance'.
           * @default binanceus
           */
          readonly exchange?: string;
        };
        readonly answer: components['schemas']['BnbBurnChange'];
      };
      /** @description List balances that the exchange would convert into BNB. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/dust-assets': {
        readonly parameters: {
          /** @default binanceus */
          readonly exchange?: string;
        };
        readonly answer: components['schemas']['DustAssets'];
      };
      /** @description Try exchange keys; nothing of them is stored. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/exchange/validate': {
        readonly parameters: {
          /** @description Exchange name (binance, coinbase, kraken, etc.) */
          readonly exchange: string;
          /** @description Exchange API key */
          readonly api_key: string;
          /** @description Exchange API secret */
          readonly api_secret: string;
          /** @description Exchange API passphrase (if required) */
          readonly api_passphrase?: string | null;
          /** @description Exchange-specific configuration (e.g., {'testnet': true, 'use_us': true}) */
          readonly exchange_metadata?: {
            readonly [key: string]: unknown;
          };
        };
        readonly answer: components['schemas']['KeyValidation'];
      };
      /** @description List stored exchange keys, oldest first; never the keys themselves. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/credentials': {
        readonly parameters: {
          readonly exchange_name?: string | null;
        };
        readonly answer: {
          readonly credentials: readonly components['schemas']['Credential'][];
          readonly total_count: number;
        };
      };
      /** @description Store exchange keys; they are proven at the exchange first, or later when it cannot be reached. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/exchange/credentials': {
        readonly parameters: {
          readonly exchange_name: string;
          /**
           * @description User-friendly name for this credential set
           * @default Default
           */
          readonly credential_name?: string;
          /** @description Exchange API key (will be encrypted) */
          readonly api_key: string;
          /** @description Exchange API secret (will be encrypted) */
          readonly api_secret: string;
          /** @description Exchange API passphrase (optional, required for some exchanges) */
          readonly api_passphrase?: string | null;
          /** @description List of permissions: read, trade, withdraw; what the exchange says stands above it */
          readonly permissions?: readonly ('read' | 'trade' | 'withdraw')[];
          /** @default [] */
          readonly ip_whitelist?: readonly string[];
          /** @description Exchange-specific configuration (e.g., {'testnet': true, 'use_us': true}) */
          readonly exchange_metadata?: {
            readonly [key: string]: unknown;
          };
          /** @description Now, in milliseconds since 1970; needed to store keys again that were deleted with a legacy signature. A request with it counts once */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['Credential'];
      };
      /** @description Read one stored credential; the API key is masked. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/credentials/{credential_id}': {
        readonly parameters: {
          readonly credential_id: string | number;
        };
        readonly answer: components['schemas']['CredentialDetail'];
      };
      /** @description Change a stored credential; new keys are proven before they take the place of the old ones. Needs the scope ACCOUNTS_WRITE. */
      readonly 'PUT /api/exchange/credentials/{credential_id}': {
        readonly parameters: {
          readonly credential_id: string | number;
          /** @description null: stays as it is */
          readonly credential_name?: string | null;
          /** @description null: stays as it is */
          readonly api_key?: string | null;
          /** @description null: stays as it is */
          readonly api_secret?: string | null;
          /** @description Comes with new keys alone */
          readonly api_passphrase?: string | null;
          /** @description null: stays as it is */
          readonly permissions?: readonly ('read' | 'trade' | 'withdraw')[] | null;
          /** @description null: stays as it is */
          readonly ip_whitelist?: readonly string[] | null;
          /** @description null: stays as it is */
          readonly exchange_metadata?: {
            readonly [key: string]: unknown;
          } | null;
          /** @description null: stays as it is */
          readonly is_active?: boolean | null;
          /** @description Now, in milliseconds since 1970; needed to switch keys on again with a legacy signature. A request with it counts once */
          readonly timestamp?: number;
        };
        readonly answer: components['schemas']['Credential'];
      };
      /** @description Destroy stored exchange keys that no connected account uses; what was read with them is kept. Needs the scope ACCOUNTS_WRITE. */
      readonly 'DELETE /api/exchange/credentials/{credential_id}': {
        readonly parameters: {
          readonly credential_id: string | number;
          /**
           * @description Delete what was read with the keys as well: balances and trades
           * @default false
           */
          readonly delete_history?: boolean;
        };
        readonly answer: {
          readonly success: boolean;
          readonly message: string;
          /** Format: uuid */
          readonly deleted_id: string;
        };
      };
      /** @description Read the balances of the last sync; the first read syncs. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/balance': {
        readonly parameters: {
          readonly exchange: string;
          /** @description When not given: the oldest active one of the exchange */
          readonly credential_id?: string | null;
          readonly currency?: string | null;
        };
        readonly answer: components['schemas']['ExchangeBalance'];
      };
      /** @description Ask the exchange for balances and keep the answer as a snapshot. Needs the scope ACCOUNTS_WRITE. */
      readonly 'POST /api/exchange/balance/sync': {
        readonly parameters: {
          readonly exchange: string;
          /** @description When not given: the oldest active one of the exchange */
          readonly credential_id?: string | null;
        };
        readonly answer: components['schemas']['ExchangeBalanceSync'];
      };
      /** @description Read what syncs found of a currency, newest first. Needs the scope ACCOUNTS_READ. */
      readonly 'GET /api/exchange/balance/history': {
        readonly parameters: {
          readonly exchange: string;
          /** @description When not given: the oldest active one of the exchange */
          readonly credential_id?: string | null;
          readonly currency: string;
          readonly start_date?: string | null;
          readonly end_date?: string | null;
          /** @default 100 */
          readonly limit?: number;
        };
        readonly answer: components['schemas']['ExchangeBalanceHistory'];
      };
      /** @description All markets of an exchange, halted ones included; with an ETag, so that `If-None-Match` answers 304 while they are the same */
      readonly 'GET /api/exchange/markets': {
        readonly parameters: {
          readonly exchange: string;
        };
        readonly answer: components['schemas']['ExchangeMarkets'];
      };
      /** @description Price, best of the book and volume of one market; the header Age tells how old they are */
      readonly 'GET /api/exchange/ticker': {
        readonly parameters: {
          readonly exchange: string;
          /** @description `BTC/USDT`, `BTC/USDT:USDT`; also `BTC-USDT` and `BTCUSDT` where only one market can be meant */
          readonly symbol: string;
        };
        readonly answer: components['schemas']['ExchangeTicker'];
      };
      /** @description Ways to trade two assets over all exchanges, the cheapest for the buyer first */
      readonly 'GET /api/exchange/route': {
        readonly parameters: {
          /** @description Base asset (e.g. BTC) */
          readonly base: string;
          /** @description Quote asset (e.g. USDT) */
          readonly quote: string;
          /** @description Of the base asset: drops routes whose min_amount exceeds it */
          readonly size?: number | null;
          /** @description Of the quote asset: drops routes whose min_cost exceeds it */
          readonly quote_size?: number | null;
        };
        readonly answer: components['schemas']['TradeRoutes'];
      };
      /** @description Exchanges that keys can be stored of */
      readonly 'GET /api/exchange/supported': {
        readonly parameters: Record<string, never>;
        readonly answer: components['schemas']['SupportedExchanges'];
      };
      /** @description What is known of an exchange; asks it nothing */
      readonly 'GET /api/exchange/{exchange_name}/info': {
        readonly parameters: {
          readonly exchange_name: string | number;
        };
        readonly answer: components['schemas']['ExchangeInfo'];
      };
      /** @description Whether the exchanges work */
      readonly 'GET /api/exchange/health': {
        readonly parameters: {
          /**
           * @description Ask the exchange again; at most once every few seconds, whoever asks
           * @default false
           */
          readonly force_refresh?: boolean;
        };
        readonly answer: components['schemas']['AllExchangeHealth'];
      };
      /** @description Whether an exchange works */
      readonly 'GET /api/exchange/{exchange_name}/health': {
        readonly parameters: {
          readonly exchange_name: string | number;
          /**
           * @description Ask the exchange again; at most once every few seconds, whoever asks
           * @default false
           */
          readonly force_refresh?: boolean;
        };
        readonly answer: components['schemas']['ExchangeHealth'];
      };
    };
    readonly Events: {
      readonly 'account.connected': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.connected';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
          /** @description null: a watched address */
          readonly credential_id: string | null;
          /** @description Type of the account, e.g. binance */
          readonly market_code: string;
          /** @enum {string} */
          readonly mode: 'real' | 'paper';
        };
      };
      readonly 'account.updated': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.updated';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
          /** @description Names of what changed */
          readonly changed: readonly string[];
        };
      };
      readonly 'account.removed': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.removed';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
        };
      };
      readonly 'account.locked': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.locked';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
          /** @description e.g. invalid_api_key */
          readonly reason: string;
        };
      };
      readonly 'account.unlocked': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.unlocked';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
        };
      };
      readonly 'account.keys_invalid': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.keys_invalid';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
        };
      };
      readonly 'account.rights_changed': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'account.rights_changed';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /** @description null: the exchange does not say */
          readonly can_read: boolean | null;
          /** @description null: the exchange does not say */
          readonly can_trade: boolean | null;
          /** @description null: the exchange does not say */
          readonly can_withdraw: boolean | null;
          /** @description Id of the account */
          readonly account_id: number;
        };
      };
      readonly 'credential.stored': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'credential.stored';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
        };
      };
      readonly 'credential.updated': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'credential.updated';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /** @description Names of what changed */
          readonly changed: readonly string[];
        };
      };
      readonly 'credential.replaced': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'credential.replaced';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
        };
      };
      readonly 'credential.deleted': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'credential.deleted';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
        };
      };
      readonly 'credential.validated': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'credential.validated';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /** @description As /api/exchange/credentials tells it */
          readonly validation_status: string;
        };
      };
      readonly 'credential.rights_changed': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'credential.rights_changed';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /** @description null: the exchange does not say */
          readonly can_read: boolean | null;
          /** @description null: the exchange does not say */
          readonly can_trade: boolean | null;
          /** @description null: the exchange does not say */
          readonly can_withdraw: boolean | null;
        };
      };
      readonly 'balance.synced': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'balance.synced';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description null: keys that are stored and not connected as an account */
          readonly account_id: number | null;
          /** @description null: a watched address */
          readonly credential_id: string | null;
          /** @description Type of the account, e.g. binance */
          readonly market_code: string;
          /**
           * Format: date-time
           * @description ISO 8601, UTC
           */
          readonly synced_at: string;
          /** @description Decimal */
          readonly usd_amount: string;
          /** @description Decimal */
          readonly btc_amount: string;
          /** @description Assets whose total changed, 100 at most */
          readonly changed_assets: readonly string[];
          /** @description How many changed */
          readonly changed_count: number;
        };
      };
      readonly 'trades.synced': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'trades.synced';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description null: keys that are stored and not connected as an account */
          readonly account_id: number | null;
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /** @description Market that was read; null: all of them together */
          readonly symbol: string | null;
          readonly new_trades: number;
          /** @description false: more of this market will follow */
          readonly is_complete: boolean;
        };
      };
      readonly 'profit.daily': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'profit.daily';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Id of the account */
          readonly account_id: number;
          /** Format: date */
          readonly day: string;
          /** @description Decimal; null: not known */
          readonly usd_profit: string | null;
          /** @description Decimal; null: not known */
          readonly btc_profit: string | null;
          /** @description Decimal */
          readonly usd_amount: string;
          /** @description Decimal */
          readonly btc_amount: string;
        };
      };
      readonly 'exchange.degraded': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'exchange.degraded';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /** @description e.g. circuit_open, banned, unreachable */
          readonly reason: string;
        };
      };
      readonly 'exchange.recovered': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'exchange.recovered';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description Name of the exchange, as /api/exchange knows it */
          readonly exchange: string;
          /**
           * Format: date-time
           * @description ISO 8601, UTC
           */
          readonly degraded_since: string;
        };
      };
      readonly 'key.created': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'key.created';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the caller key
           */
          readonly key_id: string;
        };
      };
      readonly 'key.updated': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'key.updated';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the caller key
           */
          readonly key_id: string;
        };
      };
      readonly 'key.rotated': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'key.rotated';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the caller key
           */
          readonly key_id: string;
        };
      };
      readonly 'key.revoked': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'key.revoked';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the caller key
           */
          readonly key_id: string;
        };
      };
      readonly 'webhook.disabled': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'webhook.disabled';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the webhook endpoint
           */
          readonly endpoint_id: string;
          readonly reason: string;
        };
      };
      readonly 'webhook.test': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'webhook.test';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the webhook endpoint
           */
          readonly endpoint_id: string;
        };
      };
      readonly 'security.canary_opened': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'security.canary_opened';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the exchange keys
           */
          readonly credential_id: string;
        };
      };
      readonly 'security.custody_frozen': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'security.custody_frozen';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /** @description canary_opened: custody did it by itself; operator: somebody who runs it did */
          readonly reason: string;
        };
      };
      readonly 'security.custody_thawed': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'security.custody_thawed';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: Record<string, never>;
      };
      readonly 'security.authentication_failures': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'security.authentication_failures';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the caller key
           */
          readonly key_id: string;
          /** @description A minute, at least */
          readonly failures: number;
        };
      };
      readonly 'security.address_refused': {
        /**
         * Format: uuid
         * @description Id of the event; a delivery that is repeated has the same one, in `webhook-id` too
         */
        readonly id: string;
        /** @constant */
        readonly type: 'security.address_refused';
        /**
         * Format: date-time
         * @description When it happened, ISO 8601, UTC
         */
        readonly timestamp: string;
        /** @description Place among the tenant's events: from 1, without gaps, in the order in which they were committed */
        readonly sequence: number;
        /** @description Account that it happened to; null: none, or more than one */
        readonly account_id: number | null;
        /** @description Place among the events of that account, from 1 without gaps; null without account */
        readonly account_sequence: number | null;
        readonly data: {
          /**
           * Format: uuid
           * @description Id of the caller key
           */
          readonly key_id: string;
          readonly address: string;
        };
      };
    };
    readonly Account: {
      readonly id: number;
      readonly name: string;
      readonly exchange_name: string;
      readonly market_icon: string;
      readonly market_code: string;
      readonly auto_balance_period: number;
      readonly auto_balance_portfolio_id: number | null;
      readonly auto_balance_currency_change_limit: string | null;
      readonly auto_balance_method: ('time' | 'currency_change') | null;
      readonly autobalance_enabled: boolean;
      readonly auto_balance_error: string | null;
      readonly last_auto_balance: string | null;
      readonly hedge_mode_available: boolean;
      readonly hedge_mode_enabled: boolean;
      readonly is_locked: boolean;
      readonly lock_reason: string | null;
      readonly smart_trading_supported: boolean;
      readonly stats_supported: boolean;
      readonly trading_supported: boolean;
      readonly market_buy_supported: boolean;
      readonly market_sell_supported: boolean;
      readonly conditional_buy_supported: boolean;
      readonly bots_allowed: boolean;
      readonly bots_ttp_allowed: boolean;
      readonly bots_tsl_allowed: boolean;
      readonly gordon_bots_available: boolean;
      readonly multi_bots_allowed: boolean;
      readonly available_for_trading: Record<string, never>;
      readonly fast_convert_available: boolean;
      readonly grid_bots_allowed: boolean;
      readonly api_key: string;
      readonly api_key_invalid: boolean;
      /** @enum {string} */
      readonly api_keys_state: 'ok' | 'expired' | 'expire_soon';
      readonly deposit_enabled: boolean;
      readonly available_include_in_summary: boolean;
      readonly include_in_summary: boolean;
      readonly supported_market_types: readonly string[];
      readonly customer_id: string | null;
      readonly subaccount_name: string | null;
      readonly btc_amount: string;
      readonly usd_amount: string;
      readonly day_profit_btc: string;
      readonly day_profit_usd: string;
      readonly day_profit_btc_percentage: number;
      readonly day_profit_usd_percentage: number;
      readonly btc_profit: number;
      readonly usd_profit: number;
      readonly btc_profit_percentage: number;
      readonly usd_profit_percentage: number;
      readonly total_btc_profit: number;
      readonly total_usd_profit: number;
      readonly pretty_display_type: string;
      readonly primary_display_currency_amount: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly primary_display_currency_profit: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly primary_display_currency_profit_percentage: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly day_profit_primary_display_currency: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly day_profit_primary_display_currency_percentage: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly total_primary_display_currency_profit: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: number;
      };
      readonly address?: string;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
    };
    readonly AccountSummary: {
      /** @constant */
      readonly id: 0;
      readonly name: string;
      readonly exchange_name: string;
      readonly market_icon: string;
      readonly market_code: string;
      readonly auto_balance_period: number;
      readonly auto_balance_portfolio_id: number | null;
      readonly auto_balance_currency_change_limit: string | null;
      readonly auto_balance_method: ('time' | 'currency_change') | null;
      readonly autobalance_enabled: boolean;
      readonly auto_balance_error: string | null;
      readonly last_auto_balance: string | null;
      readonly hedge_mode_available: boolean;
      readonly hedge_mode_enabled: boolean;
      readonly is_locked: boolean;
      readonly lock_reason: string | null;
      readonly smart_trading_supported: boolean;
      readonly stats_supported: boolean;
      readonly trading_supported: boolean;
      readonly market_buy_supported: boolean;
      readonly market_sell_supported: boolean;
      readonly conditional_buy_supported: boolean;
      readonly bots_allowed: boolean;
      readonly bots_ttp_allowed: boolean;
      readonly bots_tsl_allowed: boolean;
      readonly gordon_bots_available: boolean;
      readonly multi_bots_allowed: boolean;
      readonly available_for_trading: Record<string, never>;
      readonly fast_convert_available: boolean;
      readonly grid_bots_allowed: boolean;
      readonly api_key: string;
      readonly api_key_invalid: boolean;
      /** @enum {string} */
      readonly api_keys_state: 'ok' | 'expired' | 'expire_soon';
      readonly deposit_enabled: boolean;
      readonly available_include_in_summary: boolean;
      readonly include_in_summary: boolean;
      readonly supported_market_types: readonly string[];
      readonly customer_id: string | null;
      readonly subaccount_name: string | null;
      readonly btc_amount: string;
      readonly usd_amount: string;
      readonly day_profit_btc: string;
      readonly day_profit_usd: string;
      readonly day_profit_btc_percentage: number;
      readonly day_profit_usd_percentage: number;
      readonly btc_profit: number;
      readonly usd_profit: number;
      readonly btc_profit_percentage: number;
      readonly usd_profit_percentage: number;
      readonly total_btc_profit: number;
      readonly total_usd_profit: number;
      readonly pretty_display_type: string;
      readonly primary_display_currency_amount: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly primary_display_currency_profit: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly primary_display_currency_profit_percentage: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly day_profit_primary_display_currency: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly day_profit_primary_display_currency_percentage: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly total_primary_display_currency_profit: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: number;
      };
      readonly address?: string;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
      readonly auto_balance_portfolio: null;
    };
    readonly AccountWithPortfolio: {
      readonly id: number;
      readonly name: string;
      readonly exchange_name: string;
      readonly market_icon: string;
      readonly market_code: string;
      readonly auto_balance_period: number;
      readonly auto_balance_portfolio_id: number | null;
      readonly auto_balance_currency_change_limit: string | null;
      readonly auto_balance_method: ('time' | 'currency_change') | null;
      readonly autobalance_enabled: boolean;
      readonly auto_balance_error: string | null;
      readonly last_auto_balance: string | null;
      readonly hedge_mode_available: boolean;
      readonly hedge_mode_enabled: boolean;
      readonly is_locked: boolean;
      readonly lock_reason: string | null;
      readonly smart_trading_supported: boolean;
      readonly stats_supported: boolean;
      readonly trading_supported: boolean;
      readonly market_buy_supported: boolean;
      readonly market_sell_supported: boolean;
      readonly conditional_buy_supported: boolean;
      readonly bots_allowed: boolean;
      readonly bots_ttp_allowed: boolean;
      readonly bots_tsl_allowed: boolean;
      readonly gordon_bots_available: boolean;
      readonly multi_bots_allowed: boolean;
      readonly available_for_trading: Record<string, never>;
      readonly fast_convert_available: boolean;
      readonly grid_bots_allowed: boolean;
      readonly api_key: string;
      readonly api_key_invalid: boolean;
      /** @enum {string} */
      readonly api_keys_state: 'ok' | 'expired' | 'expire_soon';
      readonly deposit_enabled: boolean;
      readonly available_include_in_summary: boolean;
      readonly include_in_summary: boolean;
      readonly supported_market_types: readonly string[];
      readonly customer_id: string | null;
      readonly subaccount_name: string | null;
      readonly btc_amount: string;
      readonly usd_amount: string;
      readonly day_profit_btc: string;
      readonly day_profit_usd: string;
      readonly day_profit_btc_percentage: number;
      readonly day_profit_usd_percentage: number;
      readonly btc_profit: number;
      readonly usd_profit: number;
      readonly btc_profit_percentage: number;
      readonly usd_profit_percentage: number;
      readonly total_btc_profit: number;
      readonly total_usd_profit: number;
      readonly pretty_display_type: string;
      readonly primary_display_currency_amount: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly primary_display_currency_profit: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly primary_display_currency_profit_percentage: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly day_profit_primary_display_currency: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly day_profit_primary_display_currency_percentage: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly total_primary_display_currency_profit: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: number;
      };
      readonly address?: string;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
      readonly auto_balance_portfolio: components['schemas']['AutoBalancePortfolio'] | null;
    };
    readonly AutoBalancePortfolio: {
      readonly id: number;
      readonly name: string;
      readonly currencies: readonly {
        readonly currency_code: string;
        readonly percentage: number;
      }[];
    };
    readonly ConnectableType: {
      readonly type: string;
      readonly connected: boolean;
      readonly available: boolean;
      readonly unified: boolean;
    };
    readonly Market: {
      readonly market_name: string;
      readonly market_url: string | null;
      readonly market_icon: string;
      readonly help_link: string | null;
      readonly market_code: string;
      readonly form_fields: {
        readonly required: readonly {
          readonly field: string;
          readonly localized_name: string;
        }[];
        readonly optional: readonly {
          readonly field: string;
          readonly localized_name: string;
        }[];
      };
      readonly available_connection_flows: readonly 'form'[];
      readonly third_party_allowed: boolean;
      readonly trusted_ips: readonly string[];
      readonly trusted_ips_input_type: string | null;
      readonly fast_connect_action_name: string | null;
    };
    readonly CurrencyRates: {
      readonly last: string;
      readonly bid: string;
      readonly ask: string;
      /** @description null: the exchange states none */
      readonly minPrice: string | null;
      /** @description null: the exchange states none */
      readonly maxPrice: string | null;
      /** @description null: the exchange states none */
      readonly priceStep: string | null;
      /** @description null: the exchange states none */
      readonly minLotSize: string | null;
      /** @description null: the exchange states none */
      readonly maxLotSize: string | null;
      /** @description null: the exchange states none */
      readonly lotStep: string | null;
      /** @description null: the exchange states none */
      readonly maxMarketBuyAmount: string | null;
      /** @description null: the exchange states none */
      readonly maxMarketSellAmount: string | null;
      /** @description null: the exchange states none */
      readonly minTotal: string | null;
      /** @description null: the exchange states none */
      readonly maxTotal: string | null;
      /** @description null: the exchange states none */
      readonly minMarketTotal: string | null;
    };
    readonly CurrencyRatesWithLeverage: {
      readonly last: string;
      readonly bid: string;
      readonly ask: string;
      /** @description null: the exchange states none */
      readonly minPrice: string | null;
      /** @description null: the exchange states none */
      readonly maxPrice: string | null;
      /** @description null: the exchange states none */
      readonly priceStep: string | null;
      /** @description null: the exchange states none */
      readonly minLotSize: string | null;
      /** @description null: the exchange states none */
      readonly maxLotSize: string | null;
      /** @description null: the exchange states none */
      readonly lotStep: string | null;
      /** @description null: the exchange states none */
      readonly maxMarketBuyAmount: string | null;
      /** @description null: the exchange states none */
      readonly maxMarketSellAmount: string | null;
      /** @description null: the exchange states none */
      readonly minTotal: string | null;
      /** @description null: the exchange states none */
      readonly maxTotal: string | null;
      /** @description null: the exchange states none */
      readonly minMarketTotal: string | null;
      readonly leverage_data: readonly components['schemas']['LeverageKind'][];
    };
    readonly LeverageKind: {
      /** @enum {string} */
      readonly code: 'none' | 'cross' | 'isolated';
      readonly name: string;
      readonly can_set_leverage_value: boolean;
      readonly max_leverage: string | null;
      readonly available_leverage_values: readonly number[];
      readonly valid: {
        readonly min: string | null;
        readonly max: string | null;
      };
    };
    readonly ActiveTradingEntities: {
      readonly data: {
        readonly active_bots_count: number;
        readonly active_deals_count: number;
        readonly active_smart_trades_count: number;
        readonly active_orders_count: number;
        readonly active_grid_bots_count: number;
      };
    };
    readonly DepositData: {
      readonly address: string;
      /** @description Empty: the network has none */
      readonly address_tag: string;
      readonly available_balance: string;
      readonly in_orders: string;
      readonly total_balance: string;
    };
    readonly NetworksInfo: {
      readonly currency: string;
      readonly name: string;
      /** @description null: the exchange does not say */
      readonly deposit_enable: boolean | null;
      /** @description null: the exchange does not say */
      readonly withdraw_enable: boolean | null;
      readonly network_list: readonly {
        readonly network: string;
        /** @description null: the exchange does not say */
        readonly default: boolean | null;
        /** @description null: the exchange does not say */
        readonly deposit_enable: boolean | null;
        /** @description null: the exchange does not say */
        readonly withdraw_enable: boolean | null;
        /** @description null: the exchange does not say */
        readonly deposit_tip: string | null;
        /** @description null: the exchange does not say */
        readonly withdraw_tip: string | null;
        /** @description null: the exchange does not say */
        readonly special_tip: string | null;
        readonly network_name: string;
        readonly network_url: null;
        /** @description null: the exchange does not say */
        readonly address_regexp: string | null;
        /** @description null: the exchange does not say */
        readonly withdraw_fee: string | null;
        /** @description null: the exchange does not say */
        readonly withdraw_min: string | null;
        /** @description null: the exchange does not say */
        readonly withdrawMax: string | null;
        /** @description null: the exchange does not say */
        readonly withdrawMultiple: string | null;
        /** @description null: the exchange does not say */
        readonly memo_regexp: string | null;
        /** @description Of the tag that goes with a deposit; empty: there is none */
        readonly label: string;
        /** @description null: the exchange does not say */
        readonly require_address_tag: boolean | null;
      }[];
    };
    readonly PieChartSlice: {
      readonly code: string;
      readonly coinmarketcapid: string | null;
      readonly name: string;
      readonly y: number;
      readonly percentage: number;
      readonly amount: number;
      readonly btc_value: string;
      readonly usd_value: string;
      readonly primary_display_currency: {
        /** @constant */
        readonly currency: 'USD';
        readonly amount: string;
      };
      readonly account_id: number;
    };
    readonly AccountTableRow: {
      readonly currency_code: string;
      readonly currency_name: string;
      readonly currency_icon: string;
      readonly currency_slug: string;
      readonly percentage: number;
      readonly position: number;
      readonly position_available: number;
      readonly position_type: number;
      readonly borrowed: number;
      readonly on_orders: number;
      readonly on_orders_with_leverage: number;
      readonly on_orders_long: number;
      readonly on_orders_short: number;
      readonly equity: number;
      readonly current_price: number;
      readonly current_price_usd: number;
      readonly day_change_percent: number;
      readonly day_change_percent_btc: number;
      readonly day_change_percent_usd: number;
      readonly btc_value: number;
      readonly usd_value: number;
      readonly available_long: number;
      readonly available_short: number;
      readonly available_with_leverage_long: number;
      readonly available_with_leverage_short: number;
      readonly account_id: number;
      readonly is_wallet: boolean;
    };
    readonly BalanceChartPoint: {
      /** @description Whole seconds since 1970-01-01T00:00:00Z */
      readonly date: number;
      readonly usd: number;
      readonly btc: number;
      /** @description Deposits less withdrawals since the point before */
      readonly btc_deposit_amount: number;
      /** @description Deposits less withdrawals since the point before */
      readonly usd_deposit_amount: number;
    };
    readonly DailyVolume: {
      /** Format: date */
      readonly utc_date: string;
      /** @description What trades came to, each at the price of its quote asset when it was read; unpriced ones left out */
      readonly volume_btc: string;
      readonly volume_usd: string;
    };
    readonly MonthlyVolume: {
      readonly utc_month: string;
      /** @description What trades came to, each at the price of its quote asset when it was read; unpriced ones left out */
      readonly volume_btc: string;
      readonly volume_usd: string;
    };
    readonly TotalVolume: {
      /** @description What trades came to, each at the price of its quote asset when it was read; unpriced ones left out */
      readonly volume_btc: string;
      readonly volume_usd: string;
    };
    readonly Portfolio: {
      readonly id: number;
      readonly name: string;
      readonly weights: {
        readonly [key: string]: number;
      };
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
    };
    readonly Autobalance: {
      readonly account_id: number;
      readonly enabled: boolean;
      readonly portfolio_id: number | null;
      readonly period: number;
      readonly method: ('time' | 'currency_change') | null;
      readonly currency_change_limit: number | null;
      readonly error: string | null;
      readonly last_run_at: string | null;
    };
    readonly AccessToken: {
      readonly access_token: string;
      /** @constant */
      readonly token_type: 'Bearer';
      readonly expires_in: number;
      readonly scope: string;
    };
    readonly Explanation: {
      readonly profile: ('legacy' | 'strict' | 'rfc9421' | 'bearer') | null;
      readonly signature_fits: boolean;
      readonly problems: readonly string[];
      readonly tried: readonly {
        readonly text: string;
        readonly algorithm: ('hmac-sha256' | 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256') | null;
        readonly sha256: string;
        readonly bytes: number;
        readonly is_yours: boolean | null;
        readonly first_difference: {
          readonly offset: number;
          readonly line: number;
          readonly expected: string | null;
          readonly yours: string | null;
        } | null;
      }[];
      /** Format: date-time */
      readonly timestamp: string;
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
    readonly Job: {
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
      readonly kind: 'balance_sync' | 'trade_sync' | 'credential_check' | 'profit_daily';
      /** @description null: it is about exchange keys as a whole */
      readonly account_id: number | null;
      /** @description Exchange keys that it uses; null: it needs none */
      readonly credential_id: string | null;
      /** @description Exchange or chain that is asked; null: none */
      readonly exchange: string | null;
    };
    readonly EventRecord: {
      /**
       * Format: uuid
       * @description Id of the event; the `webhook-id` of its deliveries
       */
      readonly id: string;
      /**
       * @description See the webhooks of this document for what each tells
       * @enum {string}
       */
      readonly type:
        | 'account.connected'
        | 'account.updated'
        | 'account.removed'
        | 'account.locked'
        | 'account.unlocked'
        | 'account.keys_invalid'
        | 'account.rights_changed'
        | 'credential.stored'
        | 'credential.updated'
        | 'credential.replaced'
        | 'credential.deleted'
        | 'credential.validated'
        | 'credential.rights_changed'
        | 'balance.synced'
        | 'trades.synced'
        | 'profit.daily'
        | 'exchange.degraded'
        | 'exchange.recovered'
        | 'key.created'
        | 'key.updated'
        | 'key.rotated'
        | 'key.revoked'
        | 'webhook.disabled'
        | 'webhook.test'
        | 'security.canary_opened'
        | 'security.custody_frozen'
        | 'security.custody_thawed'
        | 'security.authentication_failures'
        | 'security.address_refused';
      /** Format: date-time */
      readonly timestamp: string;
      /** @description Place among the tenant's events */
      readonly sequence: number;
      readonly account_id: number | null;
      /** @description Place among the events of the account */
      readonly account_sequence: number | null;
      readonly data: {
        readonly [key: string]: unknown;
      };
    };
    readonly WebhookEndpoint: {
      /** Format: uuid */
      readonly id: string;
      readonly url: string;
      readonly description: string | null;
      readonly event_types: readonly string[];
      /** @description null: all, and events of no account */
      readonly account_ids: readonly number[] | null;
      /**
       * @description How deliveries are signed (Standard Webhooks): hmac (v1) with a secret that both know, or ed25519 (v1a) with a key pair of which the receiver needs the public half alone
       * @enum {string}
       */
      readonly signature: 'hmac' | 'ed25519';
      /** @description whpk_..., to verify deliveries with; null for hmac */
      readonly public_key: string | null;
      /**
       * @description failing: nothing was accepted since failing_since; disabled: nothing is sent
       * @enum {string}
       */
      readonly status: 'enabled' | 'failing' | 'disabled';
      readonly failing_since: string | null;
      readonly disabled_at: string | null;
      readonly disabled_reason: string | null;
      /** @description Until when the secret before the last rotation signs too; it may be over */
      readonly previous_secret_ends_at: string | null;
      /**
       * Format: uuid
       * @description Id of the API key that made it, or set enabled last: it hears of what that key may see, and is switched off when the key is revoked or expires
       */
      readonly created_by: string;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
    };
    readonly IssuedWebhookEndpoint: {
      /** Format: uuid */
      readonly id: string;
      readonly url: string;
      readonly description: string | null;
      readonly event_types: readonly string[];
      /** @description null: all, and events of no account */
      readonly account_ids: readonly number[] | null;
      /**
       * @description How deliveries are signed (Standard Webhooks): hmac (v1) with a secret that both know, or ed25519 (v1a) with a key pair of which the receiver needs the public half alone
       * @enum {string}
       */
      readonly signature: 'hmac' | 'ed25519';
      /** @description whpk_..., to verify deliveries with; null for hmac */
      readonly public_key: string | null;
      /**
       * @description failing: nothing was accepted since failing_since; disabled: nothing is sent
       * @enum {string}
       */
      readonly status: 'enabled' | 'failing' | 'disabled';
      readonly failing_since: string | null;
      readonly disabled_at: string | null;
      readonly disabled_reason: string | null;
      /** @description Until when the secret before the last rotation signs too; it may be over */
      readonly previous_secret_ends_at: string | null;
      /**
       * Format: uuid
       * @description Id of the API key that made it, or set enabled last: it hears of what that key may see, and is switched off when the key is revoked or expires
       */
      readonly created_by: string;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
      /** @description whsec_..., told this once; null for ed25519 */
      readonly secret: string | null;
    };
    readonly WebhookDelivery: {
      /** Format: uuid */
      readonly id: string;
      /** Format: uuid */
      readonly endpoint_id: string;
      /**
       * Format: uuid
       * @description Sent as webhook-id
       */
      readonly event_id: string;
      readonly event_type: string;
      /** @description Place among the tenant's events */
      readonly sequence: number;
      /** @enum {string} */
      readonly state: 'pending' | 'delivered' | 'dead';
      /** @description Of the series that runs or ran last; a replay begins another */
      readonly attempts: number;
      readonly next_attempt_at: string | null;
      readonly last_status: number | null;
      readonly last_latency_ms: number | null;
      readonly last_error: string | null;
      /** @description The last 20 attempts, oldest first */
      readonly attempt_log: readonly {
        /** Format: date-time */
        readonly at: string;
        /** @description HTTP status of the answer; null: none came */
        readonly status: number | null;
        readonly latency_ms: number;
        /** @description null: it was accepted */
        readonly error: string | null;
      }[];
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly TradeList: {
      /** @description In the order in which they were stored */
      readonly trades: readonly components['schemas']['Trade'][];
      readonly exchange: string;
      readonly symbol: string | null;
      readonly total_records: number;
      readonly has_more: boolean;
    };
    readonly Trade: {
      readonly id: string;
      readonly exchange_trade_id: string;
      readonly exchange: string;
      readonly symbol: string;
      /** @enum {string} */
      readonly side: 'buy' | 'sell';
      readonly price: number;
      readonly amount: number;
      readonly total: number;
      /** @description Negative: a rebate; null: the exchange tells none */
      readonly fee: number | null;
      readonly fee_currency: string | null;
      /** Format: date-time */
      readonly trade_timestamp: string;
      /** @enum {string} */
      readonly sync_status: 'synced' | 'failed';
      /** Format: date-time */
      readonly created_at: string;
    };
    readonly TradeSync: {
      readonly success: boolean;
      readonly user_id: string;
      readonly exchange: string;
      readonly symbol: string | null;
      /** @description Trades that are new, also those stored before the exchange refused */
      readonly trades_synced: number;
      /** @description Trades that were stored already */
      readonly trades_duplicate: number;
      /** @description Markets that have been read to their end; 1 where the exchange lists all of them together */
      readonly symbols_synced: number;
      readonly symbols_total: number;
      /** @description false: there was no time for all of it, and the next sync goes on */
      readonly is_complete: boolean;
      /** Format: date-time */
      readonly timestamp: string;
      readonly error: string | null;
      readonly error_type:
        | (
            | 'invalid_credentials'
            | 'permission_denied'
            | 'ip_not_whitelisted'
            | 'rate_limited'
            | 'clock_skew'
            | 'insufficient_funds'
            | 'not_supported'
            | 'exchange_unavailable'
            | 'timeout'
            | 'bad_response'
          )
        | null;
    };
    readonly TradeStats: {
      readonly total_trades: number;
      readonly buy_count: number;
      readonly sell_count: number;
      /** @description Sum of `total`, each in its own quote asset */
      readonly total_volume: number;
      /** @description Sum of `fee`, each in its own asset */
      readonly total_fees: number;
      readonly synced_count: number;
      readonly failed_count: number;
      readonly first_trade: string | null;
      readonly last_trade: string | null;
      readonly exchange: string | null;
      readonly start_date: string | null;
      readonly end_date: string | null;
    };
    readonly BnbBurn: {
      readonly exchange: string;
      /** Format: uuid */
      readonly credential_id: string;
      readonly spot_bnb_burn: boolean;
      /** @description null: the exchange does not say */
      readonly interest_bnb_burn: boolean | null;
      /** Format: date-time */
      readonly timestamp: string;
    };
    readonly BnbBurnChange: {
      readonly success: boolean;
      readonly exchange: string;
      /** Format: uuid */
      readonly credential_id: string;
      /** @description What was asked for; it holds when `success` is true */
      readonly spot_bnb_burn: boolean;
      /** @description null: the exchange does not say */
      readonly interest_bnb_burn: boolean | null;
      /** @description null: the exchange refused to tell */
      readonly previous_spot_bnb_burn: boolean | null;
      /** Format: date-time */
      readonly timestamp: string;
      readonly error: string | null;
      readonly error_type:
        | (
            | 'invalid_credentials'
            | 'permission_denied'
            | 'ip_not_whitelisted'
            | 'rate_limited'
            | 'clock_skew'
            | 'insufficient_funds'
            | 'not_supported'
            | 'exchange_unavailable'
            | 'timeout'
            | 'bad_response'
          )
        | null;
    };
    readonly DustAssets: {
      readonly exchange: string;
      readonly target_asset: string;
      readonly assets: readonly {
        readonly asset: string;
        /** @description null: the exchange does not say */
        readonly asset_full_name: string | null;
        readonly free: number;
        /** @description null: the exchange does not say */
        readonly to_btc: number | null;
        readonly to_target: number;
        readonly to_target_after_fee: number;
        /** @description In the target asset */
        readonly fee: number;
        /** @description null: there is no price */
        readonly usd_value: number | null;
      }[];
      readonly total_count: number;
      /** @description null: the exchange does not say */
      readonly total_to_btc: number | null;
      /** @description Before the fees */
      readonly total_to_target: number;
      /** @description null: of one asset it is not known */
      readonly total_usd_value: number | null;
      /** @description As a fraction */
      readonly fee_rate: number | null;
      /** @description The last conversion was too short a time ago */
      readonly within_restricted_time: boolean;
      /** @description null: the exchange does not say */
      readonly min_usd: number | null;
      /** @description null: the exchange does not say */
      readonly max_usd: number | null;
      /** Format: date-time */
      readonly timestamp: string;
    };
    readonly KeyValidation: {
      readonly valid: boolean;
      readonly exchange: string;
      /** @enum {string} */
      readonly validation_status:
        | 'valid'
        | 'invalid'
        | 'permission_denied'
        | 'ip_not_whitelisted'
        | 'clock_skew'
        | 'withdrawal_enabled'
        | 'exchange_unavailable'
        | 'unsupported';
      readonly message: string;
      readonly permissions: readonly ('read' | 'trade' | 'withdraw')[];
      /** @enum {string} */
      readonly permissions_source: 'exchange' | 'probe' | 'unknown';
      readonly can_withdraw: boolean | null;
      readonly ip_restricted: boolean | null;
      readonly key_expires_at: string | null;
      /** @description Account types that the keys were tried on and work for */
      readonly account_types: readonly string[];
      readonly warnings: readonly {
        readonly code: string;
        readonly message: string;
      }[];
      readonly latency_ms: number;
      /** Format: date-time */
      readonly timestamp: string;
      readonly error: string | null;
      readonly error_type:
        | (
            | 'invalid_credentials'
            | 'permission_denied'
            | 'ip_not_whitelisted'
            | 'rate_limited'
            | 'clock_skew'
            | 'insufficient_funds'
            | 'not_supported'
            | 'exchange_unavailable'
            | 'timeout'
            | 'bad_response'
          )
        | null;
    };
    readonly Credential: {
      /** Format: uuid */
      readonly id: string;
      readonly user_id: string;
      readonly exchange_name: string;
      readonly credential_name: string;
      readonly permissions: readonly ('read' | 'trade' | 'withdraw')[];
      readonly ip_whitelist: readonly string[];
      /** @description As sent; `permissions_source` says who told the permissions: exchange, probe or declared */
      readonly exchange_metadata: {
        readonly [key: string]: unknown;
      };
      readonly is_active: boolean;
      readonly last_used: string | null;
      readonly last_validation: string | null;
      readonly validation_status: string;
      readonly validation_error: string | null;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
    };
    readonly CredentialDetail: {
      /** Format: uuid */
      readonly id: string;
      readonly user_id: string;
      readonly exchange_name: string;
      readonly credential_name: string;
      readonly permissions: readonly ('read' | 'trade' | 'withdraw')[];
      readonly ip_whitelist: readonly string[];
      /** @description As sent; `permissions_source` says who told the permissions: exchange, probe or declared */
      readonly exchange_metadata: {
        readonly [key: string]: unknown;
      };
      readonly is_active: boolean;
      readonly last_used: string | null;
      readonly last_validation: string | null;
      readonly validation_status: string;
      readonly validation_error: string | null;
      /** Format: date-time */
      readonly created_at: string;
      /** Format: date-time */
      readonly updated_at: string;
      readonly api_key_masked: string;
      readonly has_passphrase: boolean;
    };
    readonly ExchangeBalance: {
      readonly balances: {
        readonly [key: string]: {
          readonly currency: string;
          readonly free: number;
          readonly locked: number;
          readonly total: number;
          /** Format: date-time */
          readonly sync_timestamp: string;
        };
      };
      readonly exchange: string;
      readonly currency: string | null;
      readonly last_sync: string | null;
    };
    readonly ExchangeBalanceSync: {
      readonly success: boolean;
      readonly user_id: string;
      readonly exchange: string;
      readonly currencies_synced: number;
      /** @description free, locked, total */
      readonly balances: {
        readonly [key: string]: {
          readonly [key: string]: number;
        };
      };
      /** Format: date-time */
      readonly timestamp: string;
      readonly error: string | null;
      readonly error_type:
        | (
            | 'invalid_credentials'
            | 'permission_denied'
            | 'ip_not_whitelisted'
            | 'rate_limited'
            | 'clock_skew'
            | 'insufficient_funds'
            | 'not_supported'
            | 'exchange_unavailable'
            | 'timeout'
            | 'bad_response'
          )
        | null;
    };
    readonly ExchangeBalanceHistory: {
      readonly history: readonly {
        readonly currency: string;
        readonly free: number;
        readonly locked: number;
        readonly total: number;
        /** Format: date-time */
        readonly sync_timestamp: string;
        /** @constant */
        readonly sync_status: 'synced';
      }[];
      readonly exchange: string;
      readonly currency: string;
      readonly total_records: number;
    };
    readonly ExchangeMarkets: {
      readonly exchange: string;
      readonly markets: readonly components['schemas']['ExchangeMarket'][];
      readonly total_count: number;
      readonly cached: boolean;
      /**
       * Format: date-time
       * @description When the exchange told them
       */
      readonly last_updated: string;
      /** Format: date-time */
      readonly timestamp: string;
    };
    readonly ExchangeMarket: {
      readonly symbol: string;
      readonly base: string;
      readonly quote: string;
      /** @description Of contracts: the asset that profit is paid in */
      readonly settle: string | null;
      /** @description spot, swap, future, option */
      readonly type: string;
      readonly active: boolean;
      /** @description Tick size; null where prices have significant digits instead */
      readonly price_precision: number | null;
      /** @description Tick size */
      readonly amount_precision: number | null;
      readonly min_amount: number | null;
      readonly max_amount: number | null;
      readonly min_cost: number | null;
      readonly max_cost: number | null;
      readonly min_price: number | null;
      readonly max_price: number | null;
      /** @description A fraction, at the lowest volume */
      readonly maker_fee: number | null;
      readonly taker_fee: number | null;
    };
    readonly ExchangeTicker: {
      readonly exchange: string;
      readonly symbol: string;
      readonly last: number | null;
      readonly bid: number | null;
      readonly ask: number | null;
      readonly bid_volume: number | null;
      readonly ask_volume: number | null;
      readonly open: number | null;
      readonly high: number | null;
      readonly low: number | null;
      readonly close: number | null;
      readonly vwap: number | null;
      readonly base_volume: number | null;
      readonly quote_volume: number | null;
      readonly change: number | null;
      readonly percentage: number | null;
      readonly average: number | null;
      readonly cached: boolean;
      /**
       * Format: date-time
       * @description When the exchange told it
       */
      readonly timestamp: string;
    };
    readonly TradeRoutes: {
      readonly base: string;
      readonly quote: string;
      readonly size: number | null;
      readonly quote_size: number | null;
      readonly best_route: components['schemas']['TradeRoute'] | null;
      readonly routes: readonly components['schemas']['TradeRoute'][];
      readonly dropped: readonly components['schemas']['DroppedTradeRoute'][];
      readonly total_count: number;
      /** Format: date-time */
      readonly timestamp: string;
    };
    readonly TradeRoute: {
      readonly exchange: string;
      readonly symbol: string;
      /** @enum {string} */
      readonly type: 'direct' | 'bridged';
      /** @description The market of the exchange is the other way round */
      readonly inverted: boolean;
      /** @description What is done to get the base for the quote, in this order */
      readonly legs: readonly {
        readonly symbol: string;
        /** @enum {string} */
        readonly side: 'buy' | 'sell';
      }[];
      readonly bid: number;
      readonly ask: number;
      /** @description Of the price half-way between bid and ask */
      readonly spread_pct: number;
      /** @description Of the base */
      readonly min_amount: number | null;
      /** @description Of the quote */
      readonly min_cost: number | null;
      /** @description A fraction, of all legs together; null: not known, and counted as none */
      readonly taker_fee: number | null;
      readonly maker_fee: number | null;
      /** @description What one base costs with taker fees; routes are ranked by it */
      readonly effective_buy_price: number;
      readonly effective_sell_price: number;
      readonly has_credentials: boolean;
      /** @enum {string} */
      readonly health: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
      /** Format: date-time */
      readonly price_timestamp: string;
    };
    readonly DroppedTradeRoute: {
      readonly exchange: string;
      readonly symbol: string;
      /** @enum {string} */
      readonly reason: 'min_amount' | 'min_cost' | 'inactive' | 'unhealthy' | 'no_price';
      readonly min_amount: number | null;
      readonly min_cost: number | null;
    };
    readonly SupportedExchanges: {
      readonly exchanges: readonly components['schemas']['SupportedExchange'][];
      readonly total_count: number;
    };
    readonly SupportedExchange: {
      readonly name: string;
      readonly ccxt_id: string;
      readonly display_name: string;
      readonly aliases: readonly string[];
      /** @description Types that `POST /ver1/accounts/new` takes */
      readonly market_codes: readonly string[];
      readonly required_credentials: readonly string[];
      readonly requires_passphrase: boolean;
      readonly market_types: readonly ('spot' | 'margin' | 'futures')[];
      readonly features: {
        readonly balance: boolean;
        readonly trades: boolean;
        readonly bnb_burn: boolean;
        readonly dust_assets: boolean;
        /** @description The exchange says what a key may do */
        readonly key_permissions: boolean;
      };
      readonly rate_limit_ms: number;
      readonly logo_url: string | null;
      readonly docs_url: string | null;
    };
    readonly ExchangeInfo: {
      readonly exchange: string;
      readonly display_name: string;
      readonly ccxt_id: string;
      readonly countries: readonly string[];
      /** @enum {string} */
      readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
      readonly required_credentials: readonly string[];
      readonly requires_passphrase: boolean;
      readonly rate_limit_ms: number;
      readonly timeframes: readonly string[];
      readonly market_types: readonly ('spot' | 'margin' | 'futures')[];
      /** @description null: they have not been loaded yet */
      readonly markets_count: number | null;
      readonly features: {
        readonly balance: boolean;
        readonly trades: boolean;
        readonly bnb_burn: boolean;
        readonly dust_assets: boolean;
        /** @description The exchange says what a key may do */
        readonly key_permissions: boolean;
      };
      readonly fees: {
        readonly maker: number | null;
        readonly taker: number | null;
        readonly percentage: boolean;
        readonly tier_based: boolean;
      };
      readonly urls: {
        readonly www: string | null;
        readonly docs: readonly string[];
        readonly api: readonly string[];
      };
      /** @description When its markets were loaded */
      readonly last_updated: string | null;
      /** Format: date-time */
      readonly timestamp: string;
    };
    readonly AllExchangeHealth: {
      /** @enum {string} */
      readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
      readonly exchanges: {
        readonly [key: string]: components['schemas']['ExchangeHealth'];
      };
      readonly summary: {
        readonly total: number;
        readonly healthy: number;
        readonly degraded: number;
        readonly unhealthy: number;
        readonly unknown: number;
      };
      readonly cached: boolean;
      readonly cache_ttl_seconds: number;
      /** Format: date-time */
      readonly timestamp: string;
    };
    readonly ExchangeHealth: {
      readonly exchange: string;
      /** @enum {string} */
      readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
      readonly latency_ms: number | null;
      /** @description What the exchange says of itself, e.g. ok, maintenance */
      readonly exchange_status: string | null;
      readonly last_check: string | null;
      readonly last_success: string | null;
      readonly consecutive_failures: number;
      /** @enum {string} */
      readonly circuit_state: 'closed' | 'open' | 'half_open';
      readonly rate_limited_until: string | null;
      readonly error: string | null;
      readonly error_type:
        | (
            | 'invalid_credentials'
            | 'permission_denied'
            | 'ip_not_whitelisted'
            | 'rate_limited'
            | 'clock_skew'
            | 'insufficient_funds'
            | 'not_supported'
            | 'exchange_unavailable'
            | 'timeout'
            | 'bad_response'
          )
        | null;
      readonly cached: boolean;
      /** Format: date-time */
      readonly timestamp: string;
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
export type Account = components['schemas']['Account'];
export type AccountSummary = components['schemas']['AccountSummary'];
export type AccountWithPortfolio = components['schemas']['AccountWithPortfolio'];
export type AutoBalancePortfolio = components['schemas']['AutoBalancePortfolio'];
export type ConnectableType = components['schemas']['ConnectableType'];
export type Market = components['schemas']['Market'];
export type CurrencyRates = components['schemas']['CurrencyRates'];
export type CurrencyRatesWithLeverage = components['schemas']['CurrencyRatesWithLeverage'];
export type LeverageKind = components['schemas']['LeverageKind'];
export type ActiveTradingEntities = components['schemas']['ActiveTradingEntities'];
export type DepositData = components['schemas']['DepositData'];
export type NetworksInfo = components['schemas']['NetworksInfo'];
export type PieChartSlice = components['schemas']['PieChartSlice'];
export type AccountTableRow = components['schemas']['AccountTableRow'];
export type BalanceChartPoint = components['schemas']['BalanceChartPoint'];
export type DailyVolume = components['schemas']['DailyVolume'];
export type MonthlyVolume = components['schemas']['MonthlyVolume'];
export type TotalVolume = components['schemas']['TotalVolume'];
export type Portfolio = components['schemas']['Portfolio'];
export type Autobalance = components['schemas']['Autobalance'];
export type AccessToken = components['schemas']['AccessToken'];
export type Explanation = components['schemas']['Explanation'];
export type CallerKey = components['schemas']['CallerKey'];
export type IssuedCallerKey = components['schemas']['IssuedCallerKey'];
export type Job = components['schemas']['Job'];
export type EventRecord = components['schemas']['EventRecord'];
export type WebhookEndpoint = components['schemas']['WebhookEndpoint'];
export type IssuedWebhookEndpoint = components['schemas']['IssuedWebhookEndpoint'];
export type WebhookDelivery = components['schemas']['WebhookDelivery'];
export type TradeList = components['schemas']['TradeList'];
export type Trade = components['schemas']['Trade'];
export type TradeSync = components['schemas']['TradeSync'];
export type TradeStats = components['schemas']['TradeStats'];
export type BnbBurn = components['schemas']['BnbBurn'];
export type BnbBurnChange = components['schemas']['BnbBurnChange'];
export type DustAssets = components['schemas']['DustAssets'];
export type KeyValidation = components['schemas']['KeyValidation'];
export type Credential = components['schemas']['Credential'];
export type CredentialDetail = components['schemas']['CredentialDetail'];
export type ExchangeBalance = components['schemas']['ExchangeBalance'];
export type ExchangeBalanceSync = components['schemas']['ExchangeBalanceSync'];
export type ExchangeBalanceHistory = components['schemas']['ExchangeBalanceHistory'];
export type ExchangeMarkets = components['schemas']['ExchangeMarkets'];
export type ExchangeMarket = components['schemas']['ExchangeMarket'];
export type ExchangeTicker = components['schemas']['ExchangeTicker'];
export type TradeRoutes = components['schemas']['TradeRoutes'];
export type TradeRoute = components['schemas']['TradeRoute'];
export type DroppedTradeRoute = components['schemas']['DroppedTradeRoute'];
export type SupportedExchanges = components['schemas']['SupportedExchanges'];
export type SupportedExchange = components['schemas']['SupportedExchange'];
export type ExchangeInfo = components['schemas']['ExchangeInfo'];
export type AllExchangeHealth = components['schemas']['AllExchangeHealth'];
export type ExchangeHealth = components['schemas']['ExchangeHealth'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
