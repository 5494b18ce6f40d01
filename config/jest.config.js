// Tests run from TypeScript source through swc, in parallel and in random order, on one throwaway Postgres cluster.
import { findChromium, HOW_TO_INSTALL } from './chromium.js';

// Nothing but Node has to be there for the rest of the tests.
const NEED_BROWSER = ['/tests/console/', '/tests/docs/api-page'];
const hasBrowser = findChromium() !== undefined;
if (!hasBrowser) {
  process.stderr.write(
    `No Chromium is installed: the tests that drive a browser are LEFT OUT (${NEED_BROWSER.join(', ')}). ` +
      `To run them, ${HOW_TO_INSTALL}.\n`,
  );
}

export default {
  rootDir: '..',
  testPathIgnorePatterns: ['/node_modules/', ...(hasBrowser ? [] : NEED_BROWSER)],
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.countersign'],
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  randomize: true,
  testTimeout: 30_000,
  // One more than two cores: tests wait for processes and deadlines.
  maxWorkers: 3,
};
