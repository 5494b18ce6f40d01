/** Kraken's names: old assets carry an X or Z in front, bitcoin is XBT, and pairs are made of either form. */
import type { SpotMarket } from '../market-list.ts';

/** Asset code to [id, altname]; every other asset is called the same in all three. */
const OLD_NAMES: Readonly<Record<string, readonly [id: string, altname: string]>> = {
  BTC: ['XXBT', 'XBT'],
  ETH: ['XETH', 'ETH'],
  ETC: ['XETC', 'ETC'],
  LTC: ['XLTC', 'LTC'],
  XLM: ['XXLM', 'XLM'],
  XMR: ['XXMR', 'XMR'],
  XRP: ['XXRP', 'XRP'],
  ZEC: ['XZEC', 'ZEC'],
  MLN: ['XMLN', 'MLN'],
  DOGE: ['XXDG', 'XDG'],
  USD: ['ZUSD', 'USD'],
  EUR: ['ZEUR', 'EUR'],
  GBP: ['ZGBP', 'GBP'],
};

// Listed under a name that follows no rule.
const ODD_PAIRS: Readonly<Record<string, string>> = {
  'USDT/USD': 'USDTZUSD',
  'DOGE/USD': 'XDGUSD',
  'DOGE/EUR': 'XDGEUR',
};

export const assetId = (code: string): string => OLD_NAMES[code]?.[0] ?? code;
export const altname = (code: string): string => OLD_NAMES[code]?.[1] ?? code;
export const isMoney = (code: string): boolean => assetId(code).startsWith('Z') && assetId(code) !== code;

export const pairAltname = (market: SpotMarket): string =>
  altname(market.base.code) + altname(market.quote.code);

/** `XXBTZUSD` of two old assets, `ADAUSD` otherwise. */
export const pairId = (market: SpotMarket): string => {
  const base = market.base.code;
  const quote = market.quote.code;
  const odd = ODD_PAIRS[`${base}/${quote}`];
  if (odd !== undefined) return odd;
  return base in OLD_NAMES && quote in OLD_NAMES ? assetId(base) + assetId(quote) : pairAltname(market);
};
