/** Where the parts of the test support find the Postgres of the run. */
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import type { EmbeddedPostgres } from '../../src/db/embedded-postgres.ts';

/** Environment variable that hands the superuser's connection string to the workers. */
export const ADMIN_URL_VARIABLE = 'COUNTERSIGN_TEST_ADMIN_URL';

export const TEMPLATE_DATABASE = 'countersign_template';

// Jest loads setup and teardown apart from each other: only the global object is common to both.
const holder = globalThis as { countersignTestCluster?: EmbeddedPostgres };

export const setRunningCluster = (cluster: EmbeddedPostgres): void => {
  holder.countersignTestCluster = cluster;
};

export const getRunningCluster = (): EmbeddedPostgres | undefined => holder.countersignTestCluster;

/** Memory where the system offers it: what tests store lives as long as the run. */
export const fastFolder = (): string => {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
};
