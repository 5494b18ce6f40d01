/** Bybit: signed reads of an account (wallets, rights, positions, executions). */
import type { Fill, Trade } from '../account-activity.ts';
import { notionalOf, profitOf } from '../contract-settlement.ts';
import { formatFixed, multiplyFixed, parseFixed } from '../fixed-point.ts';
import { type Holding, type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import type { SpotMarket } from '../market-list.ts';
import { spanOf, wholeOr } from '../request-parameters.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { type BybitBook, type BybitBooks, badParameter, bookOf, bybitOk, symbolOf } from './bybit-books.ts';
import { quoteOf } from './bybit-markets.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';
const NEVER = '1970-01-01T00:00:00Z';
const WEEK_MS = 7 * 86_400_000;
const MOST_ROWS = 100;

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

const positions = (books: BybitBooks, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const category = given.get('category');
  const book = bookOf(books, category);
  if (book === undefined || book.category === 'spot')
    return badParameter(request.nowMs, 'Category is invalid');
  const symbol = given.get('symbol');
  const settleCoin = given.get('settleCoin');
  if (book.category === 'linear' && symbol === undefined && settleCoin === undefined)
    return badParameter(request.nowMs, 'symbol or settleCoin');
  const market = symbol === undefined ? undefined : book.markets.get(symbol);
  if (symbol !== undefined && market === undefined) return badParameter(request.nowMs, 'symbol invalid');

  const open = account.positions.flatMap((position) => {
    const its = book.markets.get(position.contract);
    const fits =
      its !== undefined && (market === its || (market === undefined && settles(book, its, settleCoin)));
    return fits ? [positionRow(book, account, its, position, request.nowMs)] : [];
  });
  const list = market === undefined ? open : [...open, ...emptyRows(account, market, open)];
  return bybitOk(request.nowMs, { category, list, nextPageCursor: '' });
};

const settles = (book: BybitBook, market: SpotMarket, coin: string | undefined): boolean =>
  coin === undefined || coin === (book.category === 'inverse' ? market.base.code : market.quote.code);

/** 0 in one-way mode; in hedge mode 1 is the long side and 2 the short side. */
const indexOf = (account: SandboxAccount, short: boolean): number =>
  account.hedgeMode ? (short ? 2 : 1) : 0;

const positionRow = (
  book: BybitBook,
  account: SandboxAccount,
  market: SpotMarket,
  position: Position,
  nowMs: number,
) => {
  const contract = book.contractOf(market);
  const short = position.amount.startsWith('-');
  const markPrice = quoteOf(book, position.contract, nowMs)?.last ?? position.entryPrice;
  const value = contract === undefined ? '0' : notionalOf(contract, position.amount, position.entryPrice);
  const profit =
    contract === undefined ? '0' : profitOf(contract, position.amount, position.entryPrice, markPrice);
  const time = account.openedAtMs.toString();
  return {
    ...BLANK_POSITION,
    positionIdx: indexOf(account, short),
    symbol: position.contract,
    side: short ? 'Sell' : 'Buy',
    size: position.amount.replace('-', ''),
    avgPrice: position.entryPrice,
    positionValue: value,
    positionIM: position.margin ?? '0',
    markPrice,
    unrealisedPnl: profit,
    createdTime: time,
    updatedTime: time,
  };
};

/** Asked for by name, a symbol has a row for each side even when nothing is open. */
const emptyRows = (
  account: SandboxAccount,
  market: SpotMarket,
  open: readonly { readonly positionIdx: number }[],
) =>
  (account.hedgeMode ? [1, 2] : [0])
    .filter((index) => !open.some(({ positionIdx }) => positionIdx === index))
    .map((positionIdx) => ({ ...BLANK_POSITION, positionIdx, symbol: symbolOf(market) }));

const BLANK_POSITION = {
  riskId: 1,
  riskLimitValue: '2000000',
  side: '',
  size: '0',
  avgPrice: '0',
  positionValue: '',
  tradeMode: 0,
  positionStatus: 'Normal',
  autoAddMargin: 0,
  adlRankIndicator: 0,
  leverage: '10',
  positionBalance: '0',
  markPrice: '0',
  liqPrice: '',
  bustPrice: '',
  positionIM: '0',
  positionMM: '0',
  takeProfit: '',
  stopLoss: '',
  trailingStop: '0',
  unrealisedPnl: '',
  cumRealisedPnl: '0',
  createdTime: '',
  updatedTime: '',
  isReduceOnly: false,
};

/** Newest first; without a start the last week, from a start the week after it. */
const executions = (books: BybitBooks, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const category = given.get('category');
  const book = bookOf(books, category);
  if (book === undefined) return badParameter(request.nowMs, 'Category is invalid');
  const symbol = given.get('symbol');
  const orderId = given.get('orderId');
  const { fromMs, toMs } = spanOf(given.get('startTime'), given.get('endTime'), WEEK_MS, request.nowMs);
  if (toMs - fromMs > WEEK_MS)
    return badParameter(request.nowMs, 'The time range between startTime and endTime cannot exceed 7 days');
  const rows = tradesIn(book, account)
    .filter(
      (trade) =>
        (symbol === undefined || symbolOf(trade.market) === symbol) &&
        (orderId === undefined || trade.orderId.toString() === orderId) &&
        trade.timeMs >= fromMs &&
        trade.timeMs <= toMs,
    )
    .reverse();
  const limit = Math.min(wholeOr(given.get('limit'), 50), MOST_ROWS);
  const start = wholeOr(given.get('cursor'), 0);
  const page = rows.slice(start, start + limit);
  return bybitOk(request.nowMs, {
    category,
    list: page.map((trade) => executionRow(trade)),
    nextPageCursor: start + limit < rows.length ? (start + limit).toString() : '',
  });
};

/** The computed past is of the spot markets. */
const tradesIn = (book: BybitBook, account: SandboxAccount): readonly Trade[] => {
  const fills = account.activity.fills.filter((fill: Fill) => book.feed.markets.includes(fill.market));
  if (book.category !== 'spot') return fills;
  const past = tradesOf(account, book.feed).filter((trade) => !('wallet' in trade));
  return [...past, ...fills];
};

const executionRow = (trade: Trade) => ({
  symbol: symbolOf(trade.market),
  orderType: trade.maker ? 'Limit' : 'Market',
  orderLinkId: '',
  orderId: trade.orderId.toString(),
  side: trade.side === 'buy' ? 'Buy' : 'Sell',
  execId: trade.id.toString(),
  execPrice: trade.price,
  execQty: trade.amount,
  execValue: trade.cost,
  execFee: trade.fee,
  feeCurrency: trade.feeAsset,
  feeCoin: trade.feeAsset,
  feeRate: '0.001',
  execType: 'Trade',
  execTime: trade.timeMs.toString(),
  isMaker: trade.maker,
  leavesQty: '0',
  stopOrderType: 'UNKNOWN',
  isLeverage: '0',
  closedSize: '',
  seq: trade.id,
});
