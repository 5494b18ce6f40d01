/** Coinbase Advanced: signed calls about an account (wallets, the key's rights, fees, transfers, addresses). */
import type { Transfer } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import { segmentOf } from '../route-table.ts';
import { stableUuid } from '../stable-uuid.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { advancedRefusal } from './coinbase-advanced-signature.ts';
import { addressRows, bankTransferRow, bothWays, transactionRow } from './coinbase-advanced-transfers.ts';
import { type CoinbaseWallet, isoTime, walletsOf } from './coinbase-names.ts';

const DEFAULT_PAGE = 49;
const MOST_PAGE = 250;
const UNKNOWN_WALLET = advancedRefusal(404, 'NOT_FOUND', 'account not found');
const UNKNOWN_WALLET_V2 = json(404, { errors: [{ id: 'not_found', message: 'Not found' }] });

export const coinbaseAdvancedAccountRoutes = (world: World): readonly (readonly [string, VenueRoute])[] => {
  const wallets = (account: SandboxAccount) => walletsOf(account, world.assetByCode);

  /** The wallet that the third segment of a v2 path names, by its id or its asset. */
  const ofWallet = (render: (wallet: CoinbaseWallet, account: SandboxAccount) => unknown): VenueRoute =>
    signedRoute('read', (request, account) => {
      const id = segmentOf(request.path, 2);
      const wallet = wallets(account).find((found) => found.id === id || found.asset.code === id);
      return wallet === undefined ? UNKNOWN_WALLET_V2 : json(200, render(wallet, account));
    });

  const transfers = (
    kept: (transfer: Transfer, fiat: boolean) => boolean,
    row: (account: SandboxAccount, wallet: CoinbaseWallet, transfer: Transfer) => object,
  ): VenueRoute =>
    ofWallet((wallet, account) => {
      const fiat = wallet.asset.kind === 'fiat';
      const rows = [...bothWays(account, wallet.asset.code)]
        .reverse()
        .filter((transfer) => kept(transfer, fiat))
        .map((transfer) => row(account, wallet, transfer));
      return listV2(rows);
    });

  return [
    [
      'GET /api/v3/brokerage/accounts',
      signedRoute('read', (request, account) => page(request, account, wallets(account))),
    ],
    [
      'GET /api/v3/brokerage/accounts/{account_uuid}',
      signedRoute('read', (request, account) => {
        const wallet = wallets(account).find(({ id }) => id === segmentOf(request.path, 4));
        return wallet === undefined ? UNKNOWN_WALLET : json(200, { account: walletRow(account, wallet) });
      }),
    ],
    [
      'GET /api/v3/brokerage/key_permissions',
      signedRoute(null, (_, account) => json(200, keyPermissions(account))),
    ],
    ['GET /api/v3/brokerage/portfolios', signedRoute('read', (_, account) => json(200, portfolios(account)))],
    ['GET /api/v3/brokerage/transaction_summary', signedRoute('read', () => json(200, FEES))],
    [
      'GET /v2/accounts',
      signedRoute('read', (_, account) =>
        json(200, listV2(wallets(account).map((wallet) => walletRowV2(account, wallet)))),
      ),
    ],
    ['GET /v2/accounts/{account_id}/transactions', transfers(() => true, transactionRow)],
    [
      'GET /v2/accounts/{account_id}/deposits',
      transfers(({ type }, fiat) => fiat && type === 'deposit', bankTransferRow),
    ],
    [
      'GET /v2/accounts/{account_id}/withdrawals',
      transfers(({ type }, fiat) => fiat && type === 'withdrawal', bankTransferRow),
    ],
    [
      'GET /v2/accounts/{account_id}/addresses',
      ofWallet((wallet, account) => listV2(addressRows(wallet, account))),
    ],
    [
      'POST /v2/accounts/{account_id}/addresses',
      ofWallet((wallet, account) => ({ data: addressRows(wallet, account)[0] ?? null })),
    ],
  ];
};

