/** The shape of the whole configuration: every setting with its type, bounds and meaning. */
import { z } from 'zod';
import { SCOPES } from '../auth/actor.ts';
import { isAddressRange } from '../auth/ip-allowlist.ts';
import { readEthereumAddress, readTronAddress } from '../shared/chain-address.ts';
import { compare, isDecimalString } from '../shared/money.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const perMinute = z.coerce.number().int().min(1).max(1_000_000);
const count = (most: number) => z.coerce.number().int().min(1).max(most);
const milliseconds = z.coerce.number().int().min(1).max(600_000);
const list = z.union([
  z.array(z.string()),
  z.string().transform((text) => text.split(',').map((s) => s.trim())),
]);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const postgresUrl = z.string().regex(/^postgres(?:ql)?:\/\//, 'must start with postgresql://');
const redisUrl = z
  .string()
  .regex(/^(?:rediss?|unix):\/\//, 'must start with redis://, rediss:// or unix://')
  .refine((url) => URL.canParse(url), 'is no URL');

const isAllowedEntry = (entry: string): boolean => /^(?:sub:.+|[\w.:/-]+=.+|[^@\s]+@[^@\s]+)$/.test(entry);

const assetCode = z.string().regex(/^[A-Z0-9]{1,20}$/, 'must be an asset code, e.g. USDT');
const isPositiveAmount = (text: string): boolean => isDecimalString(text) && compare(text, '0') > 0;
// Each token costs a call of the node; hundreds belong to an indexer.
const MOST_TOKENS = 100;
const tokens = (readAddress: (text: string) => string | undefined) =>
  z
    .array(
      z.strictObject({
        asset: assetCode,
        contract: z.string().refine((text) => readAddress(text) === text, 'is no address of this chain'),
      }),
    )
    .max(MOST_TOKENS);

// One family, so that a token cannot choose what its signature is taken for.
const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'ES384', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];
const outsideIssuer = z.strictObject({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  jwksUri: z.url({ protocol: /^https?$/ }),
  algorithms: z
    .array(z.enum(TOKEN_ALGORITHMS))
    .min(1)
    .refine((names) => new Set(names.map((name) => name.slice(0, 2))).size === 1, 'must be of one family'),
  longestSeconds: z.number().int().min(1).max(3_600).default(900),
  identityClaim: z.string().min(1).default('sub'),
  callerKeys: z.record(z.string().min(1), z.string().min(1)),
  scopeClaim: z.string().min(1).default('scope'),
  scopes: z.record(z.string().min(1), z.enum(SCOPES)).optional(),
});

export const configSchema = z.strictObject({
  environment: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('production refuses everything made for trying out'),
  dataDir: z.string().min(1).describe('Folder for the embedded database, sockets and generated secrets'),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .describe('debug, info, warn, error or silent'),
  gateway: z.strictObject({
    host: z.string().min(1).describe('Address to listen on'),
    port: port.describe('0 picks a free port'),
    publicUrl: z.url().optional().describe('How callers reach the gateway; in links of answers'),
    trustedProxies: list
      .refine((ranges) => ranges.every(isAddressRange), 'must be addresses or CIDRs')
      .describe('CIDRs whose X-Forwarded-For counts'),
    validateResponses: flag.describe('Check every answer against its schema'),
    docs: flag.describe('Serve the API document as a page, /docs, that signs requests in the browser'),
  }),
  admin: z
    .strictObject({
      host: z.string().min(1).describe('Address that the admin API and the console listen on'),
      port: port.optional().describe('Their port; 0 picks a free one, without one they are off'),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('How browsers of operators reach them; with https their cookies go over https alone'),
      trustedProxies: list
        .refine((ranges) => ranges.every(isAddressRange), 'must be addresses or CIDRs')
        .describe('CIDRs whose X-Forwarded-For counts there'),
      oidcIssuer: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('OpenID Connect provider that operators sign in at'),
      oidcName: z.string().min(1).optional().describe('What the console calls it; default: its host'),
      oidcClientId: z.string().min(1).optional().describe('Id of the console there'),
      oidcClientSecret: z.string().min(1).optional().describe('Secret of the console there'),
      oidcClientSecretFile: z.string().optional().describe('File that holds it, closed to other users'),
      oidcAllowed: list
        .refine(
          (entries) => entries.every(isAllowedEntry),
          'must be emails, sub:<subject> or <claim>=<value>',
        )
        .default([])
        .describe('Who may sign in: emails, sub:<subject>, or <claim>=<value>; nobody unless listed'),
    })
    .refine(
      ({ oidcIssuer, oidcClientId }) => (oidcIssuer === undefined) === (oidcClientId === undefined),
      'oidcIssuer and oidcClientId (COUNTERSIGN_ADMIN_OIDC_ISSUER, COUNTERSIGN_ADMIN_OIDC_CLIENT_ID) belong together',
    ),
  database: z.strictObject({
    url: postgresUrl.optional().describe('Owner of the schema; without it an embedded Postgres is started'),
    gatewayUrl: postgresUrl.optional().describe('Login role of the gateway'),
    custodyUrl: postgresUrl.optional().describe('Login role of custody'),
    adminUrl: postgresUrl.optional().describe('Login role of the admin API, which is off without it'),
    embeddedUser: z
      .string()
      .optional()
      .describe('System user that runs the embedded Postgres when started by root'),
    poolSize: z.coerce.number().int().min(1).max(200).describe('Connections of one gateway'),
  }),
  redis: z
    .strictObject({
      url: redisUrl
        .optional()
        .describe(
          'Where gateways share nonces and limits; needed by more than one, without it memory serves',
        ),
    })
    .default({}),
  custody: z.strictObject({
    socketPath: z.string().optional().describe('Unix socket of custody; default: in dataDir'),
    socketGroup: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .describe('Group id that may use the socket, where the gateway runs as another user than custody'),
    callDeadlineMs: milliseconds.describe('Longest time for one answer of a venue, retries included'),
    privateInstances: count(100_000).describe('Venue connections with keys that are kept open'),
    marketsMaxAgeMs: z.coerce
      .number()
      .int()
      .min(60_000)
      .max(86_400_000)
      .describe('Age at which the list of markets of a venue is renewed in the background'),
    venueCalls: count(10_000).describe('Calls of one venue at once; more are refused'),
    venueFailures: count(1_000).describe(
      'Requests in a row that a venue leaves unanswered until it is left alone',
    ),
    venueRestMs: milliseconds.describe('How long it is left alone at first; longer each time'),
    openingsPerMinute: count(1_000_000).describe('Exchange keys that are opened in a minute'),
    tenantOpeningsPerMinute: count(1_000_000).describe('The same of one tenant'),
  }),
  exchanges: z.strictObject({
    endpoint: z.enum(['live', 'sandbox']).describe('Where calls to venues go'),
    referenceVenue: z.string().min(1).describe('Venue whose prices value what lies on a chain'),
  }),
  chains: z.strictObject({
    ethereumUrl: z.url({ protocol: /^https?$/ }).describe('JSON-RPC endpoint of an Ethereum main net node'),
    ethereumTokens: tokens(readEthereumAddress).describe('ERC-20 tokens that are looked for on an address'),
    tronUrl: z.url({ protocol: /^https?$/ }).describe('HTTP API of a TRON main net node'),
    tronApiKey: z.string().min(1).optional().describe('Sent to that API as TRON-PRO-API-KEY'),
    tronTokens: tokens(readTronAddress).describe('TRC-20 tokens that are looked for on an address'),
  }),
  paper: z.strictObject({
    balances: z
      .record(assetCode, z.string().refine(isPositiveAmount, 'must be a decimal above zero, e.g. "1.5"'))
      .describe('What a new paper account starts with'),
  }),
  sandbox: z.strictObject({
    port: port.describe('0 picks a free port'),
    url: z.url().optional().describe('A sandbox that already runs'),
  }),
  tokens: z.strictObject({
    issuer: z
      .string()
      .min(1)
      .optional()
      .describe('iss of the access tokens; default: gateway.publicUrl, else countersign'),
    audience: z.string().min(1).describe('aud of the access tokens'),
    outside: z
      .array(outsideIssuer)
      .max(20)
      .default([])
      .describe('Issuers whose tokens act through caller keys'),
  }),
  demo: flag.describe('Seed a demo tenant and write demo.json'),
  audit: z
    .strictObject({
      checkpointDir: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Folder for signed checkpoints of the audit chains, outside the database; default: in dataDir',
        ),
    })
    .default({}),
  jobs: z.strictObject({
    credentialCheckHours: z.coerce
      .number()
      .int()
      .min(0)
      .max(720)
      .describe('Hours between two checks of stored exchange keys at their exchange; 0: none'),
    balanceSyncMinutes: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_440)
      .describe('Minutes between two readings of the balances of an account; 0: only when asked for'),
    tradeSyncMinutes: z.coerce
      .number()
      .int()
      .min(0)
      .max(10_080)
      .describe('Minutes between two readings of the trades of an account; 0: only when asked for'),
    perVenue: count(250).describe('Accounts of one exchange that one worker reads the balances of at once'),
    atOnce: count(10_000).describe('Jobs of one worker at once, of all exchanges'),
    venueCheckSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(600)
      .describe('Seconds between two looks at an exchange in use, to tell tenants when it fails; 0: none'),
    pollMs: milliseconds.describe('Wait of background work before it looks for more'),
  }),
  webhooks: z.strictObject({
    allowHttp: flag.describe('Whether webhook receivers may be reached without TLS'),
    allowPrivate: flag.describe(
      'Whether they may stand at loopback, private and other addresses that are not public',
    ),
    mostEndpoints: count(10_000).describe('Webhook endpoints of one tenant'),
    endpointsAtOnce: count(1_000).describe('Endpoints that one worker delivers to at once'),
    disableAfterHours: count(8_760).describe(
      'Hours without one success after which an endpoint is switched off',
    ),
  }),
  worker: z.strictObject({
    metricsHost: z.string().min(1).describe('Address where a worker tells its metrics'),
    metricsPort: port.optional().describe('Port for that, 0 picks a free one; without one it tells none'),
  }),
  retention: z.strictObject({
    hourlyDays: count(3_650).describe(
      'Days for which one snapshot an hour is kept; after them it is one a day',
    ),
    snapshotMonths: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_200)
      .describe('Months of balance snapshots that are kept beside the current one; 0: all'),
    eventDays: count(36_500).describe('Days for which events are kept'),
    deliveryDays: count(36_500).describe('Days for which webhook deliveries that ended are kept'),
  }),
  limits: z.strictObject({
    keyPerMinute: perMinute.describe('Requests a minute of one caller key'),
    tenantPerMinute: perMinute.describe('Requests a minute of all keys of one tenant'),
    ipPerMinute: perMinute.describe('Requests a minute of one address'),
    failedAuthPerMinute: perMinute.describe('Failed authentications a minute of one address and for one key'),
    publicPerMinute: perMinute.describe('Unsigned requests a minute of one address'),
    streams: count(100_000).describe('Streams of events that are open at once'),
    streamsPerKey: count(10_000).describe('The same of one caller key'),
    idempotencyKeysPerTenant: count(100_000_000).describe(
      'Requests with an Idempotency-Key of one tenant whose answers are kept at once',
    ),
    keyTrialsPerMinute: perMinute.describe('Exchange keys that one tenant has tried in a minute'),
    refusedKeysPerMinute: perMinute.describe(
      'Those of them that the exchange may refuse before the tenant has to wait a minute',
    ),
  }),
  secrets: z
    .strictObject({
      rootKek: z.string().optional().describe('Root key of custody: 32 bytes as hex or base64'),
      rootKekFile: z.string().optional().describe('File that holds it, closed to other users'),
      previousRootKeks: list
        .optional()
        .describe('Root keys before it, which still open what they wrapped until countersign keys rewrap'),
      previousRootKekFiles: list.optional().describe('Files that hold them, closed to other users'),
      gatewayKek: z.string().optional().describe("Key of callers' secrets: 32 bytes as hex or base64"),
      gatewayKekFile: z.string().optional().describe('File that holds it, closed to other users'),
    })
    .default({}),
});

export type Config = z.output<typeof configSchema>;
