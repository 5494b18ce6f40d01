/** Coinbase Exchange: signed calls about an account (wallets, fees, transfers, deposit addresses). */
import { add } from '../../shared/money.ts';
import type { Transfer } from '../account-activity.ts';
import { depositAddress, networksOf } from '../asset-networks.ts';
import type { SandboxAccount } from '../ledger.ts';
import { segmentOf } from '../route-table.ts';
import { stableUuid } from '../stable-uuid.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { type CoinbaseWallet, chainName, chainOf, walletsOf } from './coinbase-names.ts';
import { coinbaseRefusal } from './coinbase-signature.ts';

const MOST_ROWS = 100;
const UNKNOWN_ACCOUNT = coinbaseRefusal(404, 'NotFound');
const NO_ADDRESS = coinbaseRefusal(400, 'no address can be made for this currency');

export const coinbaseAccountRoutes = (world: World): readonly (readonly [string, VenueRoute])[] => {
  const wallets = (account: SandboxAccount) => walletsOf(account, world.assetByCode);
  const walletAt = (request: VenueRequest, account: SandboxAccount): CoinbaseWallet | undefined =>
    wallets(account).find(({ id }) => id === segmentOf(request.path, 1));

  return [
    [
      'GET /accounts',
      signedRoute('read', (_, account) =>
        json(
          200,
          wallets(account).map((wallet) => walletRow(account, wallet)),
        ),
      ),
    ],
    [
      'GET /accounts/{id}',
      signedRoute('read', (request, account) => {
        const wallet = walletAt(request, account);
        return wallet === undefined ? UNKNOWN_ACCOUNT : json(200, walletRow(account, wallet));
      }),
    ],
    [
      'GET /accounts/{id}/transfers',
      signedRoute('read', (request, account) => {
        const wallet = walletAt(request, account);
        return wallet === undefined ? UNKNOWN_ACCOUNT : transfers(request, account, [wallet]);
      }),
    ],
    [
      'GET /transfers',
      signedRoute('read', (request, account) => transfers(request, account, wallets(account))),
    ],
    [
      'GET /fees',
      signedRoute('read', () =>
        json(200, { maker_fee_rate: '0.001', taker_fee_rate: '0.001', usd_volume: '0' }),
      ),
    ],
    [
      'GET /profiles',
      signedRoute('read', (_, account) =>
        json(200, [{ id: profileOf(account), name: 'default', active: true, is_default: true }]),
      ),
    ],
    [
      'GET /coinbase-accounts',
      signedRoute('read', (_, account) => json(200, wallets(account).map(coinbaseAccountRow))),
    ],
    [
      'POST /coinbase-accounts/{id}/addresses',
      signedRoute('read', (request, account) => address(walletAt(request, account), account)),
    ],
  ];
};

const profileOf = (account: SandboxAccount): string => stableUuid(`profile\n${account.keys.api_key}`);

const walletRow = (account: SandboxAccount, { id, asset, holding }: CoinbaseWallet) => ({
  id,
  currency: asset.code,
  balance: add(holding.free, holding.locked),
  hold: holding.locked,
  available: holding.free,
  profile_id: profileOf(account),
  trading_enabled: true,
  pending_deposit: '0',
  display_name: asset.code,
});

const coinbaseAccountRow = ({ id, asset, holding }: CoinbaseWallet) => ({
  id,
  name: `${asset.code} Wallet`,
  balance: holding.free,
  currency: asset.code,
  type: asset.kind === 'fiat' ? 'fiat' : 'wallet',
  primary: asset.code === 'BTC',
  active: true,
  available_on_consumer: true,
});

/** Newest first, at most 100; `after` a time means older than it. */
const transfers = (
  request: VenueRequest,
  account: SandboxAccount,
  wallets: readonly CoinbaseWallet[],
): Answer => {
  const given = parameters(request.query);
  const wanted = given.get('type');
  const before = Date.parse((given.get('after') ?? '').replace(' ', 'T').replace(/\+00$/, 'Z'));
  const toMs = Number.isNaN(before) ? Number.MAX_SAFE_INTEGER : before - 1;
  const rows = wallets.flatMap((wallet) =>
    (['deposit', 'withdrawal'] as const)
      .filter((type) => wanted === undefined || wanted === WIRE_TYPES[type])
      .flatMap((type) => listTransfers(account, { type, asset: wallet.asset.code, toMs }))
      .map((transfer) => ({ timeMs: transfer.timeMs, row: transferRow(account, wallet, transfer) })),
  );
  rows.sort((a, b) => b.timeMs - a.timeMs);
  return json(
    200,
    rows.slice(0, MOST_ROWS).map(({ row }) => row),
  );
};

const WIRE_TYPES = { deposit: 'deposit', withdrawal: 'withdraw' } as const;

/** `2022-12-21 00:48:45.477+00`, the venue's own form. */
const databaseTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '+00');

const transferRow = (account: SandboxAccount, wallet: CoinbaseWallet, transfer: Transfer) => {
  const away = transfer.type === 'withdrawal';
  const at = databaseTime(transfer.timeMs);
  return {
    id: stableUuid(`transfer\n${transfer.id}`),
    type: WIRE_TYPES[transfer.type],
    created_at: at,
    completed_at: transfer.status === 'done' ? at : null,
    canceled_at: null,
    processed_at: transfer.status === 'pending' ? null : at,
    account_id: wallet.id,
    user_id: stableUuid(`user\n${account.uid}`),
    // Of a withdrawal with its fee.
    amount: away ? add(transfer.amount, transfer.fee) : transfer.amount,
    details: {
      network: chainName(transfer.network),
      crypto_address: away ? '' : transfer.address,
      ...(away && { sent_to_address: transfer.address, fee: transfer.fee }),
      crypto_transaction_hash: transfer.txId,
      ...(transfer.tag !== '' && { destination_tag: transfer.tag }),
    },
    user_nonce: null,
    idem: stableUuid(`idem\n${transfer.id}`),
    profile_id: profileOf(account),
    currency: wallet.asset.code,
  };
};

const address = (wallet: CoinbaseWallet | undefined, account: SandboxAccount): Answer => {
  if (wallet === undefined) return UNKNOWN_ACCOUNT;
  const [network] = networksOf(wallet.asset);
  if (network === undefined) return NO_ADDRESS;
  const { address: text, tag } = depositAddress(account, network);
  return json(200, {
    id: stableUuid(`address\n${account.keys.api_key}\n${wallet.asset.code}`),
    address: text,
    address_info: { address: text, ...(tag !== '' && { destination_tag: tag }) },
    name: 'New exchange deposit address',
    network: chainOf(network),
    resource: 'address',
    exchange_deposit_address: true,
    ...(tag !== '' && { destination_tag: tag }),
  });
};
