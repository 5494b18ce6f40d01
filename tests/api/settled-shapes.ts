/** The answers that the seed prints as `{}`, as the contract settles them. */
import { mapOf, object, oneOf, orNull, type Shape } from '../contracts/answer-shape.ts';
import { refusal } from './seed-shapes.ts';

const HEALTHS = ['healthy', 'degraded', 'unhealthy', 'unknown'] as const;

export const BNB_BURN: Shape = object({
  exchange: 'string',
  credential_id: 'string',
  spot_bnb_burn: 'boolean',
  interest_bnb_burn: 'boolean?',
  timestamp: 'moment',
});
export const BNB_BURN_SET: Shape = object({
  success: 'boolean',
  exchange: 'string',
  credential_id: 'string',
  spot_bnb_burn: 'boolean',
  interest_bnb_burn: 'boolean?',
  previous_spot_bnb_burn: 'boolean?',
  timestamp: 'moment',
  ...refusal,
});

export const DUST_ASSETS: Shape = object({
  exchange: 'string',
  target_asset: 'string',
  assets: [
    object({
      asset: 'string',
      asset_full_name: 'string?',
      free: 'number',
      to_btc: 'number?',
      to_target: 'number',
      to_target_after_fee: 'number',
      fee: 'number',
      usd_value: 'number?',
    }),
  ],
  total_count: 'integer',
  total_to_btc: 'number?',
  total_to_target: 'number',
  total_usd_value: 'number?',
  fee_rate: 'number?',
  within_restricted_time: 'boolean',
  min_usd: 'number?',
  max_usd: 'number?',
  timestamp: 'moment',
});

export const VALIDATION: Shape = object({
  valid: 'boolean',
  exchange: 'string',
  validation_status: oneOf(
    'valid',
    'invalid',
    'permission_denied',
    'ip_not_whitelisted',
    'clock_skew',
    'withdrawal_enabled',
    'exchange_unavailable',
    'unsupported',
  ),
  message: 'string',
  permissions: [oneOf('read', 'trade', 'withdraw')],
  permissions_source: oneOf('exchange', 'probe', 'unknown'),
  can_withdraw: 'boolean?',
  ip_restricted: 'boolean?',
  key_expires_at: 'moment?',
  account_types: ['string'],
  warnings: [object({ code: 'string', message: 'string' })],
  latency_ms: 'number',
  timestamp: 'moment',
  ...refusal,
});

export const MARKETS: Shape = object({
  exchange: 'string',
  markets: [
    object({
      symbol: 'string',
      base: 'string',
      quote: 'string',
      settle: 'string?',
      type: 'string',
      active: 'boolean',
      price_precision: 'number?',
      amount_precision: 'number?',
      min_amount: 'number?',
      max_amount: 'number?',
      min_cost: 'number?',
      max_cost: 'number?',
      min_price: 'number?',
      max_price: 'number?',
      maker_fee: 'number?',
      taker_fee: 'number?',
    }),
  ],
  total_count: 'integer',
  cached: 'boolean',
  last_updated: 'moment',
  timestamp: 'moment',
});

export const TICKER: Shape = object({
  exchange: 'string',
  symbol: 'string',
  last: 'number?',
  bid: 'number?',
  ask: 'number?',
  bid_volume: 'number?',
  ask_volume: 'number?',
  open: 'number?',
  high: 'number?',
  low: 'number?',
  close: 'number?',
  vwap: 'number?',
  base_volume: 'number?',
  quote_volume: 'number?',
  change: 'number?',
  percentage: 'number?',
  average: 'number?',
  cached: 'boolean',
  timestamp: 'moment',
});

export const SUPPORTED: Shape = object({
  exchanges: [
    object({
      name: 'string',
      ccxt_id: 'string',
      display_name: 'string',
      aliases: ['string'],
      market_codes: ['string'],
      required_credentials: ['string'],
      requires_passphrase: 'boolean',
      market_types: ['string'],
      features: object({
        balance: 'boolean',
        trades: 'boolean',
        bnb_burn: 'boolean',
        dust_assets: 'boolean',
        key_permissions: 'boolean',
      }),
      rate_limit_ms: 'number',
      logo_url: 'string?',
      docs_url: 'string?',
    }),
  ],
  total_count: 'integer',
});

const tradeRoute: Shape = object({
  exchange: 'string',
  symbol: 'string',
  type: oneOf('direct', 'bridged'),
  inverted: 'boolean',
  legs: [object({ symbol: 'string', side: oneOf('buy', 'sell') })],
  bid: 'number',
  ask: 'number',
  spread_pct: 'number',
  min_amount: 'number?',
  min_cost: 'number?',
  taker_fee: 'number?',
  maker_fee: 'number?',
  effective_buy_price: 'number',
  effective_sell_price: 'number',
  has_credentials: 'boolean',
  health: oneOf(...HEALTHS),
  price_timestamp: 'moment',
});

export const ROUTE: Shape = object({
  base: 'string',
  quote: 'string',
  size: 'number?',
  quote_size: 'number?',
  best_route: orNull(tradeRoute),
  routes: [tradeRoute],
  dropped: [
    object({
      exchange: 'string',
      symbol: 'string',
      reason: oneOf('min_amount', 'min_cost', 'inactive', 'unhealthy', 'no_price'),
      min_amount: 'number?',
      min_cost: 'number?',
    }),
  ],
  total_count: 'integer',
  timestamp: 'moment',
});

export const INFO: Shape = object({
  exchange: 'string',
  display_name: 'string',
  ccxt_id: 'string',
  countries: ['string'],
  status: 'string',
  required_credentials: ['string'],
  requires_passphrase: 'boolean',
  rate_limit_ms: 'number',
  timeframes: ['string'],
  market_types: ['string'],
  markets_count: 'integer?',
  features: mapOf('boolean'),
  fees: object({ maker: 'number?', taker: 'number?', percentage: 'boolean', tier_based: 'boolean' }),
  urls: object({ www: 'string?', docs: ['string'], api: ['string'] }),
  last_updated: 'moment?',
  timestamp: 'moment',
});

export const HEALTH: Shape = object({
  exchange: 'string',
  status: oneOf(...HEALTHS),
  latency_ms: 'number?',
  exchange_status: 'string?',
  last_check: 'moment?',
  last_success: 'moment?',
  consecutive_failures: 'integer',
  circuit_state: oneOf('closed', 'open', 'half_open'),
  rate_limited_until: 'moment?',
  ...refusal,
  cached: 'boolean',
  timestamp: 'moment',
});
export const ALL_HEALTH: Shape = object({
  status: oneOf(...HEALTHS),
  exchanges: mapOf(HEALTH),
  summary: object({
    total: 'integer',
    healthy: 'integer',
    degraded: 'integer',
    unhealthy: 'integer',
    unknown: 'integer',
  }),
  cached: 'boolean',
  cache_ttl_seconds: 'integer',
  timestamp: 'moment',
});
