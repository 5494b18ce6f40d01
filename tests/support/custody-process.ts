/** Custody as the process that it is in production, on a database and a data folder of a test. */
import path from 'node:path';
import { type Child, startChild } from '../../src/processes/child.ts';
import { createLogger, type Logger } from '../../src/shared/logger.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');

/** Stop it in `afterAll`. Its socket stands where a data folder has it. */
export const startCustodyProcess = (options: {
  readonly dataDir: string;
  readonly custodyUrl: string;
  readonly sandboxUrl: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
}): Promise<Child> =>
  startChild(
    {
      name: 'custody',
      entry: ENTRY,
      environment: () => ({
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        COUNTERSIGN_LOG_LEVEL: 'silent',
        COUNTERSIGN_DATA_DIR: options.dataDir,
        COUNTERSIGN_CUSTODY_DATABASE_URL: options.custodyUrl,
        COUNTERSIGN_SANDBOX_URL: options.sandboxUrl,
        ...options.settings,
      }),
      logger: options.logger ?? createLogger('test', 'silent'),
      readyMs: 30_000,
      stopMs: 5_000,
    },
    () => undefined,
  );
