/** Bybit: signed reads of an account (wallets, rights), and where its positions and executions are read. */
import { formatFixed, multiplyFixed, parseFixed } from '../fixed-point.ts';
import { type Holding, type SandboxAccount, totalOf } from '../ledger.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { type BybitBooks, badParameter, bybitOk } from './bybit-books.ts';
import { executions } from './bybit-fills.ts';
import { positions } from './bybit-positions.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';
const NEVER = '1970-01-01T00:00:00Z';

export const bybitAccountRoutes = (
  world: World,
  books: BybitBooks,
): readonly (readonly [string, VenueRoute])[] => [
  ['GET /v5/user/query-api', signedRoute(null, ({ nowMs }, account) => bybitOk(nowMs, keyInfo(account)))],
  ['GET /v5/account/info', signedRoute(null, ({ nowMs }) => bybitOk(nowMs, accountInfo(nowMs)))],
  [
    'GET /v5/account/wallet-balance',
    signedRoute('read', (request, account) => walletBalance(world, request, account)),
  ],
  ['GET /v5/asset/transfer/query-account-coins-balance', signedRoute('read', fundingBalance)],
  ['GET /v5/position/list', signedRoute('read', (request, account) => positions(books, request, account))],
  ['GET /v5/execution/list', signedRoute('read', (request, account) => executions(books, request, account))],
];

const keyInfo = (account: SandboxAccount) => {
  const trade = account.permissions.has('trade');
  const withdraw = account.permissions.has('withdraw');
  return {
    id: account.uid.toString(),
    note: 'sandbox',
    apiKey: account.keys.api_key,
    readOnly: trade || withdraw ? 0 : 1,
    secret: '',
    permissions: {
      ContractTrade: trade ? ['Order', 'Position'] : [],
      Spot: trade ? ['SpotTrade'] : [],
      Wallet: withdraw ? ['AccountTransfer', 'Withdraw'] : [],
      Options: [],
      Derivatives: [],
      CopyTrading: [],
      BlockTrade: [],
      Exchange: [],
      NFT: [],
      Affiliate: [],
    },
    ips: account.ipRestricted ? [BOUND_ADDRESS] : ['*'],
    type: 1,
    deadlineDay: account.ipRestricted ? -2 : 90,
    expiredAt:
      account.ipRestricted || account.expiresAtMs === null
        ? NEVER
        : new Date(account.expiresAtMs).toISOString(),
    createdAt: new Date(account.openedAtMs).toISOString(),
    unified: 0,
    uta: 1,
    userID: account.uid,
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    rsaPublicKey: '',
    isMaster: true,
  };
};

const accountInfo = (nowMs: number) => ({
  marginMode: 'REGULAR_MARGIN',
  updatedTime: nowMs.toString(),
  unifiedMarginStatus: 5,
  dcpStatus: 'OFF',
  timeWindow: 10,
  smpGroup: 0,
  isMasterTrader: false,
  spotHedgingStatus: 'OFF',
});

const walletBalance = (world: World, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const accountType = given.get('accountType');
  if (accountType !== 'UNIFIED') return badParameter(request.nowMs, 'accountType only support UNIFIED.');
  const wanted = given.get('coin')?.split(',');
  const coins = [...account.wallets.spot]
    .filter(([asset]) => wanted === undefined || wanted.includes(asset))
    .map(([coin, holding]) => {
      const asset = world.assetByCode.get(coin);
      const usd = asset === undefined ? 0n : world.walk.usd(asset, request.nowMs);
      const value = multiplyFixed(parseFixed(totalOf(holding)), usd);
      return { value, row: coinRow(coin, holding, formatFixed(value, 8)) };
    });
  const total = formatFixed(
    coins.reduce((sum, { value }) => sum + value, 0n),
    8,
  );
  const list = [
    {
      totalEquity: total,
      accountIMRate: '0',
      accountMMRate: '0',
      totalMarginBalance: total,
      totalInitialMargin: '0',
      accountType,
      totalAvailableBalance: total,
      accountLTV: '0',
      totalPerpUPL: '0',
      totalWalletBalance: total,
      totalMaintenanceMargin: '0',
      coin: coins.map(({ row }) => row),
    },
  ];
  return bybitOk(request.nowMs, { list });
};

const coinRow = (coin: string, holding: Holding, usdValue: string) => ({
  coin,
  equity: totalOf(holding),
  usdValue,
  walletBalance: totalOf(holding),
  locked: holding.locked,
  borrowAmount: '0',
  accruedInterest: '0',
  availableToBorrow: '',
  // Empty on unified accounts.
  availableToWithdraw: '',
  totalOrderIM: '0',
  totalPositionIM: '0',
  totalPositionMM: '0',
  unrealisedPnl: '0',
  cumRealisedPnl: '0',
  bonus: '0',
  spotHedgingQty: '0',
  collateralSwitch: true,
  marginCollateral: true,
});

const fundingBalance = (request: VenueRequest, account: SandboxAccount): Answer => {
  const accountType = parameters(request.query).get('accountType');
  if (accountType !== 'FUND') return badParameter(request.nowMs, 'accountType');
  return bybitOk(request.nowMs, {
    memberId: account.uid.toString(),
    accountType,
    balance: [...account.wallets.funding].map(([coin, holding]) => ({
      coin,
      transferBalance: holding.free,
      walletBalance: totalOf(holding),
      bonus: '',
    })),
  });
};
