/** Binance: what the futures APIs tell of an account (assets, open positions, leverage, position mode). */
import { type DecimalString, add, multiply, round } from '../../shared/money.ts';
import { LEVERAGE } from '../contract-settlement.ts';
import { padDecimals } from '../fixed-point.ts';
import { type Holding, type SandboxAccount, totalOf } from '../ledger.ts';
import { leverageTiers } from '../leverage-tiers.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { givenIn } from './binance-orders.ts';
import {
  type FuturesBook,
  type OpenPosition,
  marginOf,
  positionRisk,
  positionsOf,
  profitIn,
} from './binance-positions.ts';
import { missing, refusal } from './binance-signature.ts';

const ZERO = '0.00000000';
const SUCCESS = json(200, { code: 200, msg: 'success' });

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
