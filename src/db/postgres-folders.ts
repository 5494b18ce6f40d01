/** The folders of the embedded Postgres: its data, its socket and its log, owned by whoever runs it and by nobody else. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';
import type { Logger } from '../shared/logger.ts';
import { ignoreExisting, pathExists, SYSTEM_FOLDER } from './postgres-binaries.ts';
import type { OsUser } from './postgres-os-user.ts';
import { spawnAs } from './postgres-os-user.ts';

const run = promisify(execFile);

/** The name Postgres gives its socket; with its folder it must fit `sockaddr_un` (104 bytes on macOS, with the end mark). */
const SOCKET_FILE = '.s.PGSQL.5432';
const SOCKET_PATH_LIMIT_BYTES = 103;

export interface PostgresFolders {
  /** Holds the data folder and the log. */
  readonly base: string;
  readonly data: string;
  readonly socket: string;
  readonly log: string;
}

/** Makes the folders (0700). The data moves under /var/lib when `user` is kept out of `dataDir` by a folder above it. */
export const prepareFolders = async (
  dataDir: string,
  user: OsUser | undefined,
  logger: Logger,
): Promise<PostgresFolders> => {
  let base = path.resolve(dataDir);
  await makePrivate(base, user);
  if (!(await canEnter(base, user))) {
    base = path.join(SYSTEM_FOLDER, shortHash(base));
    await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
    await makePrivate(base, user);
    logger.info('the Postgres user cannot reach the data folder; the data is elsewhere', { dataDir, base });
  }
  const data = path.join(base, 'pgdata');
  const socket = await makeSocketFolder(base, user);
  return { base, data, socket, log: path.join(base, 'postgres.log') };
};

/** Creates the data folder when there is none; what a killed attempt left behind is swept. */
export const initializeData = async (options: {
  folders: PostgresFolders;
  native: string;
  user: OsUser | undefined;
  durable: boolean;
}): Promise<void> => {
  const { folders, native, user } = options;
  if (!(await pathExists(folders.data))) await createData(options);
  await sweepAttempts(folders.base);
  if (!(await canEnter(folders.data, user))) {
    throw new Error(
      `the data folder ${folders.data} belongs to another user than the one that runs ${native}`,
    );
  }
};

const createData = async (options: {
  folders: PostgresFolders;
  native: string;
  user: OsUser | undefined;
  durable: boolean;
}): Promise<void> => {
  const { folders, native, user, durable } = options;
  const fresh = await mkdtemp(path.join(folders.base, `pgdata.new-${String(process.pid)}-`));
  await makePrivate(fresh, user);
  const flags = ['--auth-local=trust', '--auth-host=scram-sha-256', '-E', 'UTF8', '--locale=C'];
  const collation = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const sync = durable ? [] : ['--no-sync'];
  const initdb = path.join(native, 'bin', 'initdb');
  try {
    await run(initdb, ['-D', fresh, '-U', 'postgres', ...flags, ...collation, ...sync], spawnAs(user));
    // A rename is all or nothing: a data folder that exists is a whole one.
    await rename(fresh, folders.data);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another start was faster.
    if (!(await pathExists(folders.data))) throw error;
  }
};

/** Removes what starts that were killed left behind; those of living processes are still being made. */
const sweepAttempts = async (base: string): Promise<void> => {
  for (const name of await readdir(base)) {
    const pid = /^pgdata\.new-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number.parseInt(pid, 10)))
      await rm(path.join(base, name), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isNativeError(error) && 'code' in error && error.code === 'EPERM';
  }
};

const makeSocketFolder = async (base: string, user: OsUser | undefined): Promise<string> => {
  const beside = path.join(base, 'socket');
  const fits = Buffer.byteLength(path.join(beside, SOCKET_FILE)) <= SOCKET_PATH_LIMIT_BYTES;
  const folder = fits ? beside : path.join('/tmp', `countersign-${shortHash(base)}`);
  await makePrivate(folder, user);
  return folder;
};

/** A folder of 0700 that belongs to `user` (or us). One that another user put in its place is refused. */
const makePrivate = async (folder: string, user: OsUser | undefined): Promise<void> => {
  // Only this folder is closed: a parent made along with it stays open to the Postgres user.
  await mkdir(path.dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
  const ours = process.getuid?.() ?? 0;
  const owner = user?.uid ?? ours;
  const found = await lstat(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (found.uid !== owner && found.uid !== ours) throw new Error(`${folder} belongs to another user`);
  if (found.uid !== owner && user !== undefined) await chown(folder, user.uid, user.gid);
  if ((found.mode & 0o777) !== 0o700) await chmod(folder, 0o700);
};

const canEnter = async (folder: string, user: OsUser | undefined): Promise<boolean> => {
  try {
    await run('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], spawnAs(user));
    return true;
  } catch {
    return false;
  }
};

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
