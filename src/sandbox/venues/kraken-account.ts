/** Kraken: signed calls (balances, trades, open positions, the key's own rights). */
import { padDecimals } from '../fixed-point.ts';
import { type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { type Trade, tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import { assetId, isMoney, pairId } from './kraken-names.ts';
import { reference } from './kraken-reference.ts';
import { krakenResult } from './kraken-signature.ts';

const PAGE = 50;
/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';

export const krakenAccountRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => [
  ['POST /0/private/Balance', signedRoute('read', (_, account) => krakenResult(totals(account)))],
  ['POST /0/private/BalanceEx', signedRoute('read', (_, account) => krakenResult(extendedBalances(account)))],
  [
    'POST /0/private/TradesHistory',
    signedRoute('read', (request, account) => tradesHistory(feed, request, account)),
  ],
  ['POST /0/private/OpenPositions', signedRoute('read', openPositions)],
  ['POST /0/private/GetApiKeyInfo', signedRoute(null, keyInfo)],
];

/** Ten decimals for coins and four for money; further digits that the ledger holds are kept. */
const amountText = (asset: string, amount: string): string => padDecimals(amount, isMoney(asset) ? 4 : 10);

const totals = (account: SandboxAccount) =>
  Object.fromEntries(
    [...account.wallets.spot].map(([asset, holding]) => [
      assetId(asset),
      amountText(asset, totalOf(holding)),
    ]),
  );

const extendedBalances = (account: SandboxAccount) =>
  Object.fromEntries(
    [...account.wallets.spot].map(([asset, holding]) => [
      assetId(asset),
      { balance: amountText(asset, totalOf(holding)), hold_trade: amountText(asset, holding.locked) },
    ]),
  );

/** Newest first in pages of 50 from `ofs` on; `start` is exclusive, `end` inclusive, both in seconds. */
const tradesHistory = (feed: MarketFeed, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.body.toString('utf8'));
  const seconds = (name: string, otherwise: number): number => {
    const text = given.get(name);
    return text !== undefined && /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) : otherwise;
  };
  const from = seconds('start', -1) * 1000;
  const to = seconds('end', Number.MAX_SAFE_INTEGER / 1000) * 1000;
  const skip = Math.trunc(seconds('ofs', 0));
  const rows = tradesOf(account, feed)
    .filter((trade) => trade.timeMs > from && trade.timeMs <= to)
    .reverse();
  const page = rows.slice(skip, skip + PAGE);
  return krakenResult({
    trades: Object.fromEntries(page.map((trade) => [reference('T', trade.id), tradeRow(trade)])),
    count: rows.length,
  });
};

const tradeRow = (trade: Trade) => ({
  ordertxid: reference('O', trade.orderId),
  postxid: reference('T', trade.orderId),
  pair: pairId(trade.market),
  time: trade.timeMs / 1000,
  type: trade.side,
  ordertype: trade.maker ? 'limit' : 'market',
  price: trade.price,
  cost: trade.cost,
  fee: trade.fee,
  vol: trade.amount,
  margin: '0.00000000',
  leverage: '0',
  misc: '',
  ledgers: [],
  trade_id: trade.id,
  maker: trade.maker,
});

const openPositions = (request: VenueRequest, account: SandboxAccount): Answer => {
  const rows = account.positions.map(positionRow);
  const consolidated = parameters(request.body.toString('utf8')).get('consolidation') === 'market';
  return krakenResult(
    consolidated
      ? rows
      : Object.fromEntries(rows.map((row, index) => [reference('T', account.uid + index), row])),
  );
};

const positionRow = (position: Position) => {
  const short = position.amount.startsWith('-');
  return {
    pair: position.contract,
    positions: '1',
    type: short ? 'sell' : 'buy',
    leverage: '2.00000',
    cost: position.entryPrice,
    fee: '0.00000',
    vol: short ? position.amount.slice(1) : position.amount,
    vol_closed: '0.00000000',
    margin: '0.00000',
  };
};

const keyInfo = (request: VenueRequest, account: SandboxAccount): Answer => {
  const expires = account.expiresAtMs === null ? 0 : Math.floor(account.expiresAtMs / 1000);
  const opened = Math.floor(account.openedAtMs / 1000).toString();
  return krakenResult({
    apiKeyName: 'sandbox',
    apiKey: account.keys.api_key,
    nonce: account.lastNonce.toString(),
    nonceWindow: '0',
    permissions: [
      ...(account.permissions.has('read')
        ? ['query-funds', 'query-open-trades', 'query-closed-trades', 'query-ledger']
        : []),
      ...(account.permissions.has('trade') ? ['modify-trades', 'close-trades'] : []),
      ...(account.permissions.has('withdraw') ? ['withdraw-funds'] : []),
    ],
    iban: '',
    validUntil: expires.toString(),
    queryFrom: '0',
    queryTo: '0',
    createdTime: opened,
    modifiedTime: opened,
    ipAllowlist: account.ipRestricted ? [BOUND_ADDRESS] : [],
    lastUsed: Math.floor(request.nowMs / 1000).toString(),
  });
};
