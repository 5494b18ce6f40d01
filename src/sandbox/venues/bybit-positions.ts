/** Bybit: open positions, by settlement or of a contract that is named. */
import { notionalOf, profitOf } from '../contract-settlement.ts';
import type { Position, SandboxAccount } from '../ledger.ts';
import type { SpotMarket } from '../market-list.ts';
import { type Answer, type VenueRequest, parameters } from '../venue.ts';
import { type BybitBook, type BybitBooks, badParameter, bookOf, bybitOk, symbolOf } from './bybit-books.ts';
import { quoteOf } from './bybit-markets.ts';

export const positions = (books: BybitBooks, request: VenueRequest, account: SandboxAccount): Answer => {
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
