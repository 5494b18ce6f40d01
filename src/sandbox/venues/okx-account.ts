/** OKX: signed calls (trading and funding balances, positions, fills, account configuration). */
import { divideFixed, formatFixed, multiplyFixed, parseFixed } from '../fixed-point.ts';
import { type Holding, type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { fills } from './okx-fills.ts';
import { type OkxFeeds, okxData } from './okx-markets.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';

export const okxAccountRoutes = (
  world: World,
  feeds: OkxFeeds,
): readonly (readonly [string, VenueRoute])[] => [
  ['GET /api/v5/account/config', signedRoute(null, (_, account) => okxData([configOf(account)]))],
  [
    'GET /api/v5/account/balance',
    signedRoute('read', (request, account) => tradingBalance(world, request, account)),
  ],
  [
    'GET /api/v5/asset/balances',
    signedRoute('read', (request, account) => fundingBalances(request, account)),
  ],
  ['GET /api/v5/asset/currencies', signedRoute('read', () => okxData(currencies(feeds)))],
  [
    'GET /api/v5/account/positions',
    signedRoute('read', (_, account) =>
      okxData(account.positions.map((position) => positionRow(account, position))),
    ),
  ],
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

const wanted = (request: VenueRequest, holdings: ReadonlyMap<string, Holding>): [string, Holding][] => {
  const codes = parameters(request.query).get('ccy')?.split(',');
  return [...holdings].filter(([asset]) => codes === undefined || codes.includes(asset));
};

const tradingBalance = (world: World, request: VenueRequest, account: SandboxAccount): Answer => {
  const time = request.nowMs.toString();
  const details = wanted(request, account.wallets.spot).map(([ccy, holding]) => {
    const asset = world.assetByCode.get(ccy);
    const usd = asset === undefined ? 0n : world.walk.usd(asset, request.nowMs);
    const eqUsd = multiplyFixed(parseFixed(totalOf(holding)), usd);
    return { eqUsd, row: balanceRow(ccy, holding, formatFixed(eqUsd, 12), time) };
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

const balanceRow = (ccy: string, holding: Holding, eqUsd: string, uTime: string) => ({
  accAvgPx: '',
  availBal: holding.free,
  availEq: holding.free,
  borrowFroz: '',
  cashBal: totalOf(holding),
  ccy,
  crossLiab: '',
  disEq: eqUsd,
  eq: totalOf(holding),
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
  upl: '0',
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

const currencies = (feeds: OkxFeeds) => {
  const codes = new Set(feeds.spot.markets.flatMap((market) => [market.base.code, market.quote.code]));
  return [...codes].map((ccy) => ({
    ccy,
    name: ccy,
    chain: ccy === 'EUR' ? '' : `${ccy}-Sandbox`,
    canDep: true,
    canWd: true,
    canInternal: true,
    mainNet: true,
    fee: '0.0001',
    minWd: '0.001',
    maxWd: '1000000',
    minDep: '0.0001',
    wdTickSz: '8',
  }));
};

const positionRow = (account: SandboxAccount, position: Position) => {
  const amount = parseFixed(position.amount);
  const notional = multiplyFixed(amount < 0n ? -amount : amount, parseFixed(position.entryPrice));
  const side = amount < 0n ? 'short' : 'long';
  const time = account.openedAtMs.toString();
  return {
    adl: '1',
    availPos: position.amount,
    avgPx: position.entryPrice,
    cTime: time,
    ccy: 'USDT',
    imr: formatFixed(divideFixed(notional, parseFixed('10')), 8),
    instId: position.contract,
    instType: 'SWAP',
    last: position.entryPrice,
    lever: '10',
    liqPx: '',
    margin: '',
    markPx: position.entryPrice,
    mgnMode: 'cross',
    mgnRatio: '100',
    mmr: formatFixed(divideFixed(notional, parseFixed('200')), 8),
    notionalUsd: formatFixed(notional, 8),
    pos: position.amount,
    posCcy: '',
    posId: account.uid.toString(),
    posSide: account.hedgeMode ? side : 'net',
    tradeId: '1',
    uTime: time,
    upl: '0',
    uplRatio: '0',
  };
};
