/** Binance: what the futures APIs tell of an account (assets, open positions). */
import { formatFixed, multiplyFixed, padDecimals, parseFixed } from '../fixed-point.ts';
import { type Holding, type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';

const ZERO = '0.00000000';
const POSITION_TIME = 1_748_736_000_000;

export interface OpenPosition {
  readonly position: Position;
  readonly hedged: boolean;
  readonly market: SpotMarket;
  readonly markPrice: string;
}

export const positionsOf = (
  account: SandboxAccount,
  feed: MarketFeed,
  contractOf: (market: SpotMarket) => string,
): readonly OpenPosition[] =>
  account.positions.flatMap((position) => {
    const market = feed.markets.find((candidate) => contractOf(candidate) === position.contract);
    if (market === undefined) return [];
    // The mark price of a position is its entry: profit is not simulated, only that it is open.
    return [{ position, hedged: account.hedgeMode, market, markPrice: position.entryPrice }];
  });

export const positionRisk = ({ position, hedged, market, markPrice }: OpenPosition) => {
  const notional = formatFixed(multiplyFixed(parseFixed(position.amount), parseFixed(markPrice)), 8);
  const side = position.amount.startsWith('-') ? 'SHORT' : 'LONG';
  return {
    symbol: position.contract,
    positionSide: hedged ? side : 'BOTH',
    positionAmt: position.amount,
    entryPrice: position.entryPrice,
    breakEvenPrice: position.entryPrice,
    markPrice,
    unRealizedProfit: ZERO,
    liquidationPrice: '0',
    leverage: '10',
    marginType: 'cross',
    isolatedMargin: ZERO,
    notional,
    notionalValue: notional,
    marginAsset: market.quote.code,
    isolatedWallet: '0',
    initialMargin: ZERO,
    maintMargin: ZERO,
    positionInitialMargin: ZERO,
    openOrderInitialMargin: '0',
    adl: 0,
    bidNotional: '0',
    askNotional: '0',
    updateTime: POSITION_TIME,
  };
};

export const futuresAccount = (
  wallet: 'linear' | 'inverse',
  account: SandboxAccount,
  positions: readonly OpenPosition[],
  nowMs: number,
) => ({
  feeTier: 0,
  canTrade: account.permissions.has('trade'),
  canDeposit: true,
  canWithdraw: true,
  updateTime: 0,
  multiAssetsMargin: false,
  totalInitialMargin: ZERO,
  totalMaintMargin: ZERO,
  totalWalletBalance: ZERO,
  totalUnrealizedProfit: ZERO,
  totalMarginBalance: ZERO,
  availableBalance: ZERO,
  maxWithdrawAmount: ZERO,
  assets: [...account.wallets[wallet]].map(([asset, holding]) => futuresAsset(asset, holding, nowMs)),
  positions: positions.map(({ position, hedged, market, markPrice }) => ({
    symbol: position.contract,
    positionSide: hedged ? (position.amount.startsWith('-') ? 'SHORT' : 'LONG') : 'BOTH',
    positionAmt: position.amount,
    entryPrice: position.entryPrice,
    leverage: '10',
    isolated: false,
    unrealizedProfit: ZERO,
    notional: formatFixed(
      multiplyFixed(parseFixed(position.amount), parseFixed(markPrice)),
      market.priceDecimals,
    ),
    isolatedWallet: '0',
    initialMargin: ZERO,
    maintMargin: ZERO,
    positionInitialMargin: ZERO,
    openOrderInitialMargin: '0',
    updateTime: nowMs,
  })),
});

const futuresAsset = (asset: string, holding: Holding, nowMs: number) => {
  const free = padDecimals(holding.free, 8);
  const locked = padDecimals(holding.locked, 8);
  const total = padDecimals(totalOf(holding), 8);
  return {
    asset,
    walletBalance: total,
    unrealizedProfit: ZERO,
    marginBalance: total,
    maintMargin: ZERO,
    initialMargin: locked,
    positionInitialMargin: ZERO,
    openOrderInitialMargin: locked,
    crossWalletBalance: total,
    crossUnPnl: ZERO,
    availableBalance: free,
    maxWithdrawAmount: free,
    marginAvailable: true,
    updateTime: nowMs,
  };
};
