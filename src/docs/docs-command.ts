/** `npm run docs`: brings the generated parts of README.md, config/reference.md, the types of the client library and of the console, up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeAdminApi } from '../app-admin.ts';
import { assemble, describeApi } from '../app-surfaces.ts';
import { findProjectRoot, loadConfig } from '../config/config.ts';
import { createCustodyClient } from '../custody/rpc-client.ts';
import { createTenantDatabase } from '../db/postgres-tenant-database.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import { systemClock } from '../shared/clock.ts';
import { createLogger } from '../shared/logger.ts';
import { configReference } from './config-reference.ts';
import { fillReadme } from './readme.ts';
import { sdkTypes } from './sdk-types.ts';
import { venueTable } from './venue-table.ts';

const README = 'README.md';
export const SETTINGS = 'config/reference.md';
export const SDK_TYPES = 'src/sdk/api-types.ts';
export const CONSOLE_TYPES = 'src/console/api-types.ts';

/** The README as it should be. */
export const renderReadme = (root: string = findProjectRoot()): string =>
  fillReadme(readFileSync(path.join(root, README), 'utf8'), { venues: venueTable(createCatalog().markets) });

/** The settings as they should be told. */
export const renderSettings = (root: string = findProjectRoot()): string => {
  const read = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(path.join(root, 'config', `${name}.json`), 'utf8')) as Record<string, unknown>;
  return configReference({ default: read('default'), development: read('development') });
};

/** The types of the client library as they should be. */
export const renderSdkTypes = (): Promise<string> => sdkTypes(describeApi(inNoPlace()));

/** The types of the console's calls as they should be. */
export const renderConsoleTypes = (): Promise<string> => {
  const deps = inNoPlace();
  const { databaseUrl: url, logger } = deps;
  const database = createTenantDatabase({ url, logger, applicationName: 'countersign-docs' });
  const { parts, callerAuth } = assemble(deps, database, undefined, (path) => path);
  return sdkTypes(
    describeAdminApi({
      ...deps,
      database,
      gateway: parts,
      nonces: callerAuth.nonces,
      forgetCallerKey: () => undefined,
    }),
  );
};

/** Nothing of this is ever asked: it is what routes are made with, and only their declarations are read. */
const inNoPlace = () => {
  const logger = createLogger('docs', 'silent');
  const clock = systemClock;
  const nowhere = { socketPath: 'nowhere', databaseUrl: 'postgresql://nobody@localhost/nowhere' };
  const custody = createCustodyClient({ ...nowhere, logger, clock, callDeadlineMs: 0 });
  return { config: loadConfig({}), ...nowhere, gatewayKek: Buffer.alloc(32), custody, clock, logger };
};

export const runDocs = async (): Promise<void> => {
  const root = findProjectRoot();
  writeFileSync(path.join(root, README), renderReadme(root));
  writeFileSync(path.join(root, SETTINGS), renderSettings(root));
  writeFileSync(path.join(root, SDK_TYPES), await renderSdkTypes());
  writeFileSync(path.join(root, CONSOLE_TYPES), await renderConsoleTypes());
};
