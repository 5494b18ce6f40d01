/** OKX: signed calls (trading and funding balances, positions, fills, account configuration). */
import { add } from '../../shared/money.ts';
import { formatFixed, multiplyFixed, parseFixed } from '../fixed-point.ts';
import { type Holding, type SandboxAccount, totalOf } from '../ledger.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { openProfit, openSwaps, positionRow } from './okx-contracts.ts';
import { fills } from './okx-fills.ts';
import type { OkxFeeds } from './okx-markets.ts';
import { okxData } from './okx-names.ts';
import { bodyOf } from './okx-orders.ts';
import { okxRefusal } from './okx-signature.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';

export const okxAccountRoutes = (
  world: World,
  feeds: OkxFeeds,
): readonly (readonly [string, VenueRoute])[] => [
  ['GET /api/v5/account/config', signedRoute(null, (_, account) => okxData([configOf(account)]))],
  [
    'GET /api/v5/account/balance',
    signedRoute('read', (request, account) => tradingBalance(world, feeds, request, account)),
  ],
  [
    'GET /api/v5/asset/balances',
    signedRoute('read', (request, account) => fundingBalances(request, account)),
  ],
  [
    'GET /api/v5/account/positions',
    signedRoute('read', (request, account) =>
      okxData(swapsOf(feeds, request, account).map((swap, index) => positionRow(account, swap, index))),
    ),
  ],
  ['POST /api/v5/account/set-position-mode', signedRoute('trade', setPositionMode)],
  [
    'GET /api/v5/trade/fills-history',
    signedRoute('read', (request, account) => fills(feeds, request, account)),
  ],
  ['GET /api/v5/trade/fills', signedRoute('read', (request, account) => fills(feeds, request, account))],
];

const configOf = (account: SandboxAccount) => ({
  uid: account.uid.toString(),
  mainUid: account.uid.toString(),
  acctLv: '2',
  acctStpMode: 'cancel_maker',
  autoLoan: false,
  ctIsoMode: 'automatic',
  enableSpotBorrow: false,
  greeksType: 'PA',
  feeType: '0',
  ip: account.ipRestricted ? BOUND_ADDRESS : '',
  type: '0',
  kycLv: '3',
  label: 'sandbox',
  level: 'Lv1',
  levelTmp: '',
  liquidationGear: '-1',
  mgnIsoMode: 'automatic',
  opAuth: '1',
  perm: [
    account.permissions.has('read') ? 'read_only' : '',
    account.permissions.has('withdraw') ? 'withdraw' : '',
    account.permissions.has('trade') ? 'trade' : '',
  ]
    .filter((right) => right !== '')
    .join(','),
  posMode: account.hedgeMode ? 'long_short_mode' : 'net_mode',
  roleType: '0',
  spotBorrowAutoRepay: false,
  spotOffsetType: '',
  spotRoleType: '0',
  spotTraderInsts: [],
  traderInsts: [],
  settleCcy: 'USDT',
  settleCcyList: ['USDT', 'USDC', 'USD'],
});

const swapsOf = (feeds: OkxFeeds, request: VenueRequest, account: SandboxAccount) =>
  openSwaps([feeds.linear, feeds.inverse], account, request.nowMs);

const setPositionMode = (request: VenueRequest, account: SandboxAccount): Answer => {
  const mode = bodyOf(request)?.[0]?.get('posMode');
  if (mode !== 'long_short_mode' && mode !== 'net_mode')
    return okxRefusal(400, '51000', 'Parameter posMode error');
  const hedged = mode === 'long_short_mode';
  if (hedged !== account.hedgeMode && account.positions.length > 0) {
    return okxRefusal(200, '59000', 'Your settings failed as you have positions or open orders.');
  }
  account.hedgeMode = hedged;
  return okxData([{ posMode: mode }]);
};

const wanted = (request: VenueRequest, holdings: ReadonlyMap<string, Holding>): [string, Holding][] => {
  const codes = parameters(request.query).get('ccy')?.split(',');
  return [...holdings].filter(([asset]) => codes === undefined || codes.includes(asset));
};

const tradingBalance = (
  world: World,
  feeds: OkxFeeds,
  request: VenueRequest,
  account: SandboxAccount,
): Answer => {
  const swaps = swapsOf(feeds, request, account);
  const time = request.nowMs.toString();
  const details = wanted(request, account.wallets.spot).map(([ccy, holding]) => {
    const asset = world.assetByCode.get(ccy);
    const usd = asset === undefined ? 0n : world.walk.usd(asset, request.nowMs);
    const profit = openProfit(swaps, ccy);
    const eqUsd = multiplyFixed(parseFixed(add(totalOf(holding), profit)), usd);
    return { eqUsd, row: balanceRow(ccy, holding, profit, formatFixed(eqUsd, 12), time) };
  });
  const total = details.reduce((sum, detail) => sum + detail.eqUsd, 0n);
  return okxData([
    {
      adjEq: '',
      borrowFroz: '',
      details: details.map((detail) => detail.row),
      imr: '',
      isoEq: '0',
      mgnRatio: '',
      mmr: '',
      notionalUsd: '',
      ordFroz: '',
      totalEq: formatFixed(total, 12),
      uTime: time,
      upl: '',
    },
  ]);
};

const balanceRow = (ccy: string, holding: Holding, profit: string, eqUsd: string, uTime: string) => ({
  accAvgPx: '',
  availBal: holding.free,
  availEq: holding.free,
  borrowFroz: '',
  cashBal: totalOf(holding),
  ccy,
  crossLiab: '',
  disEq: eqUsd,
  eq: add(totalOf(holding), profit),
  eqUsd,
  fixedBal: '0',
  frozenBal: holding.locked,
  interest: '',
  isoEq: '0',
  isoLiab: '',
  liab: '',
  maxLoan: '',
  mgnRatio: '',
  notionalLever: '0',
  ordFrozen: holding.locked,
  spotBal: totalOf(holding),
  stgyEq: '0',
  twap: '0',
  uTime,
  upl: profit,
  uplLiab: '',
});

const fundingBalances = (request: VenueRequest, account: SandboxAccount): Answer =>
  okxData(
    wanted(request, account.wallets.funding).map(([ccy, holding]) => ({
      ccy,
      bal: totalOf(holding),
      availBal: holding.free,
      frozenBal: holding.locked,
    })),
  );
