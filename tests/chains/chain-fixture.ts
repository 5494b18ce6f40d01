/** A sandbox with the two chains, and custody's reader of them, for one test file. */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { loadConfig } from '../../src/config/config.ts';
import {
  type ChainSettings,
  type ChainWallets,
  createChainWallets,
} from '../../src/exchanges/chains/chain-wallets.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { createRecordingLogger, type RecordingLogger } from '../exchanges/recording-logger.ts';
import { clearFaults } from '../exchanges/sandbox-control.ts';

export interface ChainFixture {
  readonly sandbox: Sandbox;
  readonly logger: RecordingLogger;
  /** What the readers take for the time, in milliseconds. */
  nowMs: number;
  wallets(change?: { settings?: Partial<ChainSettings>; callDeadlineMs?: number }): ChainWallets;
}

export const CHAINS = [
  { venue: 'ethereumwallet', coin: 'ETH', address: '0x52908400098527886E0F7030069857D2E4169EE7' },
  { venue: 'trx', coin: 'TRX', address: 'TZ4UXDV5ZhNW7fb2AMSbgfAEZ7hWsnYS2g' },
] as const;

export const useChains = (): ChainFixture => {
  let sandbox: Sandbox;
  const logger = createRecordingLogger();
  const { chains } = loadConfig({ NODE_ENV: 'test' });

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: 'chains', markets: 50 });
  });
  afterEach(() => clearFaults(sandbox));
  afterAll(() => sandbox.close());

  const fixture: ChainFixture = {
    get sandbox() {
      return sandbox;
    },
    logger,
    nowMs: 1_800_000_000_000,
    wallets: ({ settings, callDeadlineMs } = {}) =>
      createChainWallets({
        // Nothing listens on these addresses: a request that went there would fail.
        settings: {
          ...chains,
          ethereumUrl: 'http://127.0.0.1:9',
          tronUrl: 'http://127.0.0.1:9',
          ...settings,
        },
        sandboxUrl: sandbox.url,
        // The first read of a file loads viem, which takes seconds on a busy machine.
        callDeadlineMs: callDeadlineMs ?? 25_000,
        clock: { now: () => fixture.nowMs },
        logger,
      }),
  };
  return fixture;
};
