/** Where custody listens; the gateway and custody agree on it by configuration alone. */
import path from 'node:path';
import type { Config } from '../config/config-schema.ts';

/** The configured path, or one in a folder of its own below the data folder. */
export const custodySocketPath = (config: Config): string =>
  config.custody.socketPath ?? path.join(config.dataDir, 'run', 'custody.sock');
