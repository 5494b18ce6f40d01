/** What the README says about the program is what the program says about itself. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ENVIRONMENT_VARIABLES } from '../../src/config/env.ts';
import { listSettings } from '../../src/docs/config-reference.ts';
import { renderReadme, renderSettings, SETTINGS } from '../../src/docs/docs-command.ts';
import { readersOf, SECRET_SETTINGS } from '../../src/docs/setting-readers.ts';

test('the table of venues in the README and the reference of settings are up to date (npm run docs)', () => {
  expect(readFileSync('README.md', 'utf8')).toBe(renderReadme());
  expect(readFileSync(SETTINGS, 'utf8')).toBe(renderSettings());
});

test('every setting has a meaning, and readers', () => {
  for (const { path, schema } of listSettings()) {
    expect({ path, meaning: schema.description }).toEqual({ path, meaning: expect.stringMatching(/./) });
    expect(readersOf(path)).not.toEqual([]);
  }
});

test('every variable and every secret is of a setting that there is', () => {
  const paths = listSettings().map(({ path }) => path);
  for (const path of Object.values(ENVIRONMENT_VARIABLES)) expect(paths).toContain(path);
  for (const path of SECRET_SETTINGS) expect(paths).toContain(path);
});
