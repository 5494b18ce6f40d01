/** What the README says about the program is what the program says about itself. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ENVIRONMENT_VARIABLES } from '../../src/config/env.ts';
import { renderReadme } from '../../src/docs/docs-command.ts';

test('the tables of venues and settings in the README are up to date (npm run docs)', () => {
  expect(readFileSync('README.md', 'utf8')).toBe(renderReadme());
});

test('every setting in the README has a meaning', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const variable of Object.keys(ENVIRONMENT_VARIABLES)) {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${variable}\``)) ?? '';
    expect({ variable, meaning: row.split('|').at(-2)?.trim() }).not.toEqual({ variable, meaning: '' });
  }
});
