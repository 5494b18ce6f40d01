/** Binance and Binance.US: signed calls of the spot API (account, trades); Binance's key rights, margin and funding. */
import { padDecimals } from '../fixed-point.ts';
import type { Holding, SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { whole } from './binance-orders.ts';
import { missing, refusal } from './binance-signature.ts';
import { symbolOf } from './binance-symbols.ts';
import type { Wallet } from '../wallets.ts';

const ZERO = '0.00000000';
/** Listed with zeros even when not held, as the venue lists every asset. */
const ALWAYS_LISTED = ['BTC', 'LTC', 'ETH', 'BNB', 'USDT', 'USDC', 'XRP', 'DOGE'];
const MOST_ROWS = 1_000;
const USUAL_ROWS = 500;

const amountText = (amount: string): string => padDecimals(amount, 8);

/** What Binance and Binance.US have alike. */
export const spotAccountRoutes = (
  feed: MarketFeed,
  mayWithdraw: (account: SandboxAccount) => boolean,
): readonly (readonly [string, VenueRoute])[] => [
  [
    'GET /api/v3/account',
    signedRoute('read', (request, account) => spotAccount(request, account, mayWithdraw(account))),
  ],
  ['GET /api/v3/myTrades', signedRoute('read', (request, account) => myTrades(request, account, feed))],
];

/** Binance alone: key rights, margin, funding. */
export const walletRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const pairs = feed.markets.filter((market) => market.base.kind === 'major');
  return [
    [
      'GET /sapi/v1/account/apiRestrictions',
      signedRoute(null, (_, account) => json(200, apiRestrictions(account))),
    ],
    ['GET /sapi/v1/margin/account', signedRoute('read', (_, account) => json(200, marginAccount(account)))],
    ['GET /sapi/v1/margin/isolated/account', signedRoute('read', () => json(200, { assets: [] }))],
    ['GET /sapi/v1/margin/myTrades', signedRoute('read', () => json(200, []))],
    ['GET /sapi/v1/margin/allPairs', signedRoute(null, () => json(200, pairs.map(marginPair)))],
    ['GET /sapi/v1/margin/isolated/allPairs', signedRoute(null, () => json(200, pairs.map(isolatedPair)))],
    [
      'POST /sapi/v1/asset/get-funding-asset',
      signedRoute('read', (_, account) => json(200, fundingAssets(account))),
    ],
  ];
};

const spotAccount = (request: VenueRequest, account: SandboxAccount, canWithdraw: boolean): Answer => {
  const omitZeros = parameters(request.query).get('omitZeroBalances') === 'true';
  const held = [...account.wallets.spot].map(([asset, holding]) => balance(asset, holding));
  const zeros = omitZeros ? [] : ALWAYS_LISTED.filter((asset) => !account.wallets.spot.has(asset));
  return json(200, {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker: '0.00100000', taker: '0.00100000', buyer: ZERO, seller: ZERO },
    canTrade: account.permissions.has('trade'),
    canWithdraw,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: request.nowMs,
    accountType: 'SPOT',
    balances: [...held, ...zeros.map((asset) => ({ asset, free: ZERO, locked: ZERO }))],
    permissions: ['SPOT'],
    uid: account.uid,
  });
};

const balance = (asset: string, holding: Holding) => ({
  asset,
  free: amountText(holding.free),
  locked: amountText(holding.locked),
});

const myTrades = (request: VenueRequest, account: SandboxAccount, feed: MarketFeed): Answer => {
  const given = parameters(request.query);
  const symbol = given.get('symbol');
  if (symbol === undefined) return missing('symbol');
  const market = feed.markets.find((candidate) => symbolOf(candidate) === symbol);
  if (market === undefined) return refusal(400, -1121, 'Invalid symbol.');
  const from = whole(given.get('startTime'), 0);
  const to = whole(given.get('endTime'), Number.MAX_SAFE_INTEGER);
  const firstId = given.get('fromId');
  const limit = Math.min(whole(given.get('limit'), USUAL_ROWS), MOST_ROWS);
  const rows = tradesOf(account, feed).filter(
    (trade) =>
      trade.market === market && trade.timeMs >= from && trade.timeMs <= to && trade.id >= whole(firstId, 0),
  );
  // From a start the venue pages forward; with no start it gives the newest.
  const forward = firstId !== undefined || given.has('startTime');
  const page = forward ? rows.slice(0, limit) : rows.slice(-limit);
  return json(
    200,
    page.map((trade) => ({
      symbol,
      id: trade.id,
      orderId: trade.orderId,
      orderListId: -1,
      price: amountText(trade.price),
      qty: amountText(trade.amount),
      quoteQty: amountText(trade.cost),
      commission: amountText(trade.fee),
      commissionAsset: trade.feeAsset,
      time: trade.timeMs,
      isBuyer: trade.side === 'buy',
      isMaker: trade.maker,
      isBestMatch: true,
    })),
  );
};

const apiRestrictions = (account: SandboxAccount) => {
  const trade = account.permissions.has('trade');
  return {
    ipRestrict: account.ipRestricted,
    createTime: account.openedAtMs,
    enableReading: account.permissions.has('read'),
    enableSpotAndMarginTrading: trade,
    enableWithdrawals: account.permissions.has('withdraw'),
    enableInternalTransfer: false,
    permitsUniversalTransfer: false,
    enableMargin: trade,
    enableFutures: trade,
    enableVanillaOptions: false,
    enablePortfolioMarginTrading: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    ...(account.expiresAtMs === null ? {} : { tradingAuthorityExpirationTime: account.expiresAtMs }),
  };
};

const marginAccount = (account: SandboxAccount) => ({
  borrowEnabled: true,
  created: true,
  marginLevel: '999.00000000',
  collateralMarginLevel: '999.00000000',
  totalAssetOfBtc: ZERO,
  totalLiabilityOfBtc: ZERO,
  totalNetAssetOfBtc: ZERO,
  tradeEnabled: account.permissions.has('trade'),
  transferInEnabled: true,
  transferOutEnabled: true,
  accountType: 'MARGIN_1',
  userAssets: rows(account, 'margin', (asset, holding) => ({
    ...balance(asset, holding),
    borrowed: ZERO,
    interest: ZERO,
    netAsset: amountText(holding.free),
  })),
});

const fundingAssets = (account: SandboxAccount) =>
  rows(account, 'funding', (asset, holding) => ({
    ...balance(asset, holding),
    freeze: '0',
    withdrawing: '0',
    btcValuation: '0',
  }));

const rows = <Row>(
  account: SandboxAccount,
  wallet: Wallet,
  row: (asset: string, holding: Holding) => Row,
): Row[] => [...account.wallets[wallet]].map(([asset, holding]) => row(asset, holding));

const isolatedPair = (market: SpotMarket) => ({
  symbol: symbolOf(market),
  base: market.base.code,
  quote: market.quote.code,
  isMarginTrade: true,
  isBuyAllowed: true,
  isSellAllowed: true,
});

const marginPair = (market: SpotMarket) => ({ id: symbolOf(market), ...isolatedPair(market) });
