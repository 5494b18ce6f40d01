/** Runs one part of Countersign as a child process: waits until it is ready, starts it again when it dies. */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../config/env.ts';
import type { Logger } from '../shared/logger.ts';

/** What a child reports over its channel once it serves. */
export interface ReadyMessage {
  readonly type: 'ready';
  /** Where it listens, where it does. */
  readonly url?: string;
  /** Facts for the supervisor alone, e.g. the sandbox's demo keys. */
  readonly facts?: unknown;
}

export interface ChildOptions {
  readonly name: string;
  /** Path of the entry script, and the command it is given. */
  readonly entry: string;
  readonly environment: () => Environment;
  readonly logger: Logger;
  /** Longest time from start to ready. */
  readonly readyMs: number;
  /** Longest time from SIGTERM to the end; then it is killed. */
  readonly stopMs: number;
}

export interface Child {
  readonly pid: number | undefined;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 5_000;
// A child that served this long has recovered: its next death is restarted at once.
const STABLE_MS = 30_000;

/** Resolves when the child is ready for the first time; rejects when it ends before. `onReady` hears of every restart. */
export const startChild = async (
  options: ChildOptions,
  onReady: (message: ReadyMessage) => void,
): Promise<Child> => {
  const { name, logger } = options;
  let running: ChildProcess | undefined;
  const state = { stopping: false };
  let restartMs = FIRST_RESTART_MS;

  const launch = async (): Promise<void> => {
    const started = Date.now();
    const child = fork(options.entry, [name], {
      env: { ...options.environment() },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Ctrl-C reaches the whole foreground group; only the supervisor may act on it, in its own order.
      detached: true,
    });
    running = child;
    onReady(await readiness(child, options));
    child.once('exit', (code, signal) => {
      if (state.stopping) return;
      logger.warn('a process died and is started again', { process: name, code, signal });
      if (Date.now() - started > STABLE_MS) restartMs = FIRST_RESTART_MS;
      void relaunch();
    });
  };

  const relaunch = async (): Promise<void> => {
    await delay(restartMs, undefined, { ref: false });
    restartMs = Math.min(restartMs * 2, LONGEST_RESTART_MS);
    if (state.stopping) return;
    try {
      await launch();
    } catch {
      logger.error('a process did not start and is tried again', { process: name, afterMs: restartMs });
      await relaunch();
    }
  };

  await launch();
  return {
    get pid() {
      return running?.pid;
    },
    async stop() {
      state.stopping = true;
      if (running !== undefined) await end(running, options.stopMs);
    },
    kill() {
      state.stopping = true;
      running?.kill('SIGKILL');
    },
  };
};

const readiness = (child: ChildProcess, { name, readyMs }: ChildOptions): Promise<ReadyMessage> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${name} was not ready after ${readyMs} ms`));
    }, readyMs);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new ChildExit(name, code, signal));
    });
    child.on('message', (message) => {
      if (!isReady(message)) return;
      clearTimeout(timer);
      resolve(message);
    });
  });

/** A child ended before it was ready; it has logged why. */
export class ChildExit extends Error {
  override readonly name = 'ChildExit';
  readonly exitCode: number;

  constructor(child: string, code: number | null, signal: NodeJS.Signals | null) {
    super(`${child} ended with ${code ?? signal ?? 'no code'} before it was ready`);
    this.exitCode = code ?? 1;
  }
}

const isReady = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

const end = async (child: ChildProcess, stopMs: number): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
};
