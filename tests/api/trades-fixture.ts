/** Accounts with trades at a simulated venue, synced and read over /api/exchange. */
import { expect } from '@jest/globals';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import type { TestGateway } from '../support/test-gateway.ts';

export interface WireTrade {
  readonly id: string;
  readonly exchange_trade_id: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly side: string;
  readonly trade_timestamp: string;
  readonly fee_currency: string;
}

export interface SyncAnswer {
  readonly success: boolean;
  readonly symbol: string | null;
  readonly trades_synced: number;
  readonly trades_duplicate: number;
  readonly symbols_synced: number;
  readonly symbols_total: number;
  readonly is_complete: boolean;
  readonly error: string | null;
  readonly error_type: string | null;
}

export interface ListAnswer {
  readonly trades: readonly WireTrade[];
  readonly total_records: number;
  readonly has_more: boolean;
}

/** Holds every asset that the venue trades, so that no market is beyond guessing. */
export const everyAsset = async (gateway: TestGateway, code: string): Promise<Record<string, string>> => {
  const answer = await fetch(`${gateway.baseUrl}/ver1/accounts/market_pairs?market_code=${code}`);
  const pairs = (await answer.json()) as string[];
  const assets = pairs.flatMap((pair) => pair.split('_'));
  return Object.fromEntries(assets.map((asset) => [asset, '1']));
};

export interface Connected {
  readonly accountId: number;
  readonly apiKey: string;
}

export const connectTrader = async (
  gateway: TestGateway,
  caller: TestCaller,
  { code = 'kraken', venue = code, trades = 40 }: { code?: string; venue?: string; trades?: number } = {},
): Promise<Connected> => {
  const balances = await everyAsset(gateway, code);
  const keys = await gateway.sandbox.openAccount({ venue, trades, balances });
  const answer = await caller.post('/ver1/accounts/new', { type: code, name: 'Trader', ...keys });
  expect({ status: answer.status, text: answer.text.slice(0, 200) }).toMatchObject({ status: 201 });
  return { accountId: (answer.body as { id: number }).id, apiKey: keys.api_key };
};

export const sync = async (caller: TestCaller, query: string): Promise<SyncAnswer> => {
  const answer = await caller.post(`/api/exchange/trades/sync?${query}`);
  expect({ status: answer.status, text: answer.text.slice(0, 300) }).toMatchObject({ status: 200 });
  return answer.body as SyncAnswer;
};

/** Goes on until a sync says that it is complete; answers how many trades were new. */
export const syncAll = async (caller: TestCaller, query: string): Promise<number> => {
  let synced = 0;
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await sync(caller, query);
    expect(answer).toMatchObject({ success: true, error: null });
    synced += answer.trades_synced;
    if (answer.is_complete) return synced;
  }
  throw new Error('the sync does not come to its end');
};

export const list = async (caller: TestCaller, query: string): Promise<ListAnswer> => {
  const answer: TestAnswer = await caller.get(`/api/exchange/trades?${query}`);
  expect({ status: answer.status, text: answer.text.slice(0, 300) }).toMatchObject({ status: 200 });
  return answer.body as ListAnswer;
};

/** All pages. */
export const listAll = async (caller: TestCaller, query: string, limit = 1_000): Promise<WireTrade[]> => {
  const trades: WireTrade[] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await list(caller, `${query}&limit=${limit}&offset=${offset}`);
    trades.push(...page.trades);
    if (!page.has_more) return trades;
  }
};

export const keyOf = ({ symbol, exchange_trade_id, side }: WireTrade): string =>
  `${symbol} ${exchange_trade_id} ${side}`;
