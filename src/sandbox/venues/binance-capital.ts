/** Binance and Binance.US: coins with their networks, deposit addresses, histories of deposits and withdrawals. */
import type { Transfer } from '../account-activity.ts';
import { type AssetNetwork, depositAddress, networksOf } from '../asset-networks.ts';
import type { Asset } from '../asset-universe.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { whole } from './binance-orders.ts';
import { missing, refusal } from './binance-signature.ts';

const DAY_MS = 86_400_000;
/** The histories reach this far in one request. */
const WINDOW_MS = 90 * DAY_MS;
const MOST_ROWS = 1_000;

const NO_SUCH_COIN = refusal(400, -4018, "We don't have this asset.");
const NO_DEPOSITS = refusal(400, -4019, 'Current asset is not open for deposit.');
const WINDOW_TOO_LONG = refusal(400, -1127, 'The time between startTime and endTime must be within 90 days.');

export const capitalRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const assets = new Map<string, Asset>(
    feed.markets.flatMap(({ base, quote }): [string, Asset][] => [
      [base.code, base],
      [quote.code, quote],
    ]),
  );
  const rowsOf = new Map([...assets].map(([code, asset]) => [code, networksOf(asset).map(networkRow)]));

  const coins = (_: VenueRequest, account: SandboxAccount): Answer =>
    json(
      200,
      [...assets.values()].map((asset) => coinRow(asset, account, rowsOf.get(asset.code) ?? [])),
    );

  const address = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = parameters(request.query);
    const coin = given.get('coin');
    if (coin === undefined) return missing('coin');
    const asset = assets.get(coin);
    if (asset === undefined) return NO_SUCH_COIN;
    const name = given.get('network');
    const network = networksOf(asset).find((each) =>
      name === undefined ? each.isDefault : each.id === name,
    );
    if (network === undefined) return NO_DEPOSITS;
    const { address: text, tag } = depositAddress(account, network);
    return json(200, { coin, address: text, tag, url: '' });
  };

  return [
    ['GET /sapi/v1/capital/config/getall', signedRoute('read', coins)],
    ['GET /sapi/v1/capital/deposit/address', signedRoute('read', address)],
    [
      'GET /sapi/v1/capital/deposit/hisrec',
      signedRoute('read', (request, account) => history(request, account, 'deposit')),
    ],
    [
      'GET /sapi/v1/capital/withdraw/history',
      signedRoute('read', (request, account) => history(request, account, 'withdrawal')),
    ],
  ];
};

/** Newest first; the last 90 days when no time is given. */
const history = (request: VenueRequest, account: SandboxAccount, type: Transfer['type']): Answer => {
  const given = parameters(request.query);
  const toMs = whole(given.get('endTime'), request.nowMs);
  const fromMs = whole(given.get('startTime'), toMs - WINDOW_MS);
  if (toMs - fromMs > WINDOW_MS) return WINDOW_TOO_LONG;
  const status = given.get('status');
  const rows = listTransfers(account, { type, asset: given.get('coin'), fromMs, toMs })
    .map((transfer) => (type === 'deposit' ? depositRow(transfer) : withdrawalRow(transfer)))
    .filter((each) => status === undefined || each.status.toString() === status)
    .reverse();
  const offset = whole(given.get('offset'), 0);
  const limit = Math.min(whole(given.get('limit'), MOST_ROWS), MOST_ROWS);
  return json(200, rows.slice(offset, offset + limit));
};

const DEPOSIT_STATUS = { pending: 0, done: 1, failed: 2 } as const;
const WITHDRAWAL_STATUS = { pending: 4, done: 6, failed: 5 } as const;

const depositRow = (transfer: Transfer) => ({
  id: transfer.id.toString(),
  amount: transfer.amount,
  coin: transfer.asset,
  network: transfer.network,
  status: DEPOSIT_STATUS[transfer.status],
  address: transfer.address,
  addressTag: transfer.tag,
  txId: transfer.txId,
  insertTime: transfer.timeMs,
  transferType: 0,
  confirmTimes: transfer.status === 'done' ? '12/12' : '1/12',
  unlockConfirm: 0,
  walletType: 0,
});

const withdrawalRow = (transfer: Transfer) => ({
  id: transfer.id.toString(16).padStart(32, '0'),
  amount: transfer.amount,
  transactionFee: transfer.fee,
  coin: transfer.asset,
  status: WITHDRAWAL_STATUS[transfer.status],
  address: transfer.address,
  addressTag: transfer.tag,
  txId: transfer.txId,
  applyTime: new Date(transfer.timeMs).toISOString().slice(0, 19).replace('T', ' '),
  network: transfer.network,
  transferType: 0,
  info: '',
  confirmNo: 12,
  walletType: 0,
  txKey: '',
});

const coinRow = (asset: Asset, account: SandboxAccount, networkList: readonly unknown[]) => {
  const holding = account.wallets.spot.get(asset.code);
  return {
    coin: asset.code,
    name: asset.code,
    depositAllEnable: true,
    withdrawAllEnable: true,
    trading: true,
    isLegalMoney: asset.kind === 'fiat',
    free: holding?.free ?? '0',
    locked: holding?.locked ?? '0',
    freeze: '0',
    withdrawing: '0',
    ipoing: '0',
    ipoable: '0',
    storage: '0',
    networkList,
  };
};

const networkRow = (network: AssetNetwork) => ({
  network: network.id,
  name: network.name,
  isDefault: network.isDefault,
  depositEnable: true,
  withdrawEnable: true,
  depositDesc: '',
  withdrawDesc: '',
  specialTips: network.needsTag ? 'Both a memo and an address are needed.' : '',
  addressRegex: network.addressPattern,
  memoRegex: network.tagPattern,
  withdrawFee: network.withdrawFee,
  withdrawMin: network.withdrawMin,
  withdrawMax: '9999999',
  depositDust: network.depositMin,
  withdrawIntegerMultiple: '0.00000001',
  minConfirm: network.confirmations,
  unLockConfirm: 0,
  sameAddress: network.needsTag,
  estimatedArrivalTime: 2,
  busy: false,
  contractAddressUrl: '',
  contractAddress: '',
});
