/** A sandbox, and adapters on it, for one test file; call it at the top of the file. */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { type CcxtAdapter, createCcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import type { KeyedCall } from '../../src/exchanges/ccxt-keyed-instances.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import type { EgressPolicy } from '../../src/exchanges/egress-gate.ts';
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
  readonly egress?: EgressPolicy;
  readonly throttle?: boolean;
}

export interface AdapterFixture {
  readonly sandbox: Sandbox;
  readonly logger: RecordingLogger;
  /** Closed after the test. */
  anAdapter(options?: AdapterOptions): Promise<CcxtAdapter>;
  /** Closed after all tests of the file. */
  aLastingAdapter(options?: AdapterOptions): Promise<CcxtAdapter>;
  /** Moves our clock, of all adapters, on until the test ends. */
  advance(ms: number): void;
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

export const useAdapters = ({ markets = 200 }: { markets?: number } = {}): AdapterFixture => {
  let sandbox: Sandbox;
  let offsetMs = 0;
  const adapters: CcxtAdapter[] = [];
  const lasting: CcxtAdapter[] = [];
  const logger = createRecordingLogger();

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: 'adapter', markets });
  });
  afterEach(async () => {
    offsetMs = 0;
    await clearFaults(sandbox);
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });
  afterAll(async () => {
    await Promise.all(lasting.map((adapter) => adapter.close()));
    await sandbox.close();
  });

  const create = (options: AdapterOptions = {}): Promise<CcxtAdapter> =>
    createCcxtAdapter({
      catalog: createCatalog(),
      venues: CCXT_VENUES,
      clock: { now: () => systemClock.now() + offsetMs + (options.skewMs ?? 0) },
      logger,
      sandboxUrl: sandbox.url,
      egress: options.egress,
      throttle: options.throttle,
      callDeadlineMs: options.callDeadlineMs ?? 10_000,
      privateInstances: options.privateInstances ?? 100,
      marketsMaxAgeMs: 3_600_000,
    });

  return {
    get sandbox() {
      return sandbox;
    },
    logger,
    anAdapter: async (options) => {
      const adapter = await create(options);
      adapters.push(adapter);
      return adapter;
    },
    aLastingAdapter: async (options) => {
      const adapter = await create(options);
      lasting.push(adapter);
      return adapter;
    },
    advance: (ms) => {
      offsetMs += ms;
    },
  };
};
