/** The environment of one part of `serve`: the common settings and its own, and no secret of another part. */
import type { Environment } from '../config/env.ts';

export type PartName = 'sandbox' | 'custody' | 'gateway' | 'worker';

// One role of the database and one key serve both: a worker does what a caller could ask the gateway for.
const GATEWAY_AND_WORKER: readonly PartName[] = ['gateway', 'worker'];

/** Who alone gets a variable; the owner's database URL goes to no part. */
const OWNERS: Readonly<Record<string, readonly PartName[]>> = {
  DATABASE_URL: [],
  COUNTERSIGN_GATEWAY_DATABASE_URL: GATEWAY_AND_WORKER,
  REDIS_URL: ['gateway'],
  COUNTERSIGN_ADMIN_DATABASE_URL: ['gateway'],
  COUNTERSIGN_ADMIN_OIDC_CLIENT_SECRET: ['gateway'],
  COUNTERSIGN_ADMIN_OIDC_CLIENT_SECRET_FILE: ['gateway'],
  COUNTERSIGN_GATEWAY_KEK: GATEWAY_AND_WORKER,
  COUNTERSIGN_GATEWAY_KEK_FILE: GATEWAY_AND_WORKER,
  COUNTERSIGN_CUSTODY_DATABASE_URL: ['custody'],
  COUNTERSIGN_ROOT_KEK: ['custody'],
  COUNTERSIGN_PREVIOUS_ROOT_KEKS: ['custody'],
  COUNTERSIGN_PREVIOUS_ROOT_KEK_FILES: ['custody'],
  // A node's URL often holds a key.
  COUNTERSIGN_ETHEREUM_URL: ['custody'],
  COUNTERSIGN_TRON_URL: ['custody'],
  COUNTERSIGN_TRON_API_KEY: ['custody'],
  COUNTERSIGN_ROOT_KEK_FILE: ['custody'],
};

export const environmentOf = (part: PartName, environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => OWNERS[name]?.includes(part) !== false));
