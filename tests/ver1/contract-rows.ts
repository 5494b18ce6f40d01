/** Section 3 of the /ver1 contract, row by row, written by hand: scope, parameters with defaults, status and answer. */
import { object, oneOf, orNull, type Shape } from '../contracts/answer-shape.ts';
import {
  ACCOUNT,
  ACCOUNT_WITH_PORTFOLIO,
  BALANCE_CHART,
  DEPOSIT,
  LEVERAGE,
  LEVERAGED_RATES,
  MARKET_LIST,
  NETWORKS,
  PIE,
  RATES,
  SUMMARY,
  TABLE,
  TRADING_ENTITIES,
  TYPES_TO_CONNECT,
  volume,
} from './contract-shapes.ts';

export interface ContractRow {
  readonly method: 'GET' | 'POST';
  /** Without the prefix. */
  readonly path: string;
  /** `signed`: any key. */
  readonly scope: 'ACCOUNTS_READ' | 'ACCOUNTS_WRITE' | 'signed' | 'public';
  /** `name*` is required, `name=1` has a default. */
  readonly parameters: readonly string[];
  readonly status: 200 | 201;
  readonly answer: Shape;
  /** Good values; those in the path are the account of `on`. */
  readonly sample: Readonly<Record<string, unknown>>;
  /** Which account the path names: the one with contracts for leverage, a new one for what changes it. */
  readonly on?: 'stored' | 'futures' | 'new' | 'summary';
}

const R = 'ACCOUNTS_READ';
const W = 'ACCOUNTS_WRITE';
const NOTHING = {};
const KEYS = ['api_key', 'secret', 'address', 'customer_id', 'passphrase', 'subaccount_name'];

const get = (
  path: string,
  scope: ContractRow['scope'],
  parameters: readonly string[],
  answer: Shape,
  more: Partial<ContractRow> = {},
): ContractRow => ({
  method: 'GET',
  path: `/ver1/${path}`,
  scope,
  parameters,
  status: 200,
  answer,
  sample: NOTHING,
  ...more,
});

/** Answers 201 but for questions that a row calls the same as their GET. */
const post = (...[path, scope, parameters, answer, more]: Parameters<typeof get>): ContractRow => ({
  ...get(path, scope, parameters, answer, { status: 201, ...more }),
  method: 'POST',
});

const BTC = { pair: 'USDT_BTC', market_code: 'binance' };
const MONTH = new Date().toISOString().slice(0, 7);
const TODAY = new Date().toISOString().slice(0, 10);
// The last two as some exchanges need them to prove a key.
const TYPES_PARAMETERS = ['type*', 'name*', 'api_key', 'secret', 'passphrase', 'customer_id'];
const TYPES = { sample: { type: 'binance', name: 'Any name' }, status: 200 } as const;
const FUTURES = { sample: { pair: 'USDT_BTCUSDT' }, on: 'futures', status: 200 } as const;
const FROM = { sample: { date_from: '2020-01-01T00:00:00.000Z' } };

