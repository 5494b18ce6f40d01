// Imports run one way; each rule names the sentence of the architecture that it keeps.
const CCXT_SIDE = '^src/exchanges/(ccxt-|credential-lane|egress-|chains/|venues/.*-ccxt)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'shared-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^(src|seeds|migrations)/', pathNot: '^src/shared/' },
    },
    {
      name: 'http-and-auth-are-given-functions',
      severity: 'error',
      from: { path: '^src/(http|auth)/' },
      to: { path: '^src/(features|surfaces|exchanges|custody|db|processes|config|sandbox)/' },
    },
    {
      name: 'features-know-no-transport',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/(http|surfaces|custody|processes|config|sandbox)/' },
    },
    {
      name: 'surfaces-know-no-storage',
      severity: 'error',
      from: { path: '^src/surfaces/' },
      to: { path: '^src/(db|custody|processes|config|sandbox)/' },
    },
    {
      name: 'only-custody-loads-venue-code',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/custody/', CCXT_SIDE] },
      to: { path: CCXT_SIDE },
    },
    {
      name: 'the-gateway-never-reaches-venue-code-or-opened-secrets',
      severity: 'error',
      from: { path: '^src/(app|app-surfaces|processes/gateway-process)\\.ts$' },
      to: {
        path: [
          CCXT_SIDE,
          '^src/custody/(open|root-key|key-chain|key-mover|key-rotator|checkpoint-keys|custody|custody-store|rpc-server)\\.ts$',
        ],
        reachable: true,
      },
    },
    {
      name: 'only-custody-opens-secrets',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(custody|processes|commands)/' },
      to: {
        path: '^src/custody/',
        pathNot: '^src/custody/(seal|sealer|sealed-header|rpc-client|rpc-protocol)\\.ts$',
      },
    },
    {
      name: 'the-sandbox-stands-alone',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/(sandbox|shared)/' },
    },
    {
      // Not even modules of Node: it runs in browsers too.
      name: 'the-sdk-is-an-outside-caller',
      severity: 'error',
      from: { path: '^src/sdk/' },
      to: { pathNot: '^src/sdk/' },
    },
    {
      name: 'only-outside-callers-use-the-sdk',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sdk|demo|commands|api-page)/' },
      to: { path: '^src/sdk/' },
    },
    {
      name: 'the-console-talks-to-the-admin-api-alone',
      severity: 'error',
      from: { path: '^src/console/' },
      to: {
        pathNot: ['^src/console/', 'node_modules/(react|react-dom|@types/react|@types/react-dom|@mantine)/'],
      },
    },
    {
      name: 'the-server-knows-no-page',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(console|api-page)/' },
      to: { path: '^src/(console|api-page)/' },
    },
    {
      name: 'the-api-page-is-an-outside-caller',
      severity: 'error',
      from: { path: '^src/api-page/' },
      to: { pathNot: ['^src/(api-page|sdk)/', 'node_modules/swagger-ui-dist/'] },
    },
    {
      name: 'only-stores-build-sql',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/db/', '-store\\.ts$'] },
      to: { path: ['^src/db/sql-builder', 'node_modules/(knex|pg)/'] },
    },
    {
      name: 'only-http-and-surfaces-know-express',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(http|surfaces)/' },
      to: { path: 'node_modules/(express|helmet|express-rate-limit|@types/express)/' },
    },
    {
      name: 'one-connection-to-redis',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/redis/redis-connection\\.ts$' },
      to: { path: 'node_modules/@redis/' },
    },
    {
      name: 'ccxt-is-imported-by-its-adapter',
      severity: 'error',
      from: { path: '^src/', pathNot: CCXT_SIDE },
      to: { path: 'node_modules/ccxt/' },
    },
    {
      name: 'nothing-of-ours-is-orphaned',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot:
          '^src/(main|sdk/sdk|console/main|console/style-sheets\\.d|api-page/main|api-page/swagger-ui\\.d)\\.tsx?$',
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
