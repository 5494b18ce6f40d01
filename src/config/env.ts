/** The only reader of process.env: names every variable that Countersign knows and where it goes in the configuration. */

/** Environment variable → path in the configuration. Values are text; config.ts converts and checks them. */
export const ENVIRONMENT_VARIABLES = {
  NODE_ENV: 'environment',
  DATABASE_URL: 'database.url',
  REDIS_URL: 'redis.url',
  EMBEDDED_PG_USER: 'database.embeddedUser',
  COUNTERSIGN_DATA_DIR: 'dataDir',
  COUNTERSIGN_LOG_LEVEL: 'logLevel',
  COUNTERSIGN_HOST: 'gateway.host',
  COUNTERSIGN_PORT: 'gateway.port',
  COUNTERSIGN_PUBLIC_URL: 'gateway.publicUrl',
  COUNTERSIGN_TRUSTED_PROXIES: 'gateway.trustedProxies',
  COUNTERSIGN_VALIDATE_RESPONSES: 'gateway.validateResponses',
  COUNTERSIGN_GATEWAY_DATABASE_URL: 'database.gatewayUrl',
  COUNTERSIGN_CUSTODY_DATABASE_URL: 'database.custodyUrl',
  COUNTERSIGN_ADMIN_DATABASE_URL: 'database.adminUrl',
  COUNTERSIGN_DATABASE_POOL: 'database.poolSize',
  COUNTERSIGN_ADMIN_HOST: 'admin.host',
  COUNTERSIGN_ADMIN_PORT: 'admin.port',
  COUNTERSIGN_ADMIN_PUBLIC_URL: 'admin.publicUrl',
  COUNTERSIGN_ADMIN_TRUSTED_PROXIES: 'admin.trustedProxies',
  COUNTERSIGN_ADMIN_OIDC_ISSUER: 'admin.oidcIssuer',
  COUNTERSIGN_ADMIN_OIDC_NAME: 'admin.oidcName',
  COUNTERSIGN_ADMIN_OIDC_CLIENT_ID: 'admin.oidcClientId',
  COUNTERSIGN_ADMIN_OIDC_CLIENT_SECRET: 'admin.oidcClientSecret',
  COUNTERSIGN_ADMIN_OIDC_CLIENT_SECRET_FILE: 'admin.oidcClientSecretFile',
  COUNTERSIGN_ADMIN_OIDC_ALLOWED: 'admin.oidcAllowed',
  COUNTERSIGN_CUSTODY_SOCKET: 'custody.socketPath',
  COUNTERSIGN_CUSTODY_SOCKET_GROUP: 'custody.socketGroup',
  COUNTERSIGN_CUSTODY_DEADLINE_MS: 'custody.callDeadlineMs',
  COUNTERSIGN_CUSTODY_INSTANCES: 'custody.privateInstances',
  COUNTERSIGN_MARKETS_MAX_AGE_MS: 'custody.marketsMaxAgeMs',
  COUNTERSIGN_VENUE_CALLS: 'custody.venueCalls',
  COUNTERSIGN_VENUE_FAILURES: 'custody.venueFailures',
  COUNTERSIGN_VENUE_REST_MS: 'custody.venueRestMs',
  COUNTERSIGN_OPENINGS_PER_MINUTE: 'custody.openingsPerMinute',
  COUNTERSIGN_TENANT_OPENINGS_PER_MINUTE: 'custody.tenantOpeningsPerMinute',
  COUNTERSIGN_EXCHANGES: 'exchanges.endpoint',
  COUNTERSIGN_REFERENCE_VENUE: 'exchanges.referenceVenue',
  COUNTERSIGN_ETHEREUM_URL: 'chains.ethereumUrl',
  COUNTERSIGN_TRON_URL: 'chains.tronUrl',
  COUNTERSIGN_TRON_API_KEY: 'chains.tronApiKey',
  COUNTERSIGN_SANDBOX_PORT: 'sandbox.port',
  COUNTERSIGN_SANDBOX_URL: 'sandbox.url',
  COUNTERSIGN_TOKEN_ISSUER: 'tokens.issuer',
  COUNTERSIGN_TOKEN_AUDIENCE: 'tokens.audience',
  COUNTERSIGN_DEMO: 'demo',
  COUNTERSIGN_CREDENTIAL_CHECK_HOURS: 'jobs.credentialCheckHours',
  COUNTERSIGN_JOB_POLL_MS: 'jobs.pollMs',
  COUNTERSIGN_WEBHOOKS_ALLOW_HTTP: 'webhooks.allowHttp',
  COUNTERSIGN_WEBHOOKS_ALLOW_PRIVATE: 'webhooks.allowPrivate',
  COUNTERSIGN_WEBHOOK_ENDPOINTS: 'webhooks.mostEndpoints',
  COUNTERSIGN_WEBHOOKS_AT_ONCE: 'webhooks.endpointsAtOnce',
  COUNTERSIGN_WEBHOOK_DISABLE_HOURS: 'webhooks.disableAfterHours',
  COUNTERSIGN_RETENTION_HOURLY_DAYS: 'retention.hourlyDays',
  COUNTERSIGN_RETENTION_SNAPSHOT_MONTHS: 'retention.snapshotMonths',
  COUNTERSIGN_RETENTION_EVENT_DAYS: 'retention.eventDays',
  COUNTERSIGN_RETENTION_DELIVERY_DAYS: 'retention.deliveryDays',
  COUNTERSIGN_LIMIT_KEY_PER_MINUTE: 'limits.keyPerMinute',
  COUNTERSIGN_LIMIT_TENANT_PER_MINUTE: 'limits.tenantPerMinute',
  COUNTERSIGN_LIMIT_IP_PER_MINUTE: 'limits.ipPerMinute',
  COUNTERSIGN_LIMIT_FAILED_AUTH_PER_MINUTE: 'limits.failedAuthPerMinute',
  COUNTERSIGN_LIMIT_PUBLIC_PER_MINUTE: 'limits.publicPerMinute',
  COUNTERSIGN_LIMIT_KEY_TRIALS_PER_MINUTE: 'limits.keyTrialsPerMinute',
  COUNTERSIGN_LIMIT_REFUSED_KEYS_PER_MINUTE: 'limits.refusedKeysPerMinute',
  COUNTERSIGN_ROOT_KEK: 'secrets.rootKek',
  COUNTERSIGN_ROOT_KEK_FILE: 'secrets.rootKekFile',
  COUNTERSIGN_GATEWAY_KEK: 'secrets.gatewayKek',
  COUNTERSIGN_GATEWAY_KEK_FILE: 'secrets.gatewayKekFile',
} as const;

export type Environment = Readonly<Partial<Record<string, string>>>;

/** A copy of the environment as it is now; an empty variable counts as not set. */
export const readEnvironment = (): Environment =>
  Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined && value !== ''));

/** Names that start like ours but are unknown: a typing error that would otherwise go unnoticed. */
export const unknownVariables = (environment: Environment): string[] =>
  Object.keys(environment).filter(
    (name) => name.startsWith('COUNTERSIGN_') && !Object.hasOwn(ENVIRONMENT_VARIABLES, name),
  );
