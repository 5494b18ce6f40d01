/** Custody's answers about BNB fees and dust: the adapter's, with the keys of the credential. */
import type { CcxtWallets } from '../exchanges/ccxt-wallets.ts';
import type { OpenCall } from './market-handlers.ts';
import type { RpcHandlers } from './rpc-server.ts';
import type { WALLET_METHODS } from './wallet-protocol.ts';

export const createWalletHandlers = (
  adapter: CcxtWallets,
  keyedCall: OpenCall,
): Pick<RpcHandlers, keyof typeof WALLET_METHODS> => ({
  fetchBnbBurn: async ({ context, ref, marketCode }, call) =>
    adapter.fetchBnbBurn(await keyedCall(context, ref, [marketCode], call), marketCode),
  setBnbBurn: async ({ context, ref, marketCode, spot }, call) =>
    adapter.setBnbBurn(await keyedCall(context, ref, [marketCode], call), marketCode, spot),
  fetchDustAssets: async ({ context, ref, marketCode }, call) =>
    adapter.fetchDustAssets(await keyedCall(context, ref, [marketCode], call), marketCode),
});
