/** KuCoin: signed reads of an account (key rights, account kinds, balances, fills, deposits, withdrawals, addresses). */
import type { Trade, Transfer } from '../account-activity.ts';
import { type AssetNetwork, depositAddress, networksOf } from '../asset-networks.ts';
import { type SandboxAccount, totalOf } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { spanOf, wholeOr } from '../request-parameters.ts';
import { tradesOf } from '../trade-history.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { symbolOf } from './kucoin-markets.ts';
import { kucoinData, kucoinRefusal } from './kucoin-signature.ts';
import type { Wallet } from '../wallets.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';
const WEEK_MS = 7 * 86_400_000;
const YEARS_MS = 3_650 * 86_400_000;
const MOST_ROWS = 100;

/** All accounts are on the fast engine, whose funds have a type of their own. */
const ACCOUNT_TYPES: readonly (readonly [type: string, wallet: Wallet])[] = [
  ['main', 'funding'],
  ['trade_hf', 'spot'],
];

export const kucoinAccountRoutes = (
  world: World,
  feed: MarketFeed,
): readonly (readonly [string, VenueRoute])[] => [
  ['GET /api/v1/user/api-key', signedRoute(null, (_, account) => kucoinData(keyInfo(account)))],
  ['GET /api/ua/v1/account/mode', signedRoute('read', () => kucoinData({ selfAccountMode: 'CLASSIC' }))],
  ['GET /api/v1/hf/accounts/opened', signedRoute('read', () => kucoinData(true))],
  ['GET /api/v1/accounts', signedRoute('read', balances)],
  ['GET /api/v1/hf/fills', signedRoute('read', (request, account) => fills(feed, request, account))],
  ['GET /api/v1/deposits', signedRoute('read', (request, account) => transfers(request, account, 'deposit'))],
  [
    'GET /api/v1/withdrawals',
    signedRoute('read', (request, account) => transfers(request, account, 'withdrawal')),
  ],
  [
    'GET /api/v1/deposit-addresses',
    signedRoute('read', (request, account) => {
      const [first] = addresses(world, request, account);
      return first === undefined ? kucoinRefusal('900014', 'Invalid chain') : kucoinData(first);
    }),
  ],
  [
    'GET /api/v2/deposit-addresses',
    signedRoute('read', (request, account) => kucoinData(addresses(world, request, account))),
  ],
];

const keyInfo = (account: SandboxAccount) => ({
  remark: 'sandbox',
  apiKey: account.keys.api_key,
  apiVersion: 3,
  permission: [
    ...(account.permissions.has('read') ? ['General'] : []),
    ...(account.permissions.has('trade') ? ['Spot'] : []),
    ...(account.permissions.has('withdraw') ? ['Withdrawal'] : []),
  ].join(','),
  ...(account.ipRestricted ? { ipWhitelist: BOUND_ADDRESS } : {}),
  createdAt: account.openedAtMs,
  uid: account.uid,
  isMaster: true,
});

const balances = (request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const type = given.get('type');
  const currency = given.get('currency');
  const rows = ACCOUNT_TYPES.filter(([name]) => type === undefined || name === type).flatMap(
    ([name, wallet]) =>
      [...account.wallets[wallet]]
        .filter(([asset]) => currency === undefined || asset === currency)
        .map(([asset, holding]) => ({
          id: `${account.uid}-${name}-${asset}`,
          currency: asset,
          type: name,
          balance: totalOf(holding),
          available: holding.free,
          holds: holding.locked,
        })),
  );
  return kucoinData(rows);
};

/** Newest first; without a start the last week, from a start the week after it. */
const fills = (feed: MarketFeed, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const symbol = given.get('symbol');
  if (symbol === undefined) return kucoinRefusal('400100', 'symbol can not be empty');
  const { fromMs, toMs } = spanOf(given.get('startAt'), given.get('endAt'), WEEK_MS, request.nowMs);
  if (toMs - fromMs > WEEK_MS) return kucoinRefusal('400100', 'The time range cannot exceed 7 days');
  const before = wholeOr(given.get('lastId'), Number.MAX_SAFE_INTEGER);
  const orderId = given.get('orderId');
  const limit = Math.min(wholeOr(given.get('limit'), 20), MOST_ROWS);
  const page = tradesOf(account, feed)
    .filter(
      (trade) =>
        symbolOf(trade.market) === symbol &&
        (orderId === undefined || trade.orderId.toString() === orderId) &&
        trade.timeMs >= fromMs &&
        trade.timeMs <= toMs &&
        trade.id < before,
    )
    .reverse()
    .slice(0, limit);
  return kucoinData({ items: page.map(fillRow), lastId: page.at(-1)?.id ?? 0 });
};

const fillRow = (trade: Trade) => ({
  id: trade.id,
  symbol: symbolOf(trade.market),
  tradeId: trade.id,
  orderId: trade.orderId.toString(),
  counterOrderId: (trade.orderId + 1).toString(),
  side: trade.side,
  liquidity: trade.maker ? 'maker' : 'taker',
  forceTaker: false,
  price: trade.price,
  size: trade.amount,
  funds: trade.cost,
  fee: trade.fee,
  feeRate: '0.001',
  feeCurrency: trade.feeAsset,
  stop: '',
  tradeType: 'TRADE',
  type: trade.maker ? 'limit' : 'market',
  taxRate: '0',
  tax: '0',
  createdAt: trade.timeMs,
});

const TRANSFER_STATES = { pending: 'PROCESSING', done: 'SUCCESS', failed: 'FAILURE' } as const;

/** Newest first, in pages. */
const transfers = (request: VenueRequest, account: SandboxAccount, type: Transfer['type']): Answer => {
  const given = parameters(request.query);
  const span = spanOf(given.get('startAt'), given.get('endAt'), YEARS_MS, request.nowMs);
  const rows = [...listTransfers(account, { type, asset: given.get('currency'), ...span })].reverse();
  const currentPage = Math.max(wholeOr(given.get('currentPage'), 1), 1);
  const pageSize = Math.min(Math.max(wholeOr(given.get('pageSize'), 50), 10), 500);
  const page = rows.slice((currentPage - 1) * pageSize, currentPage * pageSize);
  return kucoinData({
    currentPage,
    pageSize,
    totalNum: rows.length,
    totalPage: Math.ceil(rows.length / pageSize),
    items: page.map((transfer) => ({
      ...(type === 'withdrawal' ? { id: transfer.id.toString() } : {}),
      currency: transfer.asset,
      chain: transfer.network.toLowerCase(),
      status: TRANSFER_STATES[transfer.status],
      address: transfer.address,
      memo: transfer.tag,
      isInner: false,
      amount: transfer.amount,
      fee: transfer.fee,
      walletTxId: transfer.txId,
      createdAt: transfer.timeMs,
      updatedAt: transfer.timeMs,
      remark: '',
    })),
  });
};

const addresses = (world: World, request: VenueRequest, account: SandboxAccount) => {
  const given = parameters(request.query);
  const asset = world.assetByCode.get(given.get('currency') ?? '');
  const chain = given.get('chain')?.toLowerCase();
  const networks = asset === undefined ? [] : networksOf(asset);
  return networks
    .filter((network) => chain === undefined || network.id.toLowerCase() === chain)
    .map((network) => addressRow(account, network));
};

const addressRow = (account: SandboxAccount, network: AssetNetwork) => {
  const { address, tag } = depositAddress(account, network);
  return {
    address,
    memo: tag,
    chain: network.name,
    chainId: network.id.toLowerCase(),
    to: 'main',
    contractAddress: '',
  };
};
