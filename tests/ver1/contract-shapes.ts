/** The answers of /ver1 as section 3 of the contract lists them; the Account entity in the key order of section 4. */
import { object, oneOf, ordered, orNull, type Shape } from '../contracts/answer-shape.ts';

const usd = object({ currency: oneOf('USD'), amount: 'decimal' });

const account = {
  id: 'integer',
  name: 'string',
  exchange_name: 'string',
  market_icon: 'string',
  market_code: 'string',
  auto_balance_period: 'integer',
  auto_balance_portfolio_id: 'integer?',
  auto_balance_currency_change_limit: 'decimal?',
  auto_balance_method: oneOf('time', 'currency_change', null),
  autobalance_enabled: 'boolean',
  auto_balance_error: 'string?',
  last_auto_balance: 'moment?',
  hedge_mode_available: 'boolean',
  hedge_mode_enabled: 'boolean',
  is_locked: 'boolean',
  lock_reason: 'string?',
  smart_trading_supported: 'boolean',
  stats_supported: 'boolean',
  trading_supported: 'boolean',
  market_buy_supported: 'boolean',
  market_sell_supported: 'boolean',
  conditional_buy_supported: 'boolean',
  bots_allowed: 'boolean',
  bots_ttp_allowed: 'boolean',
  bots_tsl_allowed: 'boolean',
  gordon_bots_available: 'boolean',
  multi_bots_allowed: 'boolean',
  available_for_trading: object({}),
  fast_convert_available: 'boolean',
  grid_bots_allowed: 'boolean',
  api_key: 'string',
  api_key_invalid: 'boolean',
  api_keys_state: oneOf('ok', 'expired', 'expire_soon'),
  deposit_enabled: 'boolean',
  available_include_in_summary: 'boolean',
  include_in_summary: 'boolean',
  supported_market_types: ['string'],
  customer_id: 'string?',
  subaccount_name: 'string?',
  // The twelve: strings up to the day's profit, numbers from there; none is ever null.
  btc_amount: 'decimal',
  usd_amount: 'decimal',
  day_profit_btc: 'decimal',
  day_profit_usd: 'decimal',
  day_profit_btc_percentage: 'number',
  day_profit_usd_percentage: 'number',
  btc_profit: 'number',
  usd_profit: 'number',
  btc_profit_percentage: 'number',
  usd_profit_percentage: 'number',
  total_btc_profit: 'number',
  total_usd_profit: 'number',
  pretty_display_type: 'string',
  primary_display_currency_amount: usd,
  primary_display_currency_profit: usd,
  primary_display_currency_profit_percentage: usd,
  day_profit_primary_display_currency: usd,
  day_profit_primary_display_currency_percentage: usd,
  total_primary_display_currency_profit: object({ currency: oneOf('USD'), amount: 'number' }),
  'address?': 'string',
  created_at: 'moment',
  updated_at: 'moment',
} satisfies Record<string, Shape>;

export const ACCOUNT = ordered(account);
/** The seed's own response parameters, in its order. */
export const SEED_ACCOUNT_KEYS: readonly string[] =
  `id name exchange_name market_icon market_code auto_balance_period auto_balance_portfolio_id autobalance_enabled
   auto_balance_error last_auto_balance hedge_mode_available hedge_mode_enabled is_locked lock_reason
   smart_trading_supported stats_supported trading_supported market_buy_supported market_sell_supported
   conditional_buy_supported bots_allowed bots_ttp_allowed bots_tsl_allowed multi_bots_allowed fast_convert_available
   grid_bots_allowed api_key api_key_invalid api_keys_state deposit_enabled available_include_in_summary
   include_in_summary supported_market_types customer_id btc_amount usd_amount day_profit_btc day_profit_usd
   day_profit_btc_percentage day_profit_usd_percentage btc_profit usd_profit btc_profit_percentage
   usd_profit_percentage total_btc_profit total_usd_profit created_at updated_at`.split(/\s+/);

const portfolio = object({
  id: 'integer',
  name: 'string',
  currencies: [object({ currency_code: 'string', percentage: 'number' })],
});
export const ACCOUNT_WITH_PORTFOLIO = ordered({ ...account, auto_balance_portfolio: orNull(portfolio) });
/** Of all accounts there is no portfolio. */
export const SUMMARY = ordered({ ...account, auto_balance_portfolio: 'null' });

export const TYPES_TO_CONNECT: Shape = [
  object({ type: 'string', connected: 'boolean', available: 'boolean', unified: 'boolean' }),
];

