/** Starts a script of the benchmark on a core of its own, where the system can pin processes. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

const CAN_PIN = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Moves this process, and what it starts from now on, to a core. */
export const pinSelf = (core: number): void => {
  if (CAN_PIN) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(process.pid)]);
};

export interface PinnedProcess {
  /** What the script sent as its first message. */
  readonly ready: unknown;
  readonly pid: number;
  /** CPU time used so far, in microseconds, all threads. */
  cpuMicros(): number;
  stop(): Promise<void>;
}

/** `options` travel as JSON in the first argument; the script sends one message when it is ready. */
export const startPinned = async (script: string, core: number, options: object): Promise<PinnedProcess> => {
  const file = path.join(import.meta.dirname, script);
  const child = fork(file, [JSON.stringify(options)], {
    // Logs are written as in production, to nowhere.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...(CAN_PIN && { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] }),
  });
  const [ready] = (await Promise.race([once(child, 'message'), failure(child, script)])) as [unknown];
  return {
    ready,
    pid: child.pid ?? 0,
    cpuMicros: () => readCpuMicros(child.pid ?? 0),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
};

// Linux counts in hundredths of a second; over a round of seconds that is fine enough.
const TICK_MICROS = 10_000;

const readCpuMicros = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold spaces; user and system time are fields 14 and 15 of the line.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
};

const failure = async (child: ChildProcess, script: string): Promise<never> => {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${script} ended with ${code ?? 'a signal'} before it was ready`);
};
