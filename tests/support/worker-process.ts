/** A worker as a process of its own, on the database and the custody of a test's gateway. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestGateway } from './test-gateway.ts';

export interface WorkerProcess {
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');

/** Resolves when it says that it works. */
export const startWorkerProcess = async (
  gateway: Pick<TestGateway, 'workerEnvironment'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> => {
  const child = fork(ENTRY, ['worker'], {
    env: { ...gateway.workerEnvironment, COUNTERSIGN_JOB_POLL_MS: '20', ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await ready(child);
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  };
  return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL').then(() => undefined) };
};

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with ${String(code)}`)));
    child.on('message', (message: { type?: string }) => {
      if (message.type === 'ready') resolve();
    });
  });
