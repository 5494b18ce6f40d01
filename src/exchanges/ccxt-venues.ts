/** The ccxt part of every venue in the catalog. Only custody may load this. */
import type { PerVenue } from './catalog.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import { binanceUsCcxt } from './venues/binance-us-ccxt.ts';
import { binanceCcxt } from './venues/binance-ccxt.ts';
import { coinbaseAdvancedCcxt } from './venues/coinbase-advanced-ccxt.ts';
import { coinbaseCcxt } from './venues/coinbase-ccxt.ts';
import { bitfinexCcxt } from './venues/bitfinex-ccxt.ts';
import { bitstampCcxt } from './venues/bitstamp-ccxt.ts';
import { geminiCcxt } from './venues/gemini-ccxt.ts';
import { poloniexCcxt } from './venues/poloniex-ccxt.ts';
import { deribitCcxt } from './venues/deribit-ccxt.ts';
import { krakenCcxt } from './venues/kraken-ccxt.ts';
import { bitgetCcxt } from './venues/bitget-ccxt.ts';
import { bybitCcxt } from './venues/bybit-ccxt.ts';
import { cryptoComCcxt } from './venues/crypto-com-ccxt.ts';
import { gateIoCcxt } from './venues/gate-io-ccxt.ts';
import { huobiCcxt } from './venues/huobi-ccxt.ts';
import { kucoinCcxt } from './venues/kucoin-ccxt.ts';
import { okxCcxt } from './venues/okx-ccxt.ts';
import { paperTradingCcxt } from './venues/paper-trading-ccxt.ts';

export const CCXT_VENUES: PerVenue<CcxtVenue> = {
  binance: binanceCcxt,
  binance_us: binanceUsCcxt,
  kraken: krakenCcxt,
  okx: okxCcxt,
  paper_trading: paperTradingCcxt,
  coinbase_advanced: coinbaseAdvancedCcxt,
  coinbase: coinbaseCcxt,
  bitfinex: bitfinexCcxt,
  bitstamp: bitstampCcxt,
  gemini: geminiCcxt,
  poloniex: poloniexCcxt,
  deribit: deribitCcxt,
  bitget: bitgetCcxt,
  bybit: bybitCcxt,
  crypto_com: cryptoComCcxt,
  gate_io: gateIoCcxt,
  huobi: huobiCcxt,
  kucoin: kucoinCcxt,
};