export const CONTRACT_ROWS: readonly ContractRow[] = [
  post('accounts/new', W, ['type*', 'name*', ...KEYS, 'types_to_create'], ACCOUNT, {
    sample: { type: 'paper_trading', name: 'Paper' },
  }),
  post('accounts/update', W, ['account_id*', 'name', ...KEYS, 'include_in_summary'], ACCOUNT, {
    sample: { name: 'Updated' },
    on: 'new',
  }),
  get('accounts/types_to_connect', 'signed', TYPES_PARAMETERS, TYPES_TO_CONNECT, TYPES),
  post('accounts/types_to_connect', 'signed', TYPES_PARAMETERS, TYPES_TO_CONNECT, TYPES),
  get('accounts', R, ['api_key', 'page=1', 'per_page=100'], [ACCOUNT]),
  get('accounts/{account_id}', R, ['account_id*'], ACCOUNT_WITH_PORTFOLIO),
  get('accounts/summary', R, [], SUMMARY),
  post('accounts/{account_id}/rename', W, ['account_id*', 'name*'], ACCOUNT, {
    sample: { name: 'Renamed' },
    on: 'new',
  }),
  post('accounts/{account_id}/remove', W, ['account_id*'], 'true', { on: 'new' }),
  post('accounts/{account_id}/load_balances', R, ['account_id*'], ACCOUNT),
  post('accounts/{account_id}/pie_chart_data', R, ['account_id*'], PIE),
  post('accounts/{account_id}/pie_chart_data', R, ['account_id*'], PIE, { on: 'summary' }),
  post('accounts/{account_id}/account_table_data', R, ['account_id*'], TABLE),
  post('accounts/{account_id}/account_table_data', R, ['account_id*'], TABLE, { on: 'summary' }),
  get(
    'accounts/{account_id}/balance_chart_data',
    R,
    ['account_id*', 'date_from*', 'date_to'],
    BALANCE_CHART,
    FROM,
  ),
  get(
    'accounts/{account_id}/balance_chart_data',
    R,
    ['account_id*', 'date_from*', 'date_to'],
    BALANCE_CHART,
    {
      ...FROM,
      on: 'summary',
    },
  ),
  get('accounts/{account_id}/leverage_data', R, ['account_id*', 'pair*'], LEVERAGE, FUTURES),
  post('accounts/{account_id}/leverage_data', R, ['account_id*', 'pair*'], LEVERAGE, FUTURES),
  get('accounts/{account_id}/active_trading_entities', R, ['account_id*'], TRADING_ENTITIES),
  get('accounts/{account_id}/deposit_data', R, ['account_id*', 'currency*', 'network*'], DEPOSIT, {
    sample: { currency: 'BTC', network: 'BTC' },
  }),
  get('accounts/{account_id}/networks_info', R, ['account_id*', 'currency*', 'purpose'], NETWORKS, {
    sample: { currency: 'BTC', purpose: 'deposit' },
  }),
  get('accounts/{account_id}/volume/daily', R, ['account_id*', 'date'], volume('utc_date'), {
    sample: { date: TODAY },
  }),
  get('accounts/{account_id}/volume/monthly', R, ['account_id*', 'month'], volume('utc_month'), {
    sample: { month: MONTH },
  }),
  get('accounts/{account_id}/volume/total', R, ['account_id*'], volume(undefined)),
  get('accounts/market_list', 'public', [], MARKET_LIST),
  get('accounts/market_pairs', 'public', ['market_code'], ['string']),
  get('accounts/currency_rates', 'public', ['market_code', 'pair*', 'limit_type'], RATES, { sample: BTC }),
  get('accounts/currency_rates_with_leverage_data', 'public', ['market_code*', 'pair*'], LEVERAGED_RATES, {
    sample: BTC,
  }),
  get('ping', 'public', [], object({ pong: oneOf('pong') })),
  get('time', 'public', [], object({ server_time: 'integer' })),
  get('validate', 'signed', [], object({ valid: 'true' })),
  get('users/current_mode', R, [], object({ mode: oneOf('real', 'paper') })),
  post('users/change_mode', W, ['mode*'], 'true', { sample: { mode: 'real' } }),
  get(
    'users/permissions_info',
    'signed',
    [],
    object({
      permissions: ['string'],
      mode: oneOf('real', 'paper'),
      algorithm: 'string',
      profile: oneOf('legacy', 'strict', 'rfc9421'),
      ip_whitelist: ['string'],
      expires_at: 'moment?',
      // Beside the contract's: null means every account.
      allowed_account_ids: orNull(['integer']),
    }),
  ),
];

/** Rows of routes that are a piece of work of their own. */
export const LATER: readonly string[] = [
  '/ver1/accounts/{account_id}/sell_all_to_usd',
  '/ver1/accounts/{account_id}/sell_all_to_btc',
  '/ver1/accounts/{account_id}/convert_dust_to_bnb',
];
