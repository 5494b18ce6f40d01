/** Gate: networks of a currency, deposit addresses, deposits and withdrawals. */
import { add } from '../../shared/money.ts';
import type { Transfer } from '../account-activity.ts';
import { type AssetNetwork, depositAddress, networksOf } from '../asset-networks.ts';
import type { SandboxAccount } from '../ledger.ts';
import { type Span, spanOf, wholeOr } from '../request-parameters.ts';
import { listTransfers } from '../transfers.ts';
import {
  type Answer,
  type VenueRequest,
  type VenueRoute,
  json,
  parameters,
  publicRoute,
  signedRoute,
} from '../venue.ts';
import type { World } from '../world.ts';
import { gateRefusal } from './gate-signature.ts';

const DAY_SECONDS = 86_400;
const MOST_ROWS = 1_000;
const UNKNOWN_CURRENCY = gateRefusal(400, 'INVALID_CURRENCY', 'Invalid currency');
/** Where the venue's name of a chain is not the usual one. */
const CHAIN_NAMES: Readonly<Record<string, string>> = { ARBITRUM: 'ARBEVM' };

export const chainOf = (network: string): string => CHAIN_NAMES[network] ?? network;

export const gateFundingRoutes = (world: World): readonly (readonly [string, VenueRoute])[] => {
  const networks = (request: VenueRequest): readonly AssetNetwork[] | undefined => {
    const asset = world.assetByCode.get(parameters(request.query).get('currency') ?? '');
    return asset === undefined ? undefined : networksOf(asset);
  };
  return [
    [
      'GET /api/v4/wallet/currency_chains',
      publicRoute((request) => {
        const found = networks(request);
        return found === undefined ? UNKNOWN_CURRENCY : json(200, found.map(chainRow));
      }),
    ],
    [
      'GET /api/v4/wallet/deposit_address',
      signedRoute('read', (request, account) => {
        const found = networks(request);
        return found === undefined ? UNKNOWN_CURRENCY : addresses(request, account, found);
      }),
    ],
    [
      'GET /api/v4/wallet/deposits',
      signedRoute('read', (request, account) => transfers(request, account, 'deposit')),
    ],
    [
      'GET /api/v4/wallet/withdrawals',
      signedRoute('read', (request, account) => transfers(request, account, 'withdrawal')),
    ],
  ];
};

const chainRow = (network: AssetNetwork) => ({
  chain: chainOf(network.id),
  name_en: network.name,
  contract_address: '',
  is_disabled: 0,
  is_deposit_disabled: 0,
  is_withdraw_disabled: 0,
  decimal: '8',
  is_tag: network.needsTag ? 1 : 0,
});

const addresses = (
  request: VenueRequest,
  account: SandboxAccount,
  networks: readonly AssetNetwork[],
): Answer => {
  const chains = networks.map((network) => {
    const { address, tag } = depositAddress(account, network);
    return {
      chain: chainOf(network.id),
      address,
      payment_id: tag,
      payment_name: tag === '' ? '' : 'Tag',
      obtain_failed: 0,
    };
  });
  return json(200, {
    currency: parameters(request.query).get('currency'),
    address: chains[0]?.address ?? '',
    multichain_addresses: chains,
  });
};

/** The venue counts in seconds. Without a start it looks back `usualDays`. */
export const secondsSpan = (given: ReadonlyMap<string, string>, usualDays: number, nowMs: number): Span => {
  const days = given.has('from') ? 30 : usualDays;
  const now = Math.floor(nowMs / 1_000) + 1;
  const { fromMs, toMs } = spanOf(given.get('from'), given.get('to'), days * DAY_SECONDS, now);
  return { fromMs: fromMs * 1_000, toMs: toMs * 1_000 };
};

const STATES = { pending: 'PEND', done: 'DONE', failed: 'FAIL' } as const;

/** Newest first. */
const transfers = (request: VenueRequest, account: SandboxAccount, type: Transfer['type']): Answer => {
  const given = parameters(request.query);
  const span = secondsSpan(given, 7, request.nowMs);
  const limit = Math.min(wholeOr(given.get('limit'), 100), MOST_ROWS);
  const start = wholeOr(given.get('offset'), 0);
  const rows = [...listTransfers(account, { type, asset: given.get('currency'), ...span })].reverse();
  return json(
    200,
    rows.slice(start, start + limit).map((transfer) => ({
      id: `${type === 'deposit' ? 'd' : 'w'}${transfer.id}`,
      currency: transfer.asset,
      chain: chainOf(transfer.network),
      // Of a withdrawal: with the fee.
      amount: add(transfer.amount, transfer.fee),
      fee: transfer.fee,
      txid: transfer.txId,
      address: transfer.address,
      memo: transfer.tag,
      status: STATES[transfer.status],
      timestamp: Math.floor(transfer.timeMs / 1_000).toString(),
    })),
  );
};
