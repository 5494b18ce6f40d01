/** Custody's answers about an account's own trades: the adapter's, with keys. */
import type { CcxtTrades } from '../exchanges/ccxt-trades.ts';
import type { OpenCall } from './market-handlers.ts';
import type { RpcHandlers } from './rpc-server.ts';
import type { TRADE_METHODS } from './trade-protocol.ts';

export const createTradeHandlers = (
  adapter: CcxtTrades,
  keyedCall: OpenCall,
): Pick<RpcHandlers, keyof typeof TRADE_METHODS> => ({
  fetchTradeListing: async ({ context, ref, marketCode }, call) =>
    adapter.fetchTradeListing(await keyedCall(context, ref, [marketCode], call), marketCode),
  fetchTrades: async ({ context, ref, marketCode, query }, call) =>
    adapter.fetchTrades(await keyedCall(context, ref, [marketCode], call), marketCode, query),
});
