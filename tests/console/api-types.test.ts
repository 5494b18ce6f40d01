import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CONSOLE_TYPES, renderConsoleTypes } from '../../src/docs/docs-command.ts';

test('the types of the console are those of the admin API; npm run docs brings them up to date', async () => {
  expect(readFileSync(CONSOLE_TYPES, 'utf8')).toBe(await renderConsoleTypes());
});
