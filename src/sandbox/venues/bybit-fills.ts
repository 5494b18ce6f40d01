/** Bybit: past trades of an account, by category. */
import type { Fill, Trade } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import { spanOf, wholeOr } from '../request-parameters.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, parameters } from '../venue.ts';
import { type BybitBook, type BybitBooks, badParameter, bookOf, bybitOk, symbolOf } from './bybit-books.ts';

const WEEK_MS = 7 * 86_400_000;
const MOST_ROWS = 100;

/** Newest first; without a start the last week, from a start the week after it. */
export const executions = (books: BybitBooks, request: VenueRequest, account: SandboxAccount): Answer => {
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
