/** A gateway as a process of its own, on the database of a test; for what several of them share and what a kill leaves. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface GatewayProcess {
  readonly baseUrl: string;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');

/** Without custody: what talks to exchanges answers 503. */
export const startGatewayProcess = async (options: {
  readonly dataDir: string;
  readonly gatewayUrl: string;
  readonly gatewayKek: Buffer;
}): Promise<GatewayProcess> => {
  const child = fork(ENTRY, ['gateway'], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      COUNTERSIGN_LOG_LEVEL: 'silent',
      COUNTERSIGN_DATA_DIR: options.dataDir,
      COUNTERSIGN_PORT: '0',
      COUNTERSIGN_GATEWAY_DATABASE_URL: options.gatewayUrl,
      COUNTERSIGN_GATEWAY_KEK: options.gatewayKek.toString('hex'),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    baseUrl: await readyUrl(child),
    async stop() {
      const gone = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGTERM');
      return (await gone)[0];
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
};

const readyUrl = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${String(code)}`)));
    child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'ready' && message.url !== undefined) resolve(message.url);
    });
  });
