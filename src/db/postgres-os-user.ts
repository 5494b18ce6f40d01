/** Which operating-system user runs the embedded Postgres: it refuses to run as root, so root hands it to another user. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * undefined: run as ourselves. As root, the first existing of `preferred`, `postgres` and `nobody`.
 * Throws when root has nobody to hand Postgres to.
 */
export const findPostgresUser = async (preferred: string | undefined): Promise<OsUser | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of [preferred, 'postgres', 'nobody']) {
    const user = name === undefined || name === '' ? undefined : await lookUp(name);
    if (user !== undefined && user.uid !== 0) return user;
  }
  throw new Error(
    'Postgres does not run as root: set EMBEDDED_PG_USER to an unprivileged user, or DATABASE_URL',
  );
};

/** Options for `spawn` that run a program as `user`, away from a working directory it may not read. */
export const spawnAs = (user: OsUser | undefined): { cwd: string; uid?: number; gid?: number } =>
  user === undefined ? { cwd: '/' } : { cwd: '/', uid: user.uid, gid: user.gid };

// `id` knows directory services too, which /etc/passwd does not.
const lookUp = async (name: string): Promise<OsUser | undefined> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return undefined;
  }
};
