/** Custody's answers about markets, open orders and deposit addresses: the adapter's, with keys where they are needed. */
import type { KeyedCall } from '../exchanges/ccxt-keyed-instances.ts';
import type { CcxtMarkets } from '../exchanges/ccxt-markets.ts';
import type { CallContext, CredentialRef } from '../exchanges/exchange-call.ts';
import type { MARKET_METHODS } from './market-protocol.ts';
import type { RpcCall, RpcHandlers } from './rpc-server.ts';

/** Finds the keys that a call is made with. */
export type OpenCall = (
  context: CallContext,
  ref: CredentialRef,
  marketCodes: readonly string[],
  call: RpcCall,
) => Promise<KeyedCall>;

export const createMarketHandlers = (
  adapter: CcxtMarkets,
  keyedCall: OpenCall,
): Pick<RpcHandlers, keyof typeof MARKET_METHODS> => ({
  fetchMarkets: ({ marketCode }, call) => adapter.fetchMarkets(marketCode, call.deadlineMs),
  fetchQuote: ({ marketCode, symbol }, call) => adapter.fetchQuote(marketCode, symbol, call.deadlineMs),
  fetchMaxLeverage: async ({ context, ref, marketCode, symbol }, call) =>
    adapter.fetchMaxLeverage(await keyedCall(context, ref, [marketCode], call), marketCode, symbol),
  countOpenOrders: async ({ context, ref, marketCode }, call) =>
    adapter.countOpenOrders(await keyedCall(context, ref, [marketCode], call), marketCode),
  fetchNetworks: async ({ context, ref, marketCode, asset }, call) =>
    adapter.fetchNetworks(await keyedCall(context, ref, [marketCode], call), marketCode, asset),
  fetchDepositAddress: async ({ context, ref, marketCode, place }, call) =>
    adapter.fetchDepositAddress(await keyedCall(context, ref, [marketCode], call), marketCode, place),
});
