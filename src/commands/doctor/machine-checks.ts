/** Checks of this machine: the version of Node, the data folder, the disk, the ports. */
import { once } from 'node:events';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Config } from '../../config/config-schema.ts';
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

const OLDEST_NODE = [20, 19] as const;

/** `version` as `process.versions.node`. */
export const checkNode = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld
    ? problem('node', `Node ${version}`, `install Node ${OLDEST_NODE.join('.')} or newer`)
    : ok('node', `Node ${version}`);
};

export const checkDataFolder = async ({ dataDir }: Pick<Config, 'dataDir'>): Promise<Finding> => {
  const folder = await stat(dataDir).catch(() => undefined);
  if (folder === undefined)
    return skipped('data folder', `${dataDir} is not there yet; the first start makes it`);
  if (!folder.isDirectory())
    return problem('data folder', `${dataDir} is no folder`, 'name another in COUNTERSIGN_DATA_DIR');
  const isWritable = await access(dataDir, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return problem(
      'data folder',
      `this user may not write to ${dataDir}`,
      `chown ${String(process.getuid?.() ?? '<user>')} ${dataDir}`,
    );
  if ((folder.mode & 0o022) !== 0)
    return problem('data folder', `other users may write to ${dataDir}`, `chmod go-w ${dataDir}`);
  return ok('data folder', dataDir);
};

const GIB = 2 ** 30;
const LEAST_BYTES = GIB / 2;
const FEW_BYTES = 2 * GIB;

/** `readFree` answers the bytes that are free where a folder is. */
export const checkDisk = async (
  { dataDir }: Pick<Config, 'dataDir'>,
  readFree: (folder: string) => Promise<number> = freeBytes,
): Promise<Finding> => {
  const free = await readFree(dataDir);
  const found = `${(free / GIB).toFixed(1)} GiB free for ${dataDir}`;
  const mend =
    'free some, or move the folder (COUNTERSIGN_DATA_DIR): a full disk stops the database and the audit';
  if (free < LEAST_BYTES) return problem('disk', found, mend);
  return free < FEW_BYTES ? warning('disk', found, mend) : ok('disk', found);
};

const freeBytes = async (folder: string): Promise<number> => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const parent = path.dirname(folder);
    if (parent === folder) throw error;
    return freeBytes(parent);
  }
};

export interface Listener {
  readonly check: string;
  readonly host: string;
  readonly port: number;
  /** What to change when another program has it. */
  readonly variable: string;
}

/** Free, or answered by Countersign itself. */
export const checkPort = async ({ check, host, port, variable }: Listener): Promise<Finding> => {
  if (port === 0) return ok(check, `any free port of ${host}`);
  const place = `${hostInUrl(host)}:${port}`;
  const code = await tryToListen(host, port);
  switch (code) {
    case undefined:
      return ok(check, `${place} is free: nothing runs there`);
    case 'EADDRINUSE':
      return (await isOurs(host, port))
        ? ok(check, `${place} answers`)
        : problem(
            check,
            `another program listens at ${place}`,
            `end it, or choose another port in ${variable}`,
          );
    case 'EACCES':
      return problem(
        check,
        `this user may not listen at ${place}`,
        `choose a port above 1023 in ${variable}, or allow it: setcap cap_net_bind_service=+ep $(command -v node)`,
      );
    default:
      return problem(
        check,
        `${place} cannot be listened at (${code})`,
        'name an address of this machine as the host',
      );
  }
};

const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const tryToListen = async (host: string, port: number): Promise<string | undefined> => {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
};

const ANSWER_MS = 2_000;

const isOurs = async (host: string, port: number): Promise<boolean> => {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : hostInUrl(host);
  try {
    const answer = await fetch(`http://${reachable}:${port}/livez`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return ((await answer.json()) as { status?: unknown }).status === 'live';
  } catch {
    return false;
  }
};