/** The cursor is the id of the last wallet of the page before. */
const page = (request: VenueRequest, account: SandboxAccount, wallets: readonly CoinbaseWallet[]): Answer => {
  const given = parameters(request.query);
  const limit = given.get('limit') ?? '';
  const size = /^[1-9]\d{0,3}$/.test(limit) ? Math.min(Number(limit), MOST_PAGE) : DEFAULT_PAGE;
  const cursor = given.get('cursor') ?? '';
  const start = cursor === '' ? 0 : wallets.findIndex(({ id }) => id === cursor) + 1;
  const rows = wallets.slice(start, start + size);
  const more = start + size < wallets.length;
  return json(200, {
    accounts: rows.map((wallet) => walletRow(account, wallet)),
    has_next: more,
    cursor: more ? (rows.at(-1)?.id ?? '') : '',
    size: rows.length,
  });
};

const walletRow = (account: SandboxAccount, { id, asset, holding }: CoinbaseWallet) => ({
  uuid: id,
  name: `${asset.code} Wallet`,
  currency: asset.code,
  available_balance: { value: holding.free, currency: asset.code },
  default: true,
  active: true,
  created_at: isoTime(account.openedAtMs),
  updated_at: isoTime(account.openedAtMs),
  deleted_at: null,
  type: asset.kind === 'fiat' ? 'ACCOUNT_TYPE_FIAT' : 'ACCOUNT_TYPE_CRYPTO',
  ready: true,
  hold: { value: holding.locked, currency: asset.code },
  retail_portfolio_id: portfolioOf(account),
  platform: 'ACCOUNT_PLATFORM_CONSUMER',
});

const walletRowV2 = (account: SandboxAccount, { id, asset, holding }: CoinbaseWallet) => ({
  id,
  name: `${asset.code} Wallet`,
  primary: asset.code === 'BTC',
  type: asset.kind === 'fiat' ? 'fiat' : 'wallet',
  currency: { code: asset.code, name: asset.code, type: asset.kind === 'fiat' ? 'fiat' : 'crypto' },
  balance: { amount: holding.free, currency: asset.code },
  created_at: isoTime(account.openedAtMs),
  updated_at: isoTime(account.openedAtMs),
  resource: 'account',
  resource_path: `/v2/accounts/${id}`,
  allow_deposits: true,
  allow_withdrawals: true,
});

const portfolioOf = (account: SandboxAccount): string => stableUuid(`portfolio\n${account.keys.api_key}`);

const portfolios = (account: SandboxAccount) => ({
  portfolios: [{ name: 'Default', uuid: portfolioOf(account), type: 'DEFAULT', deleted: false }],
});

const keyPermissions = (account: SandboxAccount) => ({
  can_view: account.permissions.has('read'),
  can_trade: account.permissions.has('trade'),
  can_transfer: account.permissions.has('withdraw'),
  portfolio_uuid: portfolioOf(account),
  portfolio_type: 'DEFAULT',
});

const FEES = {
  total_volume: 0,
  total_fees: 0,
  fee_tier: {
    pricing_tier: 'Advanced 1',
    usd_from: '0',
    usd_to: '1000',
    taker_fee_rate: '0.001',
    maker_fee_rate: '0.001',
    aop_from: '',
    aop_to: '',
  },
  margin_rate: null,
  goods_and_services_tax: null,
  advanced_trade_only_volume: 0,
  advanced_trade_only_fees: 0,
  coinbase_pro_volume: 0,
  coinbase_pro_fees: 0,
  total_balance: '',
  has_promo_fee: false,
};

const listV2 = (data: readonly unknown[]) => ({
  pagination: {
    ending_before: null,
    starting_after: null,
    previous_ending_before: null,
    next_starting_after: null,
    limit: 100,
    order: 'desc',
    previous_uri: null,
    next_uri: null,
  },
  data,
});
