/** An address on Ethereum: its ether and the tokens of the configured list. */
import type { Chain } from '../venue.ts';
import { WATCHED_ADDRESS } from './watched-address.ts';

export const ethereumWallet: Chain = {
  id: 'ethereumwallet',
  ccxtId: null,
  displayName: 'Ethereum',
  aliases: [],
  requiredFields: ['address'],
  markets: [
    {
      code: 'ethereumwallet',
      aliases: [],
      exchangeName: 'Ethereum Wallet',
      prettyDisplayType: 'EthereumWallet',
      marketIcon: '/icons/ethereumwallet.svg',
      supportedMarketTypes: ['spot'],
      flags: WATCHED_ADDRESS,
    },
  ],
};
