/** A gateway and a tenant with stored credentials, and a good request for each of the 22 operations. For one test file. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { SandboxKeys } from '../../src/sandbox/sandbox.ts';
import { connect as connectCcxt } from '../sandbox/ccxt-client.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import type { SeedOperation } from './seed-operations.ts';

export interface Sample {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export const nameOf = ({ method, path }: Pick<SeedOperation, 'method' | 'path'>): string =>
  `${method} ${path}`;

/** The request of a sample, still without authentication. */
const requestOf = ({ method, path }: SeedOperation, sample: Sample) => {
  const place = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(sample.path?.[name] ?? 'missing'),
  );
  const search = new URLSearchParams(sample.query).toString();
  return {
    method,
    target: search === '' ? place : `${place}?${search}`,
    ...(sample.body !== undefined && {
      body: JSON.stringify(sample.body),
      headers: { 'Content-Type': 'application/json' },
    }),
  };
};

/** One of FastAPI's. */
interface Problem {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
  readonly input: unknown;
  readonly ctx: object;
}

/** Of an answer that must be a 422. */
export const problemsOf = ({ status, body, text }: TestAnswer): readonly Problem[] => {
  expect({ status, text }).toEqual({ status: 422, text });
  const { detail } = body as { detail: Problem[] };
  for (const problem of detail)
    expect(Object.keys(problem).sort()).toEqual(['ctx', 'input', 'loc', 'msg', 'type']);
  return detail;
};

const credentialsOf = (exchange: string, keys: SandboxKeys) => ({
  exchange_name: exchange,
  api_key: keys.api_key,
  api_secret: keys.secret,
});

export const useExchange = () => {
  let gateway: TestGateway;
  let caller: TestCaller;
  let stored: Promise<void> | undefined;

  beforeAll(async () => {
    gateway = await startTestGateway();
    caller = await gateway.newCaller();
  }, 60_000);
  afterAll(() => gateway[Symbol.asyncDispose]());

  const openAccount = (venue: string): Promise<SandboxKeys> =>
    gateway.sandbox.openAccount({
      venue,
      balances: { BTC: '1.5', USDT: '5000', USD: '5000', DOGE: '3', BNB: '1' },
    });

  const store = async (exchange: string, venue: string): Promise<{ id: string; keys: SandboxKeys }> => {
    const keys = await openAccount(venue);
    const answer = await caller.post('/api/exchange/credentials', credentialsOf(exchange, keys));
    if (answer.status !== 200) throw new Error(`storing answered ${answer.status}: ${answer.text}`);
    return { id: (answer.body as { id: string }).id, keys };
  };

  /** Credentials of binance with two trades, all read, and of binanceus; once. */
  const storeAll = async (): Promise<void> => {
    const { keys } = await store('binance', 'binance');
    const exchange = await connectCcxt(gateway.sandbox, 'binance', keys, {
      options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
    });
    for (const side of ['buy', 'sell']) await exchange.createOrder('BTC/USDT', 'market', side, 0.01);
    await store('binanceus', 'binance_us');
    for (const target of [
      'balance/sync?exchange=binance',
      'trades/sync?exchange=binance&symbol=BTC%2FUSDT',
    ]) {
      const answer = await caller.post(`/api/exchange/${target}`);
      if (answer.status !== 200) throw new Error(`${target} answered ${answer.status}: ${answer.text}`);
    }
  };

  const onStored = async (sample: Sample): Promise<Sample> => {
    stored ??= storeAll();
    await stored;
    return sample;
  };
  const onBinance = (query: Readonly<Record<string, string>> = {}) =>
    onStored({ query: { exchange: 'binance', ...query } });
  const onNewCredential = async (body?: Readonly<Record<string, unknown>>): Promise<Sample> => {
    // Not of Binance: the oldest credentials of an exchange are those that count.
    const { id } = await store('kraken', 'kraken');
    return { path: { credential_id: id }, ...(body !== undefined && { body }) };
  };

  const samples: Readonly<Record<string, () => Promise<Sample>>> = {
    'GET /api/exchange/bnb-burn': () => onBinance(),
    'POST /api/exchange/bnb-burn': () => onStored({ body: { spot_bnb_burn: true, exchange: 'binance' } }),
    'GET /api/exchange/dust-assets': () => onBinance(),
    'POST /api/exchange/validate': async () => {
      const { exchange_name: exchange, ...keys } = credentialsOf('kraken', await openAccount('kraken'));
      return { body: { exchange, ...keys } };
    },
    'GET /api/exchange/markets': () => Promise.resolve({ query: { exchange: 'kraken' } }),
    'GET /api/exchange/ticker': () => Promise.resolve({ query: { exchange: 'kraken', symbol: 'BTC/USD' } }),
    'GET /api/exchange/supported': () => Promise.resolve({}),
    'GET /api/exchange/route': () => Promise.resolve({ query: { base: 'BTC', quote: 'USDT', size: '0.5' } }),
    'GET /api/exchange/{exchange_name}/info': () => Promise.resolve({ path: { exchange_name: 'kraken' } }),
    'GET /api/exchange/credentials': () => onStored({}),
    'POST /api/exchange/credentials': async () => ({
      body: credentialsOf('kraken', await openAccount('kraken')),
    }),
    'GET /api/exchange/credentials/{credential_id}': () => onNewCredential(),
    'DELETE /api/exchange/credentials/{credential_id}': () => onNewCredential(),
    'PUT /api/exchange/credentials/{credential_id}': () => onNewCredential({ credential_name: 'Renamed' }),
    'GET /api/exchange/balance': () => onBinance(),
    'POST /api/exchange/balance/sync': () => onBinance(),
    'GET /api/exchange/balance/history': () => onBinance({ currency: 'BTC' }),
    'GET /api/exchange/trades': () => onBinance(),
    'POST /api/exchange/trades/sync': () => onBinance({ symbol: 'BTC/USDT' }),
    'GET /api/exchange/trades/stats': () => onStored({}),
    'GET /api/exchange/health': () => Promise.resolve({}),
    'GET /api/exchange/{exchange_name}/health': () => Promise.resolve({ path: { exchange_name: 'kraken' } }),
  };

  return {
    get gateway() {
      return gateway;
    },
    get caller() {
      return caller;
    },
    store,
    sampleOf: (operation: SeedOperation): Promise<Sample> => {
      const sample = samples[nameOf(operation)];
      if (sample === undefined) throw new Error(`no sample of ${nameOf(operation)}`);
      return sample();
    },
    ask: (operation: SeedOperation, sample: Sample, by: TestCaller = caller): Promise<TestAnswer> =>
      by.send(requestOf(operation, sample)),
    /** Without a signature. */
    askAsNobody: async (operation: SeedOperation, sample: Sample): Promise<Response> => {
      const { target, ...request } = requestOf(operation, sample);
      return await fetch(gateway.baseUrl + target, request);
    },
  };
};
