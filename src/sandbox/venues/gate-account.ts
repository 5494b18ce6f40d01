/** Gate: signed reads of an account (key rights, wallets, positions, trades). */
import { isZero } from '../../shared/money.ts';
import type { Fill, Trade } from '../account-activity.ts';
import { notionalOf, profitOf } from '../contract-settlement.ts';
import { type Holding, type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import type { SpotMarket } from '../market-list.ts';
import { wholeOr } from '../request-parameters.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { type GateBooks, type GateFutures, pairOf } from './gate-books.ts';
import { secondsSpan } from './gate-funding.ts';
import { quoteOf, secondsOf } from './gate-markets.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';
const MOST_ROWS = 1_000;
const SHOWN_OF_KEY = 12;
const NOTHING: Holding = { free: '0', locked: '0' };

type Routes = readonly (readonly [string, VenueRoute])[];

export const gateAccountRoutes = (books: GateBooks): Routes => [
  ['GET /api/v4/account/detail', signedRoute(null, (_, account) => json(200, detail(account)))],
  ['GET /api/v4/account/main_keys', signedRoute(null, (_, account) => json(200, mainKeys(account)))],
  ['GET /api/v4/spot/accounts', signedRoute('read', spotAccounts)],
  ['GET /api/v4/margin/accounts', signedRoute('read', () => json(200, []))],
  [
    'GET /api/v4/spot/my_trades',
    signedRoute('read', (request, account) => spotTrades(books, request, account)),
  ],
  ...futuresRoutes(books.usdt),
  ...futuresRoutes(books.btc),
];

const futuresRoutes = (book: GateFutures): Routes => {
  const base = `GET /api/v4/futures/${book.settle}`;
  return [
    [`${base}/accounts`, signedRoute('read', (_, account) => json(200, futuresAccount(book, account)))],
    [`${base}/positions`, signedRoute('read', (request, account) => positions(book, request, account))],
    [
      `${base}/my_trades_timerange`,
      signedRoute('read', (request, account) => futuresTrades(book, request, account)),
    ],
  ];
};

const addressesOf = (account: SandboxAccount): readonly string[] =>
  account.ipRestricted ? [BOUND_ADDRESS] : [];

const detail = (account: SandboxAccount) => ({
  user_id: account.uid,
  ip_whitelist: addressesOf(account),
  currency_pairs: [],
  copy_trading_role: 0,
  tier: 1,
  key: { mode: 1 },
});

/** All keys of the account, only the start of each to be seen: this one, and one of another program. */
const mainKeys = (account: SandboxAccount) => {
  const may = (right: 'read' | 'trade' | 'withdraw'): boolean => account.permissions.has(right);
  const area = (name: string) => (may('read') || may('trade') ? [{ name, read_only: !may('trade') }] : []);
  const common = {
    state: 1,
    mode: 1,
    user_id: account.uid,
    currency_pairs: [],
    created_at: Math.floor(account.openedAtMs / 1_000),
    update_at: Math.floor(account.openedAtMs / 1_000),
    last_access: Math.floor(account.openedAtMs / 1_000),
  };
  return [
    {
      ...common,
      name: 'another program',
      ip_whitelist: [],
      perms: [{ name: 'withdrawal', read_only: false }],
      key: `zzzzzzzzzzzz${'*'.repeat(20)}`,
    },
    {
      ...common,
      name: 'sandbox',
      ip_whitelist: addressesOf(account),
      perms: [
        ...area('spot'),
        ...area('futures'),
        ...(may('read') ? [{ name: 'wallet', read_only: true }] : []),
        ...(may('withdraw') ? [{ name: 'withdrawal', read_only: false }] : []),
      ],
      key: account.keys.api_key.slice(0, SHOWN_OF_KEY).padEnd(account.keys.api_key.length, '*'),
    },
  ];
};

const spotAccounts = (request: VenueRequest, account: SandboxAccount): Answer => {
  const wanted = parameters(request.query).get('currency');
  const rows = [...account.wallets.spot]
    .filter(([currency]) => wanted === undefined || wanted === currency)
    .map(([currency, { free, locked }]) => ({ currency, available: free, locked, update_id: 1 }));
  return json(200, rows);
};

const futuresAccount = (book: GateFutures, account: SandboxAccount) => {
  const holding = account.wallets[book.wallet].get(book.currency) ?? NOTHING;
  return {
    user: account.uid,
    currency: book.currency,
    total: totalOf(holding),
    available: holding.free,
    unrealised_pnl: '0',
    position_margin: '0',
    order_margin: holding.locked,
    point: '0',
    bonus: '0',
    in_dual_mode: account.hedgeMode,
    position_mode: account.hedgeMode ? 'dual' : 'single',
    enable_credit: false,
    position_initial_margin: holding.locked,
    maintenance_margin: '0',
    margin_mode: 0,
  };
};

const positions = (book: GateFutures, request: VenueRequest, account: SandboxAccount): Answer => {
  const open = account.positions.flatMap((position) => {
    const market = book.markets.get(position.contract);
    return market === undefined ? [] : [positionRow(book, account, market, position, request.nowMs)];
  });
  if (parameters(request.query).get('holding') === 'true') return json(200, open);
  // Contracts that were traded once stay listed; here all that are listed at all.
  const rest = [...book.markets]
    .filter(([contract]) => !open.some((row) => row.contract === contract))
    .map(([contract]) => ({ ...BLANK_POSITION, user: account.uid, contract }));
  return json(200, [...open, ...rest]);
};

const BLANK_POSITION = {
  size: 0,
  leverage: '0',
  cross_leverage_limit: '10',
  risk_limit: '1000000',
  leverage_max: '100',
  maintenance_rate: '0.005',
  value: '0',
  margin: '0',
  entry_price: '0',
  liq_price: '0',
  mark_price: '0',
  initial_margin: '0',
  maintenance_margin: '0',
  unrealised_pnl: '0',
  realised_pnl: '0',
  mode: 'single',
  update_time: 0,
};

const positionRow = (
  book: GateFutures,
  account: SandboxAccount,
  market: SpotMarket,
  position: Position,
  nowMs: number,
) => {
  const contract = book.contractOf(market);
  const markPrice = quoteOf(book.feed, contract.id, nowMs)?.last ?? position.entryPrice;
  const side = position.amount.startsWith('-') ? 'dual_short' : 'dual_long';
  return {
    ...BLANK_POSITION,
    user: account.uid,
    contract: position.contract,
    // Whole contracts, as a JSON number.
    size: Number(position.amount),
    value: notionalOf(contract, position.amount, markPrice),
    entry_price: position.entryPrice,
    mark_price: markPrice,
    initial_margin: position.margin ?? '0',
    unrealised_pnl: profitOf(contract, position.amount, position.entryPrice, markPrice),
    mode: account.hedgeMode ? side : 'single',
    open_time: Math.floor(account.openedAtMs / 1_000),
    update_time: Math.floor(account.openedAtMs / 1_000),
  };
};

/** Newest first; without a start the last week, from a start thirty days. */
const page = <T extends Trade>(trades: readonly T[], name: string, request: VenueRequest): readonly T[] => {
  const given = parameters(request.query);
  const market = given.get(name);
  const orderId = given.get('order_id');
  const { fromMs, toMs } = secondsSpan(given, 7, request.nowMs);
  const limit = Math.min(wholeOr(given.get('limit'), 100), MOST_ROWS);
  const start = given.has('offset')
    ? wholeOr(given.get('offset'), 0)
    : (Math.max(wholeOr(given.get('page'), 1), 1) - 1) * limit;
  return trades
    .filter(
      (trade) =>
        (market === undefined || pairOf(trade.market) === market) &&
        (orderId === undefined || trade.orderId.toString() === orderId) &&
        trade.timeMs >= fromMs &&
        trade.timeMs <= toMs,
    )
    .toReversed()
    .slice(start, start + limit);
};

const spotTrades = ({ spot }: GateBooks, request: VenueRequest, account: SandboxAccount): Answer =>
  json(
    200,
    page(tradesOf(account, spot.feed), 'currency_pair', request).map((trade) => ({
      id: trade.id.toString(),
      create_time: Math.floor(trade.timeMs / 1_000).toString(),
      create_time_ms: `${trade.timeMs}.000000`,
      currency_pair: pairOf(trade.market),
      side: trade.side,
      role: trade.maker ? 'maker' : 'taker',
      amount: trade.amount,
      price: trade.price,
      order_id: trade.orderId.toString(),
      fee: trade.fee,
      fee_currency: trade.feeAsset,
      point_fee: '0',
      gt_fee: '0',
      amend_text: '-',
      sequence_id: trade.id.toString(),
      text: '-',
    })),
  );

const futuresTrades = (book: GateFutures, request: VenueRequest, account: SandboxAccount): Answer => {
  const fills = account.activity.fills.filter(
    (fill: Fill) => book.feed.markets.includes(fill.market) && !isZero(fill.amount),
  );
  return json(
    200,
    page(fills, 'contract', request).map((fill) => ({
      trade_id: fill.id.toString(),
      create_time: secondsOf(fill.timeMs),
      contract: pairOf(fill.market),
      order_id: fill.orderId.toString(),
      size: Number(fill.side === 'sell' ? `-${fill.amount}` : fill.amount),
      close_size: 0,
      price: fill.price,
      role: fill.maker ? 'maker' : 'taker',
      text: 'api',
      fee: fill.fee,
      point_fee: '0',
    })),
  );
};
