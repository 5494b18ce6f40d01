// Trades of contracts: real orders at the sandbox venues, read back through real ccxt.
import { expect, test } from '@jest/globals';
import type { CcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import type { VenueTrade } from '../../src/exchanges/trade-port.ts';
import { toDecimal } from '../../src/shared/money.ts';
import { connect } from '../sandbox/ccxt-client.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { openAccount } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 60 });

const VENUES = [
  { ccxt: 'binance', venue: 'binance', code: 'binance_futures', symbol: 'BTC/USDT:USDT', wallet: 'linear' },
  { ccxt: 'bybit', venue: 'bybit', code: 'bybit_usdt_perpetual', symbol: 'BTC/USDT:USDT', wallet: 'spot' },
  { ccxt: 'okx', venue: 'okx', code: 'okex_futures', symbol: 'BTC/USDT:USDT', wallet: 'spot' },
  {
    ccxt: 'gate',
    venue: 'gate_io',
    code: 'gate_io_usdt_perpetual',
    symbol: 'BTC/USDT:USDT',
    wallet: 'linear',
  },
] as const;

const ORDERS = 5;

const readAll = async (
  adapter: CcxtAdapter,
  keys: ExchangeKeys,
  code: string,
  symbol: string | null,
  limit: number,
): Promise<VenueTrade[]> => {
  const trades: VenueTrade[] = [];
  for (let cursor: string | null = null, isLast = false; !isLast; ) {
    const page = await adapter.fetchTrades(aCall(keys), code, { symbol, cursor, since: null, limit });
    trades.push(...page.trades);
    ({ cursor, isLast } = page);
  }
  return trades;
};

test.each(VENUES)(
  '$code: fills of its contracts, each once, in small pages',
  async ({ ccxt, venue, code, symbol, wallet }) => {
    const keys = await openAccount(fixture.sandbox, { venue, wallets: { [wallet]: { USDT: '1000000' } } });
    const own = {
      api_key: keys.apiKey,
      secret: keys.secret,
      ...(keys.passphrase && { passphrase: keys.passphrase }),
    };
    const client = await connect(fixture.sandbox, ccxt, own, {
      options: { defaultType: 'swap' },
    });
    await client.loadMarkets();
    const amount = Number(client.market(symbol).limits.amount?.min ?? '1') * 10;
    for (let order = 0; order < ORDERS; order += 1)
      await client.createOrder(symbol, 'market', order % 2 === 0 ? 'buy' : 'sell', amount);
    const made = await client.fetchMyTrades(symbol);
    expect(made).toHaveLength(ORDERS);

    const adapter = await fixture.anAdapter();
    const { needsSymbol } = await adapter.fetchTradeListing(aCall(keys), code);
    for (const asked of needsSymbol ? [symbol] : [null, symbol])
      for (const limit of [1, 2, 1_000]) {
        const trades = await readAll(adapter, keys, code, asked, limit);
        expect(new Set(trades.map(({ id }) => id)).size).toBe(ORDERS);
        const told = ({ id, side, price, amount: size }: VenueTrade) => ({ id, side, price, size });
        expect(trades.map(told).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          made
            .map(({ id, side, price, amount: size }) => ({
              id,
              side,
              price: toDecimal(String(price)),
              size: toDecimal(String(size)),
            }))
            .toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
        );
        for (const { total, totalAsset, price, amount: size, symbol: of } of trades) {
          expect({ totalAsset, of }).toEqual({ totalAsset: 'USDT', of: symbol });
          // Contracts count for the amount of the base asset that one stands for.
          const { contractSize = 1 } = client.market(symbol);
          expect(Number(total)).toBeCloseTo(Number(price) * Number(size) * contractSize, 6);
        }
      }
  },
);
