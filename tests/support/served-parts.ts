/** A gateway and custody on a database, each in a process of its own, with keys that a test knows. */
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { startChild } from '../../src/processes/child.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startGatewayProcess } from './gateway-process.ts';

export interface ServedParts {
  readonly baseUrl: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');

/** Stop them in `afterAll`, also where they were stopped before. */
export const serveParts = async (options: {
  /** Their data folder is made below it. */
  readonly folder: string;
  readonly database: { readonly gatewayUrl: string; readonly custodyUrl: string };
  /** As hex. */
  readonly rootKek: string;
  readonly gatewayKek: Buffer;
  readonly sandboxUrl: string;
}): Promise<ServedParts> => {
  const { database } = options;
  const dataDir = await mkdtemp(path.join(options.folder, 'data-'));
  const custody = await startChild(
    {
      name: 'custody',
      entry: ENTRY,
      environment: () => ({
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        COUNTERSIGN_LOG_LEVEL: 'silent',
        COUNTERSIGN_DATA_DIR: dataDir,
        COUNTERSIGN_CUSTODY_DATABASE_URL: database.custodyUrl,
        COUNTERSIGN_ROOT_KEK: options.rootKek,
        COUNTERSIGN_SANDBOX_URL: options.sandboxUrl,
      }),
      logger: createLogger('test', 'silent'),
      readyMs: 30_000,
      stopMs: 5_000,
    },
    () => undefined,
  );
  try {
    const { gatewayKek } = options;
    const gateway = await startGatewayProcess({ dataDir, gatewayUrl: database.gatewayUrl, gatewayKek });
    return {
      baseUrl: gateway.baseUrl,
      dataDir,
      stop: async () => {
        await gateway.kill();
        await custody.stop();
      },
    };
  } catch (error) {
    await custody.stop();
    throw error;
  }
};
