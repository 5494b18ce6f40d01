/** Starts a script of the benchmark on a core of its own, where the system can pin processes. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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
  stop(): Promise<void>;
}

/** `options` travel as JSON in the first argument; the script sends one message when it is ready. */
export const startPinned = async (script: string, core: number, options: object): Promise<PinnedProcess> => {
  const file = path.join(import.meta.dirname, script);
  const child = fork(file, [JSON.stringify(options)], {
    ...(CAN_PIN && { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] }),
  });
  const [ready] = (await Promise.race([once(child, 'message'), failure(child, script)])) as [unknown];
  return {
    ready,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
};

const failure = async (child: ChildProcess, script: string): Promise<never> => {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${script} ended with ${code ?? 'a signal'} before it was ready`);
};
