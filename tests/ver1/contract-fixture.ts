/** A gateway with stored accounts for the rows of the /ver1 contract. For one test file. */
import { afterAll, beforeAll } from '@jest/globals';
import { connect as connectCcxt } from '../sandbox/ccxt-client.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import type { ContractRow } from './contract-rows.ts';

const SCOPES = ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'] as const;

export const useContract = () => {
  let gateway: TestGateway;
  let caller: TestCaller;
  let stored: number;
  let futures: number;

  const connect = async (type: string): Promise<number> => {
    const keys = await gateway.sandbox.openAccount({
      venue: 'binance',
      wallets: { spot: { BTC: '1.5', ETH: '2', USDT: '5000' }, linear: { USDT: '900' } },
    });
    if (type === 'binance') {
      const exchange = await connectCcxt(gateway.sandbox, 'binance', keys, {
        options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
      });
      await exchange.createOrder('BTC/USDT', 'market', 'buy', 0.01);
    }
    const answer = await caller.post('/ver1/accounts/new', { type, name: `My ${type}`, ...keys });
    if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
    return (answer.body as { id: number }).id;
  };

  beforeAll(async () => {
    gateway = await startTestGateway();
    caller = await gateway.newCaller();
    stored = await connect('binance');
    futures = await connect('binance_futures');
    // Volume is of fills that are stored.
    await caller.post('/api/exchange/trades/sync?exchange=binance&symbol=BTC%2FUSDT');
  }, 60_000);
  afterAll(() => gateway[Symbol.asyncDispose]());

  const idFor = async ({ on }: ContractRow): Promise<string> => {
    if (on === 'summary') return on;
    if (on === 'futures') return String(futures);
    if (on !== 'new') return String(stored);
    const answer = await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'To change' });
    return String((answer.body as { id: number }).id);
  };

  return {
    get gateway() {
      return gateway;
    },
    get caller() {
      return caller;
    },
    /** Another key of the tenant. */
    callerWithout: (scope: string): Promise<TestCaller> =>
      gateway.newCaller({ tenantId: caller.tenantId, scopes: SCOPES.filter((one) => one !== scope) }),
    /** The row's good request; unsigned where the row is public. */
    ask: async (row: ContractRow, prefix: string, by: TestCaller = caller): Promise<TestAnswer> => {
      const id = await idFor(row);
      const takesId = row.parameters.includes('account_id*') && !row.path.includes('{account_id}');
      const parameters = { ...row.sample, ...(takesId && { account_id: Number(id) }) };
      const path = prefix + row.path.replace('{account_id}', id);
      if (row.method === 'POST') return by.post(path, parameters);
      const search = new URLSearchParams(parameters as Record<string, string>).toString();
      const target = search === '' ? path : `${path}?${search}`;
      if (row.scope !== 'public') return by.get(target);
      const response = await fetch(gateway.baseUrl + target);
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as unknown };
    },
  };
};
