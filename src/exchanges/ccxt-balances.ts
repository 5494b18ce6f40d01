/** Turns ccxt's balance and ticker structures into the port's, exactly. */
import { add, compare, type DecimalString, isZero, subtract, toDecimal } from '../shared/money.ts';
import { badResponse, isObject, type JsonObject } from './ccxt-exchange.ts';
import type { Balance, TickerPrice } from './exchange.ts';

const NOT_ASSETS = new Set(['info', 'timestamp', 'datetime', 'free', 'used', 'total', 'debt']);

interface Holding {
  free: DecimalString;
  locked: DecimalString;
  owed: DecimalString;
}

/** `assetOf` names the asset that a venue's sub-wallet code stands for; holdings of one asset are added up. */
export const toBalances = (answer: unknown, assetOf: (code: string) => string): Balance[] => {
  if (!isObject(answer)) throw badResponse();
  const holdings = new Map<string, Holding>();
  for (const [code, row] of Object.entries(answer)) {
    if (NOT_ASSETS.has(code) || !isObject(row)) continue;
    const holding = toHolding(row);
    const asset = assetOf(code);
    const sum = holdings.get(asset) ?? { free: '0', locked: '0', owed: '0' };
    holdings.set(asset, {
      free: add(sum.free, holding.free),
      locked: add(sum.locked, holding.locked),
      owed: add(sum.owed, holding.owed),
    });
  }
  return [...holdings]
    .filter(([, { free, locked, owed }]) => !(isZero(free) && isZero(locked) && isZero(owed)))
    .map(([asset, { free, locked, owed }]) => ({
      asset,
      free,
      locked,
      total: subtract(add(free, locked), owed),
    }))
    .sort((a, b) => (a.asset < b.asset ? -1 : 1));
};

/** A venue gives two of free, used and total; contract wallets give all three, where the total includes open profit. */
const toHolding = (row: JsonObject): Holding => {
  const total = amount(row['total']);
  const free = amount(row['free']);
  const used = amount(row['used']);
  const owed = amount(row['debt']) ?? '0';
  // An asset without an amount: the venue gave one in a form that ccxt does not know.
  if (total === undefined && free === undefined) throw badResponse();
  if (total === undefined) return { free: free ?? '0', locked: used ?? '0', owed };
  const available = free ?? (used === undefined ? total : subtract(total, used));
  return { free: available, locked: subtract(total, available), owed };
};

const amount = (value: unknown): DecimalString | undefined =>
  typeof value === 'string' && value !== '' ? toDecimal(value) : undefined;

/** Last prices of active spot markets; a market that never traded has none and is left out. */
export const toPrices = (tickers: unknown, markets: Readonly<Record<string, JsonObject>>): TickerPrice[] => {
  if (!isObject(tickers)) throw badResponse();
  const prices: TickerPrice[] = [];
  for (const [symbol, ticker] of Object.entries(tickers)) {
    const market = markets[symbol];
    if (market?.['spot'] !== true || market['active'] === false || !isObject(ticker)) continue;
    const { base, quote } = market;
    const last = amount(ticker['last']);
    if (typeof base !== 'string' || typeof quote !== 'string') continue;
    if (last !== undefined && compare(last, '0') > 0) prices.push({ base, quote, last });
  }
  if (prices.length === 0) throw badResponse();
  return prices;
};
