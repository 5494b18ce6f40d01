/** The typed answers of the seed, as it prints them. */
import { mapOf, object, oneOf, type Shape } from '../contracts/answer-shape.ts';

const ERROR_TYPES = [
  'invalid_credentials',
  'permission_denied',
  'ip_not_whitelisted',
  'rate_limited',
  'clock_skew',
  'insufficient_funds',
  'not_supported',
  'exchange_unavailable',
  'timeout',
  'bad_response',
] as const;

/** How a command says that the exchange refused it. */
export const refusal = { error: 'string?', error_type: oneOf(...ERROR_TYPES, null) } as const;

const credential = {
  id: 'string',
  user_id: 'string',
  exchange_name: 'string',
  credential_name: 'string',
  permissions: ['string'],
  ip_whitelist: ['string'],
  exchange_metadata: 'object',
  is_active: 'boolean',
  last_used: 'moment?',
  last_validation: 'moment?',
  validation_status: 'string',
  validation_error: 'string?',
  created_at: 'moment',
  updated_at: 'moment',
} as const;

export const CREDENTIAL: Shape = object(credential);
export const CREDENTIAL_DETAIL: Shape = object({
  ...credential,
  api_key_masked: 'string',
  has_passphrase: 'boolean',
});
export const CREDENTIAL_LIST: Shape = object({ credentials: [CREDENTIAL], total_count: 'integer' });
export const CREDENTIAL_DELETED: Shape = object({
  success: 'boolean',
  message: 'string',
  deleted_id: 'string',
});

const balance = {
  currency: 'string',
  free: 'number',
  locked: 'number',
  total: 'number',
  sync_timestamp: 'moment',
} as const;

export const BALANCE: Shape = object({
  balances: mapOf(object(balance)),
  exchange: 'string',
  currency: 'string?',
  last_sync: 'moment?',
});
export const BALANCE_SYNC: Shape = object({
  success: 'boolean',
  user_id: 'string',
  exchange: 'string',
  currencies_synced: 'integer',
  balances: mapOf(mapOf('number')),
  timestamp: 'moment',
  ...refusal,
});
export const BALANCE_HISTORY: Shape = object({
  history: [object({ ...balance, sync_status: 'string' })],
  exchange: 'string',
  currency: 'string',
  total_records: 'integer',
});

export const TRADES: Shape = object({
  trades: [
    object({
      id: 'string',
      exchange_trade_id: 'string',
      exchange: 'string',
      symbol: 'string',
      side: 'string',
      price: 'number',
      amount: 'number',
      total: 'number',
      fee: 'number?',
      fee_currency: 'string?',
      trade_timestamp: 'moment',
      sync_status: 'string',
      created_at: 'moment',
    }),
  ],
  exchange: 'string',
  symbol: 'string?',
  total_records: 'integer',
  has_more: 'boolean',
});
export const TRADE_SYNC: Shape = object({
  success: 'boolean',
  user_id: 'string',
  exchange: 'string',
  symbol: 'string?',
  trades_synced: 'integer',
  trades_duplicate: 'integer',
  timestamp: 'moment',
  ...refusal,
  // Beside the seed's: how much of a sync over all symbols is done.
  symbols_synced: 'integer',
  symbols_total: 'integer',
  is_complete: 'boolean',
});
export const TRADE_STATS: Shape = object({
  total_trades: 'integer',
  buy_count: 'integer',
  sell_count: 'integer',
  total_volume: 'number',
  total_fees: 'number',
  synced_count: 'integer',
  failed_count: 'integer',
  first_trade: 'moment?',
  last_trade: 'moment?',
  exchange: 'string?',
  start_date: 'moment?',
  end_date: 'moment?',
});
