/** The environment of one part of `serve`: the common settings and its own, and no secret of another part. */
import type { Environment } from '../config/env.ts';

export type PartName = 'sandbox' | 'custody' | 'gateway';

/** Who alone gets a variable; the owner's database URL goes to no part. */
const OWNERS: Readonly<Record<string, PartName | 'nobody'>> = {
  DATABASE_URL: 'nobody',
  COUNTERSIGN_GATEWAY_DATABASE_URL: 'gateway',
  REDIS_URL: 'gateway',
  COUNTERSIGN_GATEWAY_KEK: 'gateway',
  COUNTERSIGN_GATEWAY_KEK_FILE: 'gateway',
  COUNTERSIGN_CUSTODY_DATABASE_URL: 'custody',
  COUNTERSIGN_ROOT_KEK: 'custody',
  // A node's URL often holds a key.
  COUNTERSIGN_ETHEREUM_URL: 'custody',
  COUNTERSIGN_TRON_URL: 'custody',
  COUNTERSIGN_TRON_API_KEY: 'custody',
  COUNTERSIGN_ROOT_KEK_FILE: 'custody',
};

export const environmentOf = (part: PartName, environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => (OWNERS[name] ?? part) === part));
