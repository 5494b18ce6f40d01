/** Binance: what the futures APIs tell of an account (assets, open positions, leverage, position mode). */
import { type DecimalString, add, divide, multiply, round, sum } from '../../shared/money.ts';
import {
  type Contract,
  type ContractRules,
  LEVERAGE,
  marginAsset,
  notionalOf,
  profitOf,
} from '../contract-settlement.ts';
import { padDecimals } from '../fixed-point.ts';
import { type Holding, type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import { leverageTiers } from '../leverage-tiers.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { givenIn } from './binance-orders.ts';
import { missing, refusal } from './binance-signature.ts';
import { symbolOf } from './binance-symbols.ts';

/** One of the two futures APIs: its name, wallet and contracts. */
export interface FuturesBook extends ContractRules {
  readonly name: 'fapi' | 'dapi';
  readonly wallet: 'linear' | 'inverse';
}

const ZERO = '0.00000000';
const SUCCESS = json(200, { code: 200, msg: 'success' });

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

/** Versions under which the account, the balance and the positions are served. */
const VERSIONS = { fapi: ['v2', 'v3'], dapi: ['v1'] } as const;

export const futuresAccountRoutes = (
  api: FuturesBook,
  feed: MarketFeed,
): readonly (readonly [string, VenueRoute])[] => {
  const base = `/${api.name}`;
  const brackets = feed.markets.map((market) => ({
    symbol: api.contractOf(market).id,
    brackets: bracketsOf(api, market),
  }));
  const leverage = (request: VenueRequest): Answer => {
    const symbol = parameters(request.query).get('symbol');
    return json(200, symbol === undefined ? brackets : brackets.filter((row) => row.symbol === symbol));
  };
  const open = (request: VenueRequest, account: SandboxAccount) =>
    positionsOf(api, feed, account, request.nowMs);

  return [
    [
      `GET ${base}/v1/positionSide/dual`,
      signedRoute('read', (_, account) => json(200, { dualSidePosition: account.hedgeMode })),
    ],
    [`POST ${base}/v1/positionSide/dual`, signedRoute('trade', setPositionMode)],
    [`GET ${base}/v1/leverageBracket`, signedRoute('read', leverage)],
    [`GET ${base}/v2/leverageBracket`, signedRoute('read', leverage)],
    ...VERSIONS[api.name].flatMap((version): [string, VenueRoute][] => [
      [
        `GET ${base}/${version}/account`,
        signedRoute('read', (request, account) =>
          json(200, futuresAccount(api, account, open(request, account), request.nowMs)),
        ),
      ],
      [
        `GET ${base}/${version}/balance`,
        signedRoute('read', (request, account) =>
          json(200, balanceRows(api, account, open(request, account), request.nowMs)),
        ),
      ],
      [
        `GET ${base}/${version}/positionRisk`,
        signedRoute('read', (request, account) => json(200, open(request, account).map(positionRisk))),
      ],
    ]),
  ];
};

const setPositionMode = (request: VenueRequest, account: SandboxAccount): Answer => {
  const wanted = givenIn(request).get('dualSidePosition');
  if (wanted !== 'true' && wanted !== 'false') return missing('dualSidePosition');
  if (account.hedgeMode === (wanted === 'true'))
    return refusal(400, -4059, 'No need to change position side.');
  if (account.positions.length > 0)
    return refusal(400, -4068, 'Position side cannot be changed if there exists position.');
  account.hedgeMode = wanted === 'true';
  return SUCCESS;
};

/** Limits of linear contracts are values in the quote, of inverse ones amounts of the base; numbers on this wire. */
const bracketsOf = (api: FuturesBook, market: SpotMarket) =>
  leverageTiers(market).map((tier) => {
    const coins = (usd: number): number => Number((BigInt(usd) * 10n ** 18n) / market.base.usd);
    return {
      bracket: tier.tier,
      initialLeverage: tier.maxLeverage,
      ...(api.name === 'fapi'
        ? { notionalCap: tier.cap, notionalFloor: tier.floor }
        : { qtyCap: coins(tier.cap), qtyFloor: coins(tier.floor) }),
      maintMarginRatio: Number(tier.maintenanceRate),
      cum: Number(tier.deduction),
    };
  });

interface OpenPosition {
  readonly position: Position;
  readonly asset: string;
  readonly side: 'LONG' | 'SHORT' | 'BOTH';
  readonly markPrice: DecimalString;
  /** Signed as the amount. */
  readonly notional: DecimalString;
  readonly profit: DecimalString;
  readonly openedAtMs: number;
}

const positionsOf = (
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

const marginOf = (open: OpenPosition): DecimalString =>
  round(divide(open.notional.replace(/^-/, ''), LEVERAGE), 8);

const positionRisk = (open: OpenPosition) => ({
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
  isolatedMargin: ZERO,
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

const futuresAccount = (
  api: FuturesBook,
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
  assets: [...account.wallets[api.wallet]].map(([asset, holding]) =>
    assetRow(asset, holding, profitIn(asset, positions), nowMs),
  ),
  positions: positions.map((open) => ({
    symbol: open.position.contract,
    positionSide: open.side,
    positionAmt: open.position.amount,
    entryPrice: open.position.entryPrice,
    leverage: LEVERAGE,
    isolated: false,
    unrealizedProfit: padDecimals(open.profit, 8),
    notional: open.notional,
    isolatedWallet: '0',
    initialMargin: marginOf(open),
    maintMargin: round(multiply(marginOf(open), '0.05'), 8),
    positionInitialMargin: marginOf(open),
    openOrderInitialMargin: '0',
    updateTime: open.openedAtMs,
  })),
});

const profitIn = (asset: string, positions: readonly OpenPosition[]): DecimalString =>
  sum(positions.filter((open) => open.asset === asset).map((open) => open.profit));

const assetRow = (asset: string, holding: Holding, profit: DecimalString, nowMs: number) => {
  const free = padDecimals(holding.free, 8);
  const locked = padDecimals(holding.locked, 8);
  const total = padDecimals(totalOf(holding), 8);
  return {
    asset,
    walletBalance: total,
    unrealizedProfit: padDecimals(profit, 8),
    marginBalance: padDecimals(add(totalOf(holding), profit), 8),
    maintMargin: ZERO,
    initialMargin: locked,
    positionInitialMargin: ZERO,
    openOrderInitialMargin: locked,
    crossWalletBalance: total,
    crossUnPnl: padDecimals(profit, 8),
    availableBalance: free,
    maxWithdrawAmount: free,
    marginAvailable: true,
    updateTime: nowMs,
  };
};

const balanceRows = (
  api: FuturesBook,
  account: SandboxAccount,
  positions: readonly OpenPosition[],
  nowMs: number,
) =>
  [...account.wallets[api.wallet]].map(([asset, holding]) => ({
    accountAlias: account.uid.toString(36),
    asset,
    balance: padDecimals(totalOf(holding), 8),
    crossWalletBalance: padDecimals(totalOf(holding), 8),
    crossUnPnl: padDecimals(profitIn(asset, positions), 8),
    availableBalance: padDecimals(holding.free, 8),
    maxWithdrawAmount: padDecimals(holding.free, 8),
    marginAvailable: true,
    updateTime: nowMs,
  }));
