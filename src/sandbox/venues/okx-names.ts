/** OKX: names of instruments and the form of a good answer. */
import type { SpotMarket } from '../market-list.ts';
import { type Answer, json } from '../venue.ts';

export const okxData = (data: readonly unknown[]): Answer => json(200, { code: '0', data, msg: '' });

export const spotId = (market: SpotMarket): string => `${market.base.code}-${market.quote.code}`;
export const swapId = (market: SpotMarket): string => `${spotId(market)}-SWAP`;
