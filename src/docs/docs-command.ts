/** `npm run docs`: brings the generated parts of README.md up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProjectRoot } from '../config/config.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import { configTable } from './config-table.ts';
import { fillReadme } from './readme.ts';
import { venueTable } from './venue-table.ts';

/** The README as it should be. */
export const renderReadme = (root: string = findProjectRoot()): string => {
  const defaults = JSON.parse(readFileSync(path.join(root, 'config', 'default.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return fillReadme(readFileSync(path.join(root, 'README.md'), 'utf8'), {
    configuration: configTable(defaults),
    venues: venueTable(createCatalog().markets),
  });
};

export const runDocs = (): void => writeFileSync(path.join(findProjectRoot(), 'README.md'), renderReadme());
