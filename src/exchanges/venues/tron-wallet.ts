/** An address on TRON: its TRX, staked ones included, and the tokens of the configured list. */
import type { Chain } from '../venue.ts';
import { WATCHED_ADDRESS } from './watched-address.ts';

export const tronWallet: Chain = {
  id: 'trx',
  ccxtId: null,
  displayName: 'TRON',
  aliases: [],
  requiredFields: ['address'],
  markets: [
    {
      code: 'trx',
      aliases: [],
      exchangeName: 'TRX Wallet',
      prettyDisplayType: 'Trx',
      marketIcon: '/icons/trx.svg',
      supportedMarketTypes: ['spot'],
      flags: WATCHED_ADDRESS,
    },
  ],
};
