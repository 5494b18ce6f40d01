/** Gate: signed reads of an account (key rights, spot wallet, spot trades). */
import type { SandboxAccount } from '../ledger.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { type GateBooks, pairOf } from './gate-books.ts';
import { tradePage } from './gate-trades.ts';

/** An address of the documentation range, shown when the key is bound to one. */
const BOUND_ADDRESS = '203.0.113.7';
const SHOWN_OF_KEY = 12;

export const gateAccountRoutes = (books: GateBooks): readonly (readonly [string, VenueRoute])[] => [
  ['GET /api/v4/account/detail', signedRoute(null, (_, account) => json(200, detail(account)))],
  ['GET /api/v4/account/main_keys', signedRoute(null, (_, account) => json(200, mainKeys(account)))],
  ['GET /api/v4/spot/accounts', signedRoute('read', spotAccounts)],
  ['GET /api/v4/margin/accounts', signedRoute('read', () => json(200, []))],
  [
    'GET /api/v4/spot/my_trades',
    signedRoute('read', (request, account) => spotTrades(books, request, account)),
  ],
];

const addressesOf = (account: SandboxAccount): readonly string[] =>
  account.ipRestricted ? [BOUND_ADDRESS] : [];

const detail = (account: SandboxAccount) => ({
  user_id: account.uid,
  ip_whitelist: addressesOf(account),
  currency_pairs: [],
  copy_trading_role: 0,
  tier: 1,
  key: { mode: 1 },
});

/** All keys of the account, only the start of each to be seen: this one, and one of another program. */
const mainKeys = (account: SandboxAccount) => {
  const may = (right: 'read' | 'trade' | 'withdraw'): boolean => account.permissions.has(right);
  const area = (name: string) => (may('read') || may('trade') ? [{ name, read_only: !may('trade') }] : []);
  const common = {
    state: 1,
    mode: 1,
    user_id: account.uid,
    currency_pairs: [],
    created_at: Math.floor(account.openedAtMs / 1_000),
    update_at: Math.floor(account.openedAtMs / 1_000),
    last_access: Math.floor(account.openedAtMs / 1_000),
  };
  return [
    {
      ...common,
      name: 'another program',
      ip_whitelist: [],
      perms: [{ name: 'withdrawal', read_only: false }],
      key: `zzzzzzzzzzzz${'*'.repeat(20)}`,
    },
    {
      ...common,
      name: 'sandbox',
      ip_whitelist: addressesOf(account),
      perms: [
        ...area('spot'),
        ...area('futures'),
        ...(may('read') ? [{ name: 'wallet', read_only: true }] : []),
        ...(may('withdraw') ? [{ name: 'withdrawal', read_only: false }] : []),
      ],
      key: account.keys.api_key.slice(0, SHOWN_OF_KEY).padEnd(account.keys.api_key.length, '*'),
    },
  ];
};

const spotAccounts = (request: VenueRequest, account: SandboxAccount): Answer => {
  const wanted = parameters(request.query).get('currency');
  const rows = [...account.wallets.spot]
    .filter(([currency]) => wanted === undefined || wanted === currency)
    .map(([currency, { free, locked }]) => ({ currency, available: free, locked, update_id: 1 }));
  return json(200, rows);
};

const spotTrades = ({ spot }: GateBooks, request: VenueRequest, account: SandboxAccount): Answer =>
  json(
    200,
    tradePage(tradesOf(account, spot.feed), 'currency_pair', request).map((trade) => ({
      id: trade.id.toString(),
      create_time: Math.floor(trade.timeMs / 1_000).toString(),
      create_time_ms: `${trade.timeMs}.000000`,
      currency_pair: pairOf(trade.market),
      side: trade.side,
      role: trade.maker ? 'maker' : 'taker',
      amount: trade.amount,
      price: trade.price,
      order_id: trade.orderId.toString(),
      fee: trade.fee,
      fee_currency: trade.feeAsset,
      point_fee: '0',
      gt_fee: '0',
      amend_text: '-',
      sequence_id: trade.id.toString(),
      text: '-',
    })),
  );
