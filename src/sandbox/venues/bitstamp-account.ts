/** Bitstamp: signed calls about an account (balances, transactions, withdrawals, deposit addresses, fees). */
import type { Trade, Transfer } from '../account-activity.ts';
import { depositAddress, networksOf } from '../asset-networks.ts';
import { type Holding, type SandboxAccount, totalOf } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { SpotMarket } from '../market-list.ts';
import { segmentOf } from '../route-table.ts';
import { tradesOf } from '../trade-history.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { chainName, databaseTime, pairId } from './bitstamp-names.ts';
import { bitstampRefusal } from './bitstamp-signature.ts';

const DEFAULT_ROWS = 100;
const MOST_ROWS = 1_000;
const UNKNOWN_PAIR = bitstampRefusal(404, 'Market not found', '404.001');
const UNKNOWN_CURRENCY = bitstampRefusal(404, 'Currency not found', '404.001');

export const bitstampAccountRoutes = (
  world: World,
  feed: MarketFeed,
  index: MarketIndex,
): readonly (readonly [string, VenueRoute])[] => [
  [
    'POST /api/v2/account_balances/',
    signedRoute('read', (_, account) => json(200, [...account.wallets.spot].map(balanceRow))),
  ],
  [
    'POST /api/v2/account_balances/{currency}/',
    signedRoute('read', (request, account) => {
      const code = segmentOf(request.path, 3).toUpperCase();
      const none = { free: '0', locked: '0' };
      return world.assetByCode.has(code)
        ? json(200, balanceRow([code, account.wallets.spot.get(code) ?? none]))
        : UNKNOWN_CURRENCY;
    }),
  ],
  [
    'POST /api/v2/user_transactions/',
    signedRoute('read', (request, account) => transactions(feed, request, account)),
  ],
  [
    'POST /api/v2/user_transactions/{pair}/',
    signedRoute('read', (request, account) => {
      const market = index.market(segmentOf(request.path, 3));
      return market === undefined ? UNKNOWN_PAIR : transactions(feed, request, account, market);
    }),
  ],
  [
    'POST /api/v2/withdrawal-requests/',
    signedRoute('read', (_, account) =>
      json(200, [...listTransfers(account, { type: 'withdrawal' })].reverse().map(withdrawalRow)),
    ),
  ],
  [
    'POST /api/v2/{currency}_address/',
    signedRoute('read', (request, account) => address(world, request, account)),
  ],
  ['POST /api/v2/fees/trading/', signedRoute('read', () => json(200, feed.markets.map(feeRow)))],
];

const balanceRow = ([asset, holding]: readonly [string, Holding]) => ({
  currency: asset.toLowerCase(),
  total: totalOf(holding),
  available: holding.free,
  reserved: holding.locked,
});

const feeRow = (market: SpotMarket) => ({
  currency_pair: pairId(market),
  market: pairId(market),
  fees: { maker: '0.10000', taker: '0.10000' },
});

interface Entry {
  readonly id: number;
  readonly timeMs: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Trades and transfers in one list, newest first unless asked otherwise; of one pair its trades alone. */
const transactions = (
  feed: MarketFeed,
  request: VenueRequest,
  account: SandboxAccount,
  market?: SpotMarket,
): Answer => {
  const given = parameters(request.body.toString('utf8'));
  const number = (name: string, otherwise: number): number => {
    const text = given.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
  };
  const trades: Entry[] = tradesOf(account, feed)
    .filter((trade) => market === undefined || trade.market === market)
    .map((trade) => ({ id: trade.id, timeMs: trade.timeMs, row: tradeRow(trade) }));
  const transfers: Entry[] =
    market === undefined
      ? (['deposit', 'withdrawal'] as const)
          .flatMap((type) => listTransfers(account, { type }))
          // Only what is done has become a transaction.
          .filter(({ status }) => status === 'done')
          .map((transfer) => ({ id: transfer.id, timeMs: transfer.timeMs, row: transferRow(transfer) }))
      : [];
  const since = number('since_timestamp', 0) * 1_000;
  const until = number('until_timestamp', Number.MAX_SAFE_INTEGER / 1_000) * 1_000;
  const order = given.get('sort') === 'asc' ? 1 : -1;
  const rows = [...trades, ...transfers]
    .filter(({ id, timeMs }) => timeMs >= since && timeMs <= until && id >= number('since_id', 0))
    .sort((a, b) => order * (a.timeMs - b.timeMs || a.id - b.id));
  const skip = number('offset', 0);
  // After an id the venue lists a full page, whatever it is asked for.
  const limit = given.has('since_id') ? MOST_ROWS : Math.min(number('limit', DEFAULT_ROWS), MOST_ROWS);
  return json(
    200,
    rows.slice(skip, skip + limit).map(({ row }) => row),
  );
};

/** What was given away has a minus; the price stands under a name made of both assets. */
const tradeRow = (trade: Trade) => {
  const base = trade.market.base.code.toLowerCase();
  const quote = trade.market.quote.code.toLowerCase();
  const sold = trade.side === 'sell';
  return {
    id: trade.id,
    datetime: databaseTime(trade.timeMs),
    type: '2',
    order_id: trade.orderId,
    fee: trade.fee,
    [`${base}_${quote}`]: trade.price,
    [base]: sold ? `-${trade.amount}` : trade.amount,
    [quote]: sold ? trade.cost : `-${trade.cost}`,
  };
};

const transferRow = (transfer: Transfer) => {
  const away = transfer.type === 'withdrawal';
  return {
    id: transfer.id,
    datetime: databaseTime(transfer.timeMs),
    type: away ? '1' : '0',
    fee: transfer.fee,
    [transfer.asset.toLowerCase()]: `${away ? '-' : ''}${transfer.amount}`,
    btc_usd: '0.00',
    ...(transfer.asset !== 'USD' && { usd: '0.0' }),
    ...(transfer.asset !== 'BTC' && { btc: '0.0' }),
  };
};

/** In process, finished, failed. */
const STATUS = { pending: 1, done: 2, failed: 4 } as const;

const withdrawalRow = (transfer: Transfer) => ({
  id: transfer.id,
  datetime: databaseTime(transfer.timeMs).slice(0, 19),
  type: 1,
  currency: transfer.asset,
  network: chainName(transfer.network),
  amount: transfer.amount,
  status: STATUS[transfer.status],
  txid: 0,
  address: transfer.address,
  transaction_id: transfer.txId,
});

const address = (world: World, request: VenueRequest, account: SandboxAccount): Answer => {
  const code = segmentOf(request.path, 2)
    .replace(/_address$/, '')
    .toUpperCase();
  const asset = world.assetByCode.get(code === 'RIPPLE' ? 'XRP' : code);
  const networks = asset === undefined ? [] : networksOf(asset);
  const wanted = parameters(request.body.toString('utf8')).get('network');
  const network = wanted === undefined ? networks[0] : networks.find(({ id }) => chainName(id) === wanted);
  if (network === undefined) return UNKNOWN_CURRENCY;
  const { address: text, tag } = depositAddress(account, network);
  const tagName = network.id === 'XRP' ? 'destination_tag' : 'memo_id';
  return json(200, { address: text, ...(tag !== '' && { [tagName]: tag }) });
};
