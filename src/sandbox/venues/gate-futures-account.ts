/** Gate: signed reads of a futures wallet (balance, positions, trades), alike for both settlements. */
import type { Fill } from '../account-activity.ts';
import { notionalOf, profitOf } from '../contract-settlement.ts';
import { type Holding, type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import type { SpotMarket } from '../market-list.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { type GateFutures, pairOf } from './gate-books.ts';
import { quoteOf, secondsOf } from './gate-markets.ts';
import { tradePage } from './gate-trades.ts';

const NOTHING: Holding = { free: '0', locked: '0' };

export const gateFuturesAccountRoutes = (book: GateFutures): readonly (readonly [string, VenueRoute])[] => {
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

const futuresTrades = (book: GateFutures, request: VenueRequest, account: SandboxAccount): Answer => {
  const fills = account.activity.fills.filter((fill: Fill) => book.feed.markets.includes(fill.market));
  return json(
    200,
    tradePage(fills, 'contract', request).map((fill) => ({
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
