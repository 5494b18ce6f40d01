/** A gateway and custody on a database, each in a process of its own, with keys that a test knows. */
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { startCustodyProcess } from './custody-process.ts';
import { startGatewayProcess } from './gateway-process.ts';

export interface ServedParts {
  readonly baseUrl: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

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
  const custody = await startCustodyProcess({
    dataDir,
    custodyUrl: database.custodyUrl,
    sandboxUrl: options.sandboxUrl,
    settings: { COUNTERSIGN_ROOT_KEK: options.rootKek },
  });
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
