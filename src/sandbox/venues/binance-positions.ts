/** Binance: the contracts of the two futures APIs, and the positions open in them. */
import { type DecimalString, divide, multiply, round, sum } from '../../shared/money.ts';
import {
  type Contract,
  type ContractRules,
  LEVERAGE,
  marginAsset,
  notionalOf,
  profitOf,
} from '../contract-settlement.ts';
import { padDecimals } from '../fixed-point.ts';
import type { Position, SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { symbolOf } from './binance-symbols.ts';

/** One of the two futures APIs: its name, wallet and contracts. */
export interface FuturesBook extends ContractRules {
  readonly name: 'fapi' | 'dapi';
  readonly wallet: 'linear' | 'inverse';
}

export const futuresBook = (name: 'fapi' | 'dapi', feed: MarketFeed): FuturesBook => {
  const contracts = new Map(
    feed.markets.map((market): [SpotMarket, Contract] => [market, contract(name, market)]),
  );
  return {
    name,
    wallet: name === 'fapi' ? 'linear' : 'inverse',
    contractOf: (market) => contracts.get(market) ?? contract(name, market),
  };
};

const contract = (name: 'fapi' | 'dapi', market: SpotMarket): Contract =>
  name === 'fapi'
    ? { id: symbolOf(market), size: '1', inverse: false, amountDecimals: Math.min(market.lotDecimals, 3) }
    : {
        id: `${symbolOf(market)}_PERP`,
        size: market.base.code === 'BTC' ? '100' : '10',
        inverse: true,
        amountDecimals: 0,
      };

export interface OpenPosition {
  readonly position: Position;
  readonly asset: string;
  readonly side: 'LONG' | 'SHORT' | 'BOTH';
  readonly markPrice: DecimalString;
  /** Signed as the amount. */
  readonly notional: DecimalString;
  readonly profit: DecimalString;
  readonly openedAtMs: number;
}

/** Valued at the middle price. */
export const positionsOf = (
  api: FuturesBook,
  feed: MarketFeed,
  account: SandboxAccount,
  nowMs: number,
): readonly OpenPosition[] =>
  account.positions.flatMap((position) => {
    const market = feed.markets.find((candidate) => api.contractOf(candidate).id === position.contract);
    if (market === undefined) return [];
    const held = api.contractOf(market);
    const markPrice = feed.priceAt(market, feed.stepStart(nowMs));
    const short = position.amount.startsWith('-');
    const notional = notionalOf(held, position.amount, markPrice);
    return [
      {
        position,
        asset: marginAsset(held, market),
        side: account.hedgeMode ? (short ? 'SHORT' : 'LONG') : 'BOTH',
        markPrice,
        notional: short ? `-${notional}` : notional,
        profit: round(profitOf(held, position.amount, position.entryPrice, markPrice), 8),
        openedAtMs: account.openedAtMs,
      },
    ];
  });

export const marginOf = (open: OpenPosition): DecimalString =>
  round(divide(open.notional.replace(/^-/, ''), LEVERAGE), 8);

export const positionRisk = (open: OpenPosition) => ({
  symbol: open.position.contract,
  positionSide: open.side,
  positionAmt: open.position.amount,
  entryPrice: open.position.entryPrice,
  breakEvenPrice: open.position.entryPrice,
  markPrice: open.markPrice,
  unRealizedProfit: padDecimals(open.profit, 8),
  liquidationPrice: '0',
  leverage: LEVERAGE,
  marginType: 'cross',
  isolatedMargin: '0.00000000',
  notional: open.notional,
  notionalValue: open.notional,
  marginAsset: open.asset,
  isolatedWallet: '0',
  initialMargin: marginOf(open),
  maintMargin: round(multiply(marginOf(open), '0.05'), 8),
  positionInitialMargin: marginOf(open),
  openOrderInitialMargin: '0',
  adl: 0,
  bidNotional: '0',
  askNotional: '0',
  updateTime: open.openedAtMs,
});

/** Open profit in one asset. */
export const profitIn = (asset: string, positions: readonly OpenPosition[]): DecimalString =>
  sum(positions.filter((open) => open.asset === asset).map((open) => open.profit));
