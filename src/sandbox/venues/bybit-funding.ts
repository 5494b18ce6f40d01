/** Bybit: coins with their networks, deposit addresses, deposits and withdrawals. */
import type { Transfer } from '../account-activity.ts';
import { type AssetNetwork, depositAddress, networksOf } from '../asset-networks.ts';
import type { SandboxAccount } from '../ledger.ts';
import { type Span, spanOf, wholeOr } from '../request-parameters.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { type BybitBooks, badParameter, bybitOk } from './bybit-books.ts';

const MONTH_MS = 30 * 86_400_000;
const MOST_ROWS = 50;
/** Where the venue's name of a chain is not the usual one. */
const CHAIN_NAMES: Readonly<Record<string, string>> = { ARBITRUM: 'ARBI' };

export const bybitFundingRoutes = (
  world: World,
  books: BybitBooks,
): readonly (readonly [string, VenueRoute])[] => [
  [
    'GET /v5/asset/coin/query-info',
    signedRoute('read', (request) => bybitOk(request.nowMs, { rows: coins(world, books, request) })),
  ],
  [
    'GET /v5/asset/deposit/query-address',
    signedRoute('read', (request, account) => addresses(world, request, account)),
  ],
  [
    'GET /v5/asset/deposit/query-record',
    signedRoute('read', (request, account) => transfers(request, account, 'deposit')),
  ],
  [
    'GET /v5/asset/withdraw/query-record',
    signedRoute('read', (request, account) => transfers(request, account, 'withdrawal')),
  ],
];

const chainOf = (network: string): string => CHAIN_NAMES[network] ?? network;

const coins = (world: World, books: BybitBooks, request: VenueRequest) => {
  const wanted = parameters(request.query).get('coin');
  const codes = new Set(books.spot.feed.markets.flatMap(({ base, quote }) => [base.code, quote.code]));
  return [...codes]
    .filter((code) => wanted === undefined || wanted === code)
    .map((coin) => {
      const asset = world.assetByCode.get(coin);
      return {
        name: coin,
        coin,
        remainAmount: '500000000',
        chains: asset === undefined ? [] : networksOf(asset).map(chainRow),
      };
    });
};

const chainRow = (network: AssetNetwork) => ({
  chainType: network.name,
  confirmation: network.confirmations.toString(),
  withdrawFee: network.withdrawFee,
  depositMin: network.depositMin,
  withdrawMin: network.withdrawMin,
  chain: chainOf(network.id),
  chainDeposit: '1',
  chainWithdraw: '1',
  minAccuracy: '8',
  withdrawPercentageFee: '0',
  contractAddress: '',
});

const addresses = (world: World, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const coin = given.get('coin') ?? '';
  const asset = world.assetByCode.get(coin);
  if (asset === undefined) return badParameter(request.nowMs, 'coin');
  const chainType = given.get('chainType');
  const chains = networksOf(asset)
    .filter(({ id }) => chainType === undefined || chainOf(id) === chainType)
    .map((network) => {
      const { address, tag } = depositAddress(account, network);
      return {
        chainType: network.name,
        addressDeposit: address,
        tagDeposit: tag,
        chain: chainOf(network.id),
        batchReleaseLimit: '-1',
        contractAddress: '',
      };
    });
  return bybitOk(request.nowMs, { coin, chains });
};

/** Newest first; without a start the last thirty days. */
const transfers = (request: VenueRequest, account: SandboxAccount, type: Transfer['type']): Answer => {
  const given = parameters(request.query);
  const span: Span = spanOf(given.get('startTime'), given.get('endTime'), MONTH_MS, request.nowMs);
  if (span.toMs - span.fromMs > MONTH_MS)
    return badParameter(request.nowMs, 'The interval between startTime and endTime cannot exceed 30 days');
  const rows = [...listTransfers(account, { type, asset: given.get('coin'), ...span })].reverse();
  const limit = Math.min(wholeOr(given.get('limit'), MOST_ROWS), MOST_ROWS);
  const start = wholeOr(given.get('cursor'), 0);
  return bybitOk(request.nowMs, {
    rows: rows
      .slice(start, start + limit)
      .map((transfer) => (type === 'deposit' ? depositRow(transfer) : withdrawalRow(transfer))),
    nextPageCursor: start + limit < rows.length ? (start + limit).toString() : '',
  });
};

const common = (transfer: Transfer) => ({
  coin: transfer.asset,
  chain: chainOf(transfer.network),
  amount: transfer.amount,
  txID: transfer.txId,
  toAddress: transfer.address,
  tag: transfer.tag,
});

const DEPOSIT_STATES = { pending: 1, done: 3, failed: 4 } as const;
const WITHDRAWAL_STATES = { pending: 'Pending', done: 'success', failed: 'Fail' } as const;

const depositRow = (transfer: Transfer) => ({
  ...common(transfer),
  id: transfer.id.toString(),
  status: DEPOSIT_STATES[transfer.status],
  depositFee: '',
  successAt: transfer.timeMs.toString(),
  confirmations: '12',
  txIndex: '',
  blockHash: '',
  depositType: '0',
});

const withdrawalRow = (transfer: Transfer) => ({
  ...common(transfer),
  withdrawId: transfer.id.toString(),
  withdrawType: 0,
  withdrawFee: transfer.fee,
  status: WITHDRAWAL_STATES[transfer.status],
  createTime: transfer.timeMs.toString(),
  updateTime: transfer.timeMs.toString(),
});
