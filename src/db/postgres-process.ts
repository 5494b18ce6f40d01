/** Spawns the embedded postmaster under a watchdog shell that stops it when this process dies, however it dies. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { open, stat, truncate } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { PostgresFolders } from './postgres-folders.ts';
import type { OsUser } from './postgres-os-user.ts';
import { spawnAs } from './postgres-os-user.ts';

/**
 * The shell waits for Postgres; its watcher waits for the pipe to close, which is the death of this process or a
 * wish to stop, and then asks for a fast shutdown. With a folder as first argument (a throwaway cluster), the shell
 * also removes that folder once Postgres and this process are both gone.
 */
const WATCHDOG = `
exec 3<&0
throwaway=$1; shift
"$@" 3<&- </dev/null & postgres=$!
( read -r line <&3; kill -INT "$postgres" ) & watcher=$!
wait "$postgres"; code=$?
kill "$watcher" 2>/dev/null
if [ -n "$throwaway" ]; then read -r line <&3; rm -rf "$throwaway"; fi
exit "$code"
`;

// Errors of statements stay out of the log: they quote rows, and the client gets them anyway.
const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

// Enough for a throwaway cluster to lose nothing but durability.
const THROWAWAY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '400',
};

const LOG_LIMIT_BYTES = 5_000_000;

export interface PostgresProcess {
  /** Whether the watchdog shell, and with it Postgres, still runs. */
  isAlive(): boolean;
  /** Closes the pipe: Postgres stops in fast mode. */
  release(): void;
  readonly ended: Promise<void>;
}

export const spawnPostgres = async (options: {
  folders: PostgresFolders;
  native: string;
  user: OsUser | undefined;
  durable: boolean;
  settings: Readonly<Record<string, string>>;
}): Promise<PostgresProcess> => {
  const { folders, native, user, durable } = options;
  const settings = {
    ...SETTINGS,
    ...(durable ? {} : THROWAWAY_SETTINGS),
    ...options.settings,
    unix_socket_directories: folders.socket,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const program = [path.join(native, 'bin', 'postgres'), '-D', folders.data, ...flags];
  const log = await openLog(folders.log);
  try {
    const child = spawn('/bin/sh', ['-c', WATCHDOG, 'sh', durable ? '' : folders.base, ...program], {
      ...spawnAs(user),
      // A session of its own: Ctrl-C in the terminal reaches this process first, which then stops Postgres in order.
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
    });
    return watch(child);
  } finally {
    await log.close();
  }
};

const watch = (child: ChildProcess): PostgresProcess => {
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      alive = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const pipe = child.stdin as Socket | null;
  // Writing never happens; closing a pipe whose reader is gone may still complain.
  pipe?.on('error', () => undefined);
  // Neither keeps this process alive.
  child.unref();
  pipe?.unref();
  return { isAlive: () => alive, release: () => pipe?.end(), ended };
};

const openLog = async (file: string) => {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await truncate(file);
  return open(file, 'a', 0o600);
};
