/** OKX: past trades of an account. */
import type { SandboxAccount } from '../ledger.ts';
import { type Trade, fillsOf, tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, parameters } from '../venue.ts';
import type { OkxFeeds } from './okx-markets.ts';
import { okxData, spotId, swapId } from './okx-names.ts';

const MOST_ROWS = 100;

/** Newest first, at most 100; `after` a bill id pages towards the past, `before` towards now. */
export const fills = (feeds: OkxFeeds, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const number = (name: string, otherwise: number): number => {
    const text = given.get(name);
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
  };
  const instId = given.get('instId');
  const type = given.get('instType') ?? 'SPOT';
  const from = number('begin', 0);
  const to = number('end', Number.MAX_SAFE_INTEGER);
  const after = number('after', Number.MAX_SAFE_INTEGER);
  const before = number('before', -1);
  const all =
    type === 'SPOT'
      ? tradesOf(account, feeds.spot)
      : type === 'SWAP'
        ? [...fillsOf(account, feeds.linear), ...fillsOf(account, feeds.inverse)]
        : [];
  const idOf = type === 'SPOT' ? spotId : swapId;
  const rows = all.filter(
    (trade) =>
      (instId === undefined || idOf(trade.market) === instId) &&
      trade.timeMs >= from &&
      trade.timeMs <= to &&
      trade.id < after &&
      trade.id > before,
  );
  return okxData(
    rows
      .reverse()
      .slice(0, Math.min(number('limit', MOST_ROWS), MOST_ROWS))
      .map((trade) => fillRow(trade, type, idOf(trade.market))),
  );
};

const fillRow = (trade: Trade, instType: string, instId: string) => ({
  instType,
  instId,
  tradeId: trade.id.toString(),
  ordId: trade.orderId.toString(),
  clOrdId: '',
  billId: trade.id.toString(),
  tag: '',
  fillPx: trade.price,
  fillSz: trade.amount,
  side: trade.side,
  posSide: 'net',
  execType: trade.maker ? 'M' : 'T',
  // A negative fee is one that was paid.
  fee: `-${trade.fee}`,
  feeCcy: trade.feeAsset,
  ts: trade.timeMs.toString(),
  fillTime: trade.timeMs.toString(),
});
