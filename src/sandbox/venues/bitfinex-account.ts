/** Bitfinex: signed calls about an account (wallets, the key's rights, positions, movements, deposit addresses). */
import type { Transfer } from '../account-activity.ts';
import { depositAddress, networksOf } from '../asset-networks.ts';
import type { Asset } from '../asset-universe.ts';
import { type Position, type SandboxAccount, totalOf } from '../ledger.ts';
import { segmentOf } from '../route-table.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { assetOfCode, methodOf, venueCode } from './bitfinex-names.ts';
import { bare, bitfinexJson, bitfinexRefusal, negated, notification } from './bitfinex-wire.ts';
import type { Wallet } from '../wallets.ts';

const BAD_METHOD = bitfinexRefusal(10020, 'method: invalid');
const MOST_ROWS = 1_000;
const DEFAULT_ROWS = 125;

const WALLET_TYPES: Readonly<Partial<Record<Wallet, string>>> = {
  spot: 'exchange',
  margin: 'margin',
  funding: 'funding',
};

export const bitfinexAccountRoutes = (world: World): readonly (readonly [string, VenueRoute])[] => [
  ['POST /v2/auth/r/wallets', signedRoute('read', (_, account) => bitfinexJson(walletRows(account)))],
  ['POST /v2/auth/r/permissions', signedRoute(null, (_, account) => bitfinexJson(permissionRows(account)))],
  [
    'POST /v2/auth/r/positions',
    signedRoute('read', (_, account) =>
      bitfinexJson(account.positions.map((position) => positionRow(account, position))),
    ),
  ],
  [
    'POST /v2/auth/r/movements/hist',
    signedRoute('read', (request, account) => movements(world, request, account)),
  ],
  [
    'POST /v2/auth/r/movements/{currency}/hist',
    signedRoute('read', (request, account) =>
      movements(world, request, account, assetOfCode(segmentOf(request.path, 4))),
    ),
  ],
  [
    'POST /v2/auth/w/deposit/address',
    signedRoute('read', (request, account) => address(world, request, account)),
  ],
];

/** [type, currency, balance, unsettled interest, available, last change, details of it] */
const walletRows = (account: SandboxAccount) =>
  Object.entries(WALLET_TYPES).flatMap(([wallet, type]) =>
    [...account.wallets[wallet as Wallet]].map(([asset, holding]) => [
      type,
      venueCode(asset),
      bare(totalOf(holding)),
      0,
      bare(holding.free),
      null,
      null,
    ]),
  );

/** [scope, may read, may write] */
const permissionRows = (account: SandboxAccount) => {
  const right = (name: 'read' | 'trade' | 'withdraw'): number => (account.permissions.has(name) ? 1 : 0);
  return [
    ['account', right('read'), 0],
    ['history', right('read'), 0],
    ['orders', right('read'), right('trade')],
    ['positions', right('read'), right('trade')],
    ['funding', right('read'), 0],
    ['settings', 0, 0],
    ['wallets', right('read'), 0],
    ['withdraw', 0, right('withdraw')],
    ['ui_withdraw', 0, 0],
  ];
};

const positionRow = (account: SandboxAccount, position: Position) => [
  position.contract,
  'ACTIVE',
  bare(position.amount),
  bare(position.entryPrice),
  0,
  0,
  0,
  0,
  null,
  10,
  null,
  account.uid,
  account.openedAtMs,
  account.openedAtMs,
  null,
  1,
  null,
  bare(position.margin ?? '0'),
  0,
  { reason: 'TRADE', order_id: 0, trade_price: position.entryPrice, trade_amount: position.amount },
];

/** The parameters of a body; the venue takes numbers and texts alike. */
export const bodyOf = (request: VenueRequest): Readonly<Record<string, unknown>> => {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8') || '{}');
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

export const numberIn = (
  body: Readonly<Record<string, unknown>>,
  name: string,
  otherwise: number,
): number => {
  const value = body[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
};

/** Newest first. */
const movements = (world: World, request: VenueRequest, account: SandboxAccount, asset?: string): Answer => {
  const body = bodyOf(request);
  const query = {
    asset,
    fromMs: numberIn(body, 'start', 0),
    toMs: numberIn(body, 'end', Number.MAX_SAFE_INTEGER),
  };
  const rows = (['deposit', 'withdrawal'] as const)
    .flatMap((type) => listTransfers(account, { ...query, type }))
    .sort((a, b) => b.timeMs - a.timeMs)
    .slice(0, Math.min(numberIn(body, 'limit', DEFAULT_ROWS), MOST_ROWS));
  return bitfinexJson(rows.map((transfer) => movementRow(world, transfer)));
};

const STATUS = { pending: 'PENDING', done: 'COMPLETED', failed: 'CANCELED' } as const;

/** 22 columns; what left has a minus. */
const movementRow = (world: World, transfer: Transfer) => {
  const away = transfer.type === 'withdrawal';
  const fiat = world.assetByCode.get(transfer.asset)?.kind === 'fiat';
  return [
    transfer.id,
    venueCode(transfer.asset),
    fiat ? 'WIRE' : methodOf(transfer.asset, transfer.network),
    null,
    null,
    transfer.timeMs,
    transfer.timeMs,
    null,
    null,
    STATUS[transfer.status],
    null,
    null,
    away ? negated(transfer.amount) : bare(transfer.amount),
    negated(transfer.fee),
    null,
    null,
    transfer.address,
    null,
    null,
    null,
    transfer.txId,
    null,
  ];
};

/** The method says which asset is meant and over which chain it comes. */
const address = (world: World, request: VenueRequest, account: SandboxAccount): Answer => {
  const { method } = bodyOf(request);
  const wanted = typeof method === 'string' ? method.toUpperCase() : '';
  const found = findMethod(world.assets, wanted);
  if (found === undefined) return BAD_METHOD;
  const { address: text, tag } = depositAddress(account, found.network);
  const pool = tag === '' ? null : text;
  const content = [null, wanted, venueCode(found.asset.code), null, tag === '' ? text : tag, pool];
  return notification(request.nowMs, 'acc_dep', content, 'success');
};

const findMethod = (assets: readonly Asset[], method: string) => {
  for (const asset of assets) {
    const network = networksOf(asset).find(({ id }) => methodOf(asset.code, id) === method);
    if (network !== undefined) return { asset, network };
  }
  return undefined;
};