export const PIE: Shape = [
  object({
    code: 'string',
    coinmarketcapid: 'string?',
    name: 'string',
    y: 'number',
    percentage: 'number',
    amount: 'number',
    btc_value: 'decimal',
    usd_value: 'decimal',
    primary_display_currency: usd,
    account_id: 'integer',
  }),
];

export const TABLE: Shape = [
  object({
    currency_code: 'string',
    currency_name: 'string',
    currency_icon: 'string',
    currency_slug: 'string',
    percentage: 'number',
    position: 'number',
    position_available: 'number',
    position_type: 'number',
    borrowed: 'number',
    on_orders: 'number',
    on_orders_with_leverage: 'number',
    on_orders_long: 'number',
    on_orders_short: 'number',
    equity: 'number',
    current_price: 'number',
    current_price_usd: 'number',
    day_change_percent: 'number',
    day_change_percent_btc: 'number',
    day_change_percent_usd: 'number',
    btc_value: 'number',
    usd_value: 'number',
    available_long: 'number',
    available_short: 'number',
    available_with_leverage_long: 'number',
    available_with_leverage_short: 'number',
    account_id: 'integer',
    is_wallet: 'boolean',
  }),
];

export const BALANCE_CHART: Shape = [
  object({
    date: 'integer',
    usd: 'number',
    btc: 'number',
    btc_deposit_amount: 'number',
    usd_deposit_amount: 'number',
  }),
];

export const LEVERAGE: Shape = [
  object({
    code: oneOf('none', 'cross', 'isolated'),
    name: 'string',
    can_set_leverage_value: 'boolean',
    max_leverage: 'decimal?',
    available_leverage_values: ['integer'],
    valid: object({ min: 'decimal?', max: 'decimal?' }),
  }),
];

export const TRADING_ENTITIES: Shape = object({
  data: object({
    active_bots_count: 'integer',
    active_deals_count: 'integer',
    active_smart_trades_count: 'integer',
    active_orders_count: 'integer',
    active_grid_bots_count: 'integer',
  }),
});

export const DEPOSIT: Shape = object({
  address: 'string',
  address_tag: 'string',
  available_balance: 'decimal',
  in_orders: 'decimal',
  total_balance: 'decimal',
});

export const NETWORKS: Shape = object({
  currency: 'string',
  name: 'string',
  deposit_enable: 'boolean?',
  withdraw_enable: 'boolean?',
  network_list: [
    object({
      network: 'string',
      default: 'boolean?',
      deposit_enable: 'boolean?',
      withdraw_enable: 'boolean?',
      deposit_tip: 'string?',
      withdraw_tip: 'string?',
      special_tip: 'string?',
      network_name: 'string',
      network_url: 'null',
      address_regexp: 'string?',
      withdraw_fee: 'decimal?',
      withdraw_min: 'decimal?',
      withdrawMax: 'decimal?',
      withdrawMultiple: 'decimal?',
      memo_regexp: 'string?',
      label: 'string',
      require_address_tag: 'boolean?',
    }),
  ],
});

export const volume = (date: 'utc_date' | 'utc_month' | undefined): Shape =>
  object({ ...(date !== undefined && { [date]: 'string' }), volume_btc: 'decimal', volume_usd: 'decimal' });

const formField = object({ field: 'string', localized_name: 'string' });
export const MARKET_LIST: Shape = [
  object({
    market_name: 'string',
    market_url: 'string?',
    market_icon: 'string',
    help_link: 'string?',
    market_code: 'string',
    form_fields: object({ required: [formField], optional: [formField] }),
    available_connection_flows: [oneOf('form')],
    third_party_allowed: 'boolean',
    trusted_ips: ['string'],
    trusted_ips_input_type: 'string?',
    fast_connect_action_name: 'string?',
  }),
];

const rates = {
  last: 'decimal',
  bid: 'decimal',
  ask: 'decimal',
  // Not every exchange states every limit.
  minPrice: 'decimal?',
  maxPrice: 'decimal?',
  priceStep: 'decimal?',
  minLotSize: 'decimal?',
  maxLotSize: 'decimal?',
  lotStep: 'decimal?',
  maxMarketBuyAmount: 'decimal?',
  maxMarketSellAmount: 'decimal?',
  minTotal: 'decimal?',
  maxTotal: 'decimal?',
  minMarketTotal: 'decimal?',
} as const;
export const RATES: Shape = object(rates);
export const LEVERAGED_RATES: Shape = object({ ...rates, leverage_data: LEVERAGE });
