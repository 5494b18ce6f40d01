/** Where custody listens; the gateway and custody agree on it by configuration alone. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config-schema.ts';

// Of `sockaddr_un` on macOS, with its end mark; a longer path is cut off without a word.
const GREATEST_PATH_BYTES = 103;

/** The configured path, or one below the data folder; below /tmp when that is too deep. Throws ConfigError. */
export const custodySocketPath = ({ custody, dataDir }: Config): string => {
  const { socketPath } = custody;
  if (socketPath === undefined) {
    const beside = path.join(dataDir, 'run', 'custody.sock');
    return fits(beside) ? beside : path.join('/tmp', `countersign-${shortHash(dataDir)}`, 'custody.sock');
  }
  if (!fits(socketPath)) {
    throw new ConfigError([
      `custody.socketPath (COUNTERSIGN_CUSTODY_SOCKET): longer than the ${GREATEST_PATH_BYTES} bytes of a Unix socket`,
    ]);
  }
  return socketPath;
};

const fits = (file: string): boolean => Buffer.byteLength(file) <= GREATEST_PATH_BYTES;

const shortHash = (text: string): string =>
  createHash('sha256').update(`run ${text}`).digest('hex').slice(0, 12);
