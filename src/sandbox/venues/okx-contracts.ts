/** OKX: perpetual swaps, the positions in them, and the tiers of their leverage. */
import { type DecimalString, divide, multiply, round, sum } from '../../shared/money.ts';
import {
  type Contract,
  type ContractRules,
  LEVERAGE,
  marginAsset,
  notionalOf,
  profitOf,
} from '../contract-settlement.ts';
import { unitText } from '../fixed-point.ts';
import type { Position, SandboxAccount } from '../ledger.ts';
import { leverageTiers } from '../leverage-tiers.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import type { Answer, VenueRequest } from '../venue.ts';
import { parameters } from '../venue.ts';
import { okxData, swapId } from './okx-names.ts';
import { okxRefusal } from './okx-signature.ts';

/** Everything lies in one trading account, margin too. */
export const swapContract = (market: SpotMarket): Contract => {
  const inverse = market.quote.code === 'USD';
  return {
    id: swapId(market),
    size: inverse ? '10' : unitText(Math.min(market.lotDecimals, 2)),
    inverse,
    amountDecimals: 0,
  };
};

export const SWAP_RULES: ContractRules = { wallet: 'spot', postOnlyLapses: true, contractOf: swapContract };

interface OpenSwap {
  readonly position: Position;
  readonly contract: Contract;
  readonly asset: string;
  readonly markPrice: DecimalString;
  readonly notional: DecimalString;
  readonly profit: DecimalString;
}

/** Open positions valued at the middle price. */
export const openSwaps = (
  feeds: readonly MarketFeed[],
  account: SandboxAccount,
  nowMs: number,
): readonly OpenSwap[] =>
  account.positions.flatMap((position) =>
    feeds.flatMap((feed) => {
      const market = feed.markets.find((candidate) => swapId(candidate) === position.contract);
      if (market === undefined) return [];
      const contract = swapContract(market);
      const markPrice = feed.priceAt(market, feed.stepStart(nowMs));
      const notional = notionalOf(contract, position.amount, markPrice);
      const profit = round(profitOf(contract, position.amount, position.entryPrice, markPrice), 8);
      return [{ position, contract, asset: marginAsset(contract, market), markPrice, notional, profit }];
    }),
  );

export const openProfit = (swaps: readonly OpenSwap[], asset: string): DecimalString =>
  sum(swaps.filter((swap) => swap.asset === asset).map((swap) => swap.profit));

export const positionRow = (account: SandboxAccount, swap: OpenSwap, index: number) => {
  const { position } = swap;
  const margin = round(divide(swap.notional, LEVERAGE), 8);
  const time = account.openedAtMs.toString();
  return {
    adl: '1',
    availPos: position.amount,
    avgPx: position.entryPrice,
    cTime: time,
    ccy: swap.asset,
    imr: margin,
    instId: position.contract,
    instType: 'SWAP',
    last: swap.markPrice,
    lever: LEVERAGE,
    liqPx: '',
    margin: '',
    markPx: swap.markPrice,
    mgnMode: 'cross',
    mgnRatio: '100',
    mmr: round(multiply(margin, '0.05'), 8),
    notionalUsd: swap.contract.inverse ? multiply(swap.notional, swap.markPrice) : swap.notional,
    pos: position.amount,
    posCcy: '',
    posId: (account.uid + index).toString(),
    posSide: account.hedgeMode ? (position.amount.startsWith('-') ? 'short' : 'long') : 'net',
    tradeId: '1',
    uTime: time,
    upl: swap.profit,
    uplRatio: '0',
  };
};

/** Sizes are contracts here, not money. */
export const positionTiers = (feeds: readonly MarketFeed[], request: VenueRequest): Answer => {
  const given = parameters(request.query);
  const family = given.get('instFamily') ?? given.get('uly') ?? '';
  const market = feeds
    .flatMap((feed) => feed.markets)
    .find((candidate) => swapId(candidate) === `${family}-SWAP`);
  if (given.get('instType') !== 'SWAP' || market === undefined)
    return okxRefusal(200, '51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
  const contracts = (usd: number): string => {
    const { size, inverse } = swapContract(market);
    if (inverse) return Math.trunc(usd / Number(size)).toString();
    const coins = (BigInt(usd) * 10n ** 24n) / market.base.usd;
    return (coins / BigInt(Math.round(Number(size) * 1e6))).toString();
  };
  return okxData(
    leverageTiers(market).map((tier) => ({
      baseMaxLoan: '',
      imr: round(divide('1', tier.maxLeverage.toString()), 6),
      instFamily: family,
      instId: '',
      maxLever: tier.maxLeverage.toString(),
      maxSz: contracts(tier.cap),
      minSz: contracts(tier.floor),
      mmr: tier.maintenanceRate,
      optMgnFactor: '0',
      quoteMaxLoan: '',
      tier: tier.tier.toString(),
      uly: family,
    })),
  );
};
