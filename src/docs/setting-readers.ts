/** Which process reads which setting, and which settings are secrets; the schema cannot tell. */

/** By the setting, or by its group where all of a group are read alike. */
const READERS: Readonly<Record<string, readonly string[]>> = {
  environment: ['all'],
  dataDir: ['all'],
  logLevel: ['all'],
  gateway: ['gateway'],
  admin: ['gateway'],
  'database.url': ['serve', 'commands'],
  'database.gatewayUrl': ['gateway', 'worker'],
  'database.custodyUrl': ['custody'],
  'database.adminUrl': ['gateway'],
  'database.embeddedUser': ['serve', 'commands'],
  'database.poolSize': ['gateway', 'worker'],
  redis: ['gateway'],
  'custody.socketPath': ['gateway', 'worker', 'custody'],
  'custody.callDeadlineMs': ['gateway', 'worker', 'custody'],
  custody: ['custody'],
  'exchanges.endpoint': ['serve', 'custody'],
  'exchanges.referenceVenue': ['gateway', 'worker'],
  chains: ['custody'],
  paper: ['custody'],
  'sandbox.port': ['sandbox'],
  'sandbox.url': ['serve', 'custody'],
  tokens: ['gateway'],
  demo: ['serve'],
  audit: ['custody', 'gateway', 'commands'],
  jobs: ['worker'],
  webhooks: ['gateway', 'worker'],
  worker: ['worker'],
  retention: ['worker'],
  limits: ['gateway'],
  'secrets.rootKek': ['custody'],
  'secrets.rootKekFile': ['custody'],
  'secrets.previousRootKeks': ['custody'],
  'secrets.previousRootKekFiles': ['custody'],
  secrets: ['gateway', 'worker', 'commands'],
};

/** Throws for a setting that nobody is named for: whoever adds one knows who reads it. */
export const readersOf = (setting: string): readonly string[] => {
  const readers = READERS[setting] ?? READERS[setting.split('.')[0] ?? ''];
  if (readers === undefined)
    throw new Error(`setting-readers.ts does not say which process reads ${setting}`);
  return readers;
};

/** URLs hold passwords, and those of nodes often a key. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set([
  'admin.oidcClientSecret',
  'database.url',
  'database.gatewayUrl',
  'database.custodyUrl',
  'database.adminUrl',
  'redis.url',
  'chains.ethereumUrl',
  'chains.tronUrl',
  'chains.tronApiKey',
  'secrets.rootKek',
  'secrets.previousRootKeks',
  'secrets.gatewayKek',
]);
