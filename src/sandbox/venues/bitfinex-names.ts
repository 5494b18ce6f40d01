/** Bitfinex's names: some assets have codes of three letters, and pairs of two such codes have no colon. */
import type { SpotMarket } from '../market-list.ts';

const CODES: Readonly<Record<string, string>> = {
  USDT: 'UST',
  USDC: 'UDC',
  TUSD: 'TSD',
  ALGO: 'ALG',
  ATOM: 'ATO',
  DASH: 'DSH',
  IOTA: 'IOT',
  MANA: 'MNA',
  QTUM: 'QTM',
  STORJ: 'STJ',
};
const ASSETS = new Map(Object.entries(CODES).map(([asset, code]) => [code, asset]));

export const venueCode = (asset: string): string => CODES[asset] ?? asset;
export const assetOfCode = (code: string): string => ASSETS.get(code) ?? code;

/** `BTCUSD`, `DOGE:USD`. */
export const pairId = (market: SpotMarket): string => {
  const base = venueCode(market.base.code);
  const quote = venueCode(market.quote.code);
  return base.length === 3 && quote.length === 3 ? base + quote : `${base}:${quote}`;
};

/** `tBTCUSD`: pairs as the calls name them. */
export const tradingSymbol = (market: SpotMarket): string => `t${pairId(market)}`;

/** Perpetual contracts: `tBTCF0:USTF0`. */
export const contractSymbol = (market: SpotMarket): string =>
  `t${venueCode(market.base.code)}F0:${venueCode(market.quote.code)}F0`;

// The venue's method of paying in and out, by the id of asset-networks.ts; of Tether, one for each chain.
const METHODS: Readonly<Record<string, string>> = {
  BTC: 'BITCOIN',
  ETH: 'ETHEREUM',
  LTC: 'LITECOIN',
  XRP: 'XRP',
  XLM: 'STELLAR',
  SOL: 'SOL',
  DOGE: 'DOGE',
  ADA: 'CARDANO',
  DOT: 'POLKADOT',
  TRX: 'TRON',
  EOS: 'EOS',
  BSC: 'BEP20',
  ARBITRUM: 'ARBITRUM',
};
const TETHER_METHODS: Readonly<Record<string, string>> = {
  ETH: 'TETHERUSE',
  TRX: 'TETHERUSX',
  SOL: 'TETHERUSDTSOL',
  BSC: 'TETHERUSDTBSC',
};

export const methodOf = (asset: string, network: string): string =>
  (asset === 'USDT' ? TETHER_METHODS[network] : undefined) ??
  // A token's own method carries its name.
  (asset !== network && network === 'ETH' ? asset : METHODS[network]) ??
  asset;
