/** The assets that exist in the sandbox world, with the price in US dollars around which each moves. */
import { type Fixed, parseFixed } from './fixed-point.ts';

/**
 * Where an asset is traded. `major`: against every quote; `stable`, `fiat`: against the main quotes;
 * `alt`: against the main quote and perhaps others; `btc_only`, `eth_only`: against nothing else, so that
 * its dollar value takes two hops.
 */
type AssetKind = 'fiat' | 'stable' | 'major' | 'alt' | 'btc_only' | 'eth_only';

export interface Asset {
  readonly code: string;
  readonly kind: AssetKind;
  readonly usd: Fixed;
}

const LISTED: Readonly<Record<AssetKind, string>> = {
  fiat: 'USD 1 EUR 1.0847 GBP 1.2693',
  stable: 'USDT 0.9991 USDC 1.0001 DAI 1.0012 FDUSD 0.9978 TUSD 0.9969 PYUSD 0.9984',
  major: 'BTC 64250 ETH 3182.4 BNB 581.3 SOL 148.6 XRP 0.5273 ADA 0.4519 DOGE 0.1357 LTC 72.84 DOT 6.913',
  alt:
    'AVAX 34.72 LINK 14.38 TRX 0.1192 UNI 7.842 ATOM 8.517 XLM 0.1083 ETC 26.41 XMR 131.7 BCH 448.2 NEAR 6.731 ' +
    'APT 9.163 ARB 1.042 OP 2.517 FIL 5.882 ICP 12.37 AAVE 86.43 ALGO 0.1769 SAND 0.4461 MANA 0.4372 AXS 7.214 ' +
    'GRT 0.2613 SNX 2.814 CRV 0.4387 COMP 55.91 MKR 2791 SUSHI 1.036 YFI 6874 BAT 0.2391 ZRX 0.4812 ENJ 0.3013 ' +
    'CHZ 0.1168 KSM 29.42 DASH 29.61 ZEC 22.84 EOS 0.8127 XTZ 0.9384 QTUM 3.612 NEO 16.53 WAVES 2.237 KAVA 0.6842 ' +
    'RUNE 5.413 INJ 24.81 TIA 9.472 SEI 0.5437 SUI 1.083 PEPE 0.00000873 SHIB 0.00002418 FLOKI 0.0001762 ' +
    'BONK 0.00002674 WIF 2.913 JUP 1.107 PYTH 0.4386 STX 2.147 IMX 2.193 LDO 2.041 RNDR 10.23 FET 2.172 GALA 0.04283 ' +
    'APE 1.228 DYDX 2.064 GMX 31.84 ENS 14.63 BLUR 0.4089 MASK 3.472 CELO 0.7983 FLOW 0.8931 HBAR 0.1094 VET 0.03471 ' +
    'THETA 2.183 EGLD 41.26 ROSE 0.09137 ONE 0.01983 ZIL 0.02418 ICX 0.2217 ONT 0.3391 IOTA 0.2284 KNC 0.5762 ' +
    'BAND 1.472 STORJ 0.5573 OCEAN 0.9138 ANKR 0.04571 SKL 0.07319 CTSI 0.1984 LRC 0.2519 OMG 0.6733 BAL 3.516 ' +
    'UMA 2.873 API3 2.618 TRB 94.27 PENDLE 4.937 WLD 4.713 ORDI 38.52 JTO 3.618 STRK 1.218 ETHFI 3.891',
  btc_only: 'NMR 26.83 REQ 0.1294 GNO 314.6 QNT 104.3 PAXG 2364 DCR 20.41',
  eth_only: 'LPT 17.42 AUDIO 0.1973 POND 0.02194 GTC 1.163 RAD 1.627 MLN 19.83',
};

// Names beyond the listed ones: enough for 2,000 markets on a venue.
const GENERATED_COUNT = 1_200;

const listed = (kind: AssetKind): Asset[] => {
  const words = LISTED[kind].split(' ');
  const assets: Asset[] = [];
  for (let i = 0; i + 1 < words.length; i += 2) {
    assets.push({ code: words[i] ?? '', kind, usd: parseFixed(words[i + 1] ?? '1') });
  }
  return assets;
};

const generated = (index: number): Asset => {
  // Between 0.0137 and 41 dollars, spread by a multiplicative step so that neighbours differ.
  const mantissa = 1_000n + ((BigInt(index) * 7_919n) % 9_000n);
  const magnitude = 10n ** BigInt(12 + (index % 4));
  return { code: `TKN${(index + 1).toString().padStart(4, '0')}`, kind: 'alt', usd: mantissa * magnitude };
};

/** All assets, the well-known ones first. Order is part of the world: markets are chosen along it. */
export const createAssets = (): readonly Asset[] => [
  ...listed('fiat'),
  ...listed('stable'),
  ...listed('major'),
  ...listed('btc_only'),
  ...listed('eth_only'),
  ...listed('alt'),
  ...Array.from({ length: GENERATED_COUNT }, (_, index) => generated(index)),
];
