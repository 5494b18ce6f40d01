/** The ccxt part of every venue in the catalog. Only custody may load this. */
import type { PerVenue } from './catalog.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import { binanceCcxt } from './venues/binance-ccxt.ts';
import { krakenCcxt } from './venues/kraken-ccxt.ts';
import { okxCcxt } from './venues/okx-ccxt.ts';

export const CCXT_VENUES: PerVenue<CcxtVenue> = { binance: binanceCcxt, kraken: krakenCcxt, okx: okxCcxt };
