/** `countersign serve` as a user runs it: the built program, in a data folder of its own, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DemoFile, readDemoFile } from '../../src/demo/demo-file.ts';

export interface ServedProgram {
  readonly process: ChildProcess;
  /** Everything it and its parts have printed so far. */
  output(): string;
  demo(): DemoFile;
  /** Process id of a part: gateway, custody or sandbox. */
  pidOf(part: string): Promise<number>;
  /** Process id of the embedded Postgres. */
  postgresPid(): Promise<number>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');

/** Resolves when it says that it is running; throws with its output when it ends before. */
export const startServed = async (
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServedProgram> => {
  const child = spawn(process.execPath, [ENTRY, 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      COUNTERSIGN_DATA_DIR: dataDir,
      COUNTERSIGN_PORT: '0',
      COUNTERSIGN_ADMIN_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (!text.includes('Countersign is running')) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}:\n${text}`);
    await delay(20);
  }
  return {
    process: child,
    output: () => text,
    demo: () => readDemoFile(dataDir),
    pidOf: (part) => findChild(child.pid ?? -1, part),
    postgresPid: async () => {
      const [pid] = (
        await readFile(path.join(dataDir, 'postgres', 'pgdata', 'postmaster.pid'), 'utf8')
      ).split('\n');
      return Number(pid);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      return child.exitCode;
    },
  };
};

/** From /proc: the child of `parent` that was started with this command. */
const findChild = async (parent: number, command: string): Promise<number> => {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [stat, commandLine] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')),
    );
    // pid (name) state ppid: the name may hold spaces, so it is read from its closing bracket on.
    const parentPid = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parentPid === String(parent) && commandLine?.split('\0').includes(command)) return Number(entry);
  }
  throw new Error(`no running ${command} below ${parent}`);
};
