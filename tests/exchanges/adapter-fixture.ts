/** A sandbox, and adapters on it, for one test file; call it at the top of the file. */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { type CcxtAdapter, createCcxtAdapter, type KeyedCall } from '../../src/exchanges/ccxt-adapter.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';
import { clearFaults } from './sandbox-control.ts';

interface AdapterOptions {
  readonly callDeadlineMs?: number;
  readonly privateInstances?: number;
  /** How far our clock is ahead of the venues'. */
  readonly skewMs?: number;
}

export interface AdapterFixture {
  readonly sandbox: Sandbox;
  readonly logger: RecordingLogger;
  anAdapter(options?: AdapterOptions): Promise<CcxtAdapter>;
}

export const VENUES = [
  { venue: 'binance', code: 'binance' },
  { venue: 'kraken', code: 'kraken' },
  { venue: 'okx', code: 'okex' },
];

export const aCall = (keys: ExchangeKeys, credential = keys.apiKey): KeyedCall => ({
  credential,
  version: '1',
  deadlineMs: 20_000,
  openKeys: () => Promise.resolve(keys),
});

export const useAdapters = (): AdapterFixture => {
  let sandbox: Sandbox;
  const adapters: CcxtAdapter[] = [];
  const logger = createRecordingLogger();

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: 'adapter', markets: 200 });
  });
  afterEach(async () => {
    await clearFaults(sandbox);
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });
  afterAll(() => sandbox.close());

  return {
    get sandbox() {
      return sandbox;
    },
    logger,
    anAdapter: async (options = {}) => {
      const adapter = await createCcxtAdapter({
        catalog: createCatalog(),
        venues: CCXT_VENUES,
        clock: { now: () => systemClock.now() + (options.skewMs ?? 0) },
        logger,
        sandboxUrl: sandbox.url,
        callDeadlineMs: options.callDeadlineMs ?? 10_000,
        privateInstances: options.privateInstances ?? 100,
        marketsMaxAgeMs: 3_600_000,
      });
      adapters.push(adapter);
      return adapter;
    },
  };
};
