/** Prices that move: a smooth, bounded function of seed, asset and time, so that a restart finds the same market. */
import type { Asset } from './asset-universe.ts';
import { type Fixed, ONE, divideFixed } from './fixed-point.ts';

export interface PriceWalk {
  /** Dollars for one unit of the asset at a moment, in milliseconds since 1970. */
  usd(asset: Asset, atMs: number): Fixed;
  /** Units of `quote` for one unit of `base`. */
  rate(base: Asset, quote: Asset, atMs: number): Fixed;
}

interface Wave {
  readonly periodSeconds: number;
  /** Greatest deviation in parts per billion. */
  readonly amplitude: number;
}

// Days, hours, minutes and seconds each move a price a little; together at most 8 per cent.
const WAVES: readonly Wave[] = [
  { periodSeconds: 172_800, amplitude: 50_000_000 },
  { periodSeconds: 14_400, amplitude: 20_000_000 },
  { periodSeconds: 900, amplitude: 7_000_000 },
  { periodSeconds: 60, amplitude: 2_500_000 },
  { periodSeconds: 6, amplitude: 500_000 },
];
const PARTS = 1_000_000_000n;

// What a wave of each kind is divided by: a stablecoin keeps its peg within 0.02 per cent, money moves slowly.
const CALM: Partial<Record<Asset['kind'], number>> = { stable: 400, fiat: 20 };

export const createPriceWalk = (seed: string): PriceWalk => {
  const seedHash = hashText(seed, 0x811c9dc5);
  const assetHashes = new Map<string, number>();

  const assetHash = (code: string): number => {
    let hash = assetHashes.get(code);
    if (hash === undefined) {
      hash = hashText(code, seedHash);
      assetHashes.set(code, hash);
    }
    return hash;
  };

  const usd = (asset: Asset, atMs: number): Fixed => {
    if (asset.code === 'USD') return ONE;
    const hash = assetHash(asset.code);
    const second = Math.floor(atMs / 1000);
    let deviation = 0;
    for (const wave of WAVES) deviation += waveAt(hash, wave, second);
    deviation = Math.trunc(deviation / (CALM[asset.kind] ?? 1));
    return (asset.usd * (PARTS + BigInt(deviation))) / PARTS;
  };

  return { usd, rate: (base, quote, atMs) => divideFixed(usd(base, atMs), usd(quote, atMs)) };
};

/** Straight lines between the random heights at the wave's whole periods; integers only. */
const waveAt = (hash: number, wave: Wave, second: number): number => {
  const cell = Math.floor(second / wave.periodSeconds);
  const into = second - cell * wave.periodSeconds;
  const from = height(hash, wave, cell);
  const to = height(hash, wave, cell + 1);
  return from + Math.trunc(((to - from) * into) / wave.periodSeconds);
};

const height = (hash: number, wave: Wave, cell: number): number => {
  const random = mix(hash ^ Math.imul(cell, 0x9e3779b1) ^ wave.periodSeconds);
  return Math.trunc(((random - 0x80000000) * wave.amplitude) / 0x80000000);
};

/** 32 well-spread bits of a 32-bit word (the finaliser of MurmurHash3). */
const mix = (word: number): number => {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** FNV-1a over UTF-16 units, mixed: deterministic choices that need no secrecy. */
export const hashText = (text: string, start = 0x811c9dc5): number => {
  let hash = start;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
};
