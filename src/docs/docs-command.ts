/** `npm run docs`: brings the generated parts of README.md, and the types of the client library, up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeApi } from '../app-surfaces.ts';
import { findProjectRoot, loadConfig } from '../config/config.ts';
import { createCustodyClient } from '../custody/rpc-client.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import { systemClock } from '../shared/clock.ts';
import { createLogger } from '../shared/logger.ts';
import { configTable } from './config-table.ts';
import { fillReadme } from './readme.ts';
import { sdkTypes } from './sdk-types.ts';
import { venueTable } from './venue-table.ts';

const README = 'README.md';
export const SDK_TYPES = 'src/sdk/api-types.ts';

/** The README as it should be. */
export const renderReadme = (root: string = findProjectRoot()): string => {
  const defaults = JSON.parse(readFileSync(path.join(root, 'config', 'default.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return fillReadme(readFileSync(path.join(root, README), 'utf8'), {
    configuration: configTable(defaults),
    venues: venueTable(createCatalog().markets),
  });
};

/** The types of the client library as they should be. */
export const renderSdkTypes = (): Promise<string> => {
  const logger = createLogger('docs', 'silent');
  const clock = systemClock;
  // Nothing of this is ever asked: it is what routes are made with, and only their declarations are read.
  const nowhere = { socketPath: 'nowhere', databaseUrl: 'postgresql://nobody@localhost/nowhere' };
  const custody = createCustodyClient({ ...nowhere, logger, clock, callDeadlineMs: 0 });
  const gatewayKek = Buffer.alloc(32);
  return sdkTypes(describeApi({ config: loadConfig({}), ...nowhere, gatewayKek, custody, clock, logger }));
};

export const runDocs = async (): Promise<void> => {
  const root = findProjectRoot();
  writeFileSync(path.join(root, README), renderReadme(root));
  writeFileSync(path.join(root, SDK_TYPES), await renderSdkTypes());
};
