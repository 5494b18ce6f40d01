/** The contract of /api/exchange line by line: every operation, parameter, default, bound and answer. Written by hand. */
import type { Shape } from '../contracts/answer-shape.ts';
import {
  BALANCE,
  BALANCE_HISTORY,
  BALANCE_SYNC,
  CREDENTIAL,
  CREDENTIAL_DELETED,
  CREDENTIAL_DETAIL,
  CREDENTIAL_LIST,
  TRADE_STATS,
  TRADE_SYNC,
  TRADES,
} from './seed-shapes.ts';
import {
  ALL_HEALTH,
  BNB_BURN,
  BNB_BURN_SET,
  DUST_ASSETS,
  HEALTH,
  INFO,
  MARKETS,
  ROUTE,
  SUPPORTED,
  TICKER,
  VALIDATION,
} from './settled-shapes.ts';

export type ParameterType = 'string' | 'boolean' | 'integer' | 'number' | 'moment' | 'strings' | 'object';

export interface SeedParameter {
  readonly name: string;
  readonly place: 'path' | 'query' | 'body';
  readonly type: ParameterType;
  readonly isRequired: boolean;
  /** The seed prints `|`: or null. */
  readonly isNullable: boolean;
  readonly default?: string | number | boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Bounds that the seed does not print: ours. */
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface SeedOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly isPublic: boolean;
  readonly scope: 'ACCOUNTS_READ' | 'ACCOUNTS_WRITE' | null;
  readonly parameters: readonly SeedParameter[];
  readonly answer: Shape;
}

type Place = SeedParameter['place'];
type More = Partial<Pick<SeedParameter, 'default' | 'minLength' | 'maxLength' | 'minimum' | 'maximum'>>;

const parametersIn = (place: Place) => ({
  /** `name*` */
  required: (name: string, type: ParameterType = 'string', more: More = {}): SeedParameter => ({
    name,
    place,
    type,
    isRequired: true,
    isNullable: false,
    ...more,
  }),
  /** `name?type` */
  optional: (name: string, type: ParameterType, more: More = {}): SeedParameter => ({
    name,
    place,
    type,
    isRequired: false,
    isNullable: false,
    ...more,
  }),
  /** `name?|` */
  orNull: (name: string, type: ParameterType = 'string', more: More = {}): SeedParameter => ({
    name,
    place,
    type,
    isRequired: false,
    isNullable: true,
    ...more,
  }),
});

const path = parametersIn('path');
const query = parametersIn('query');
const body = parametersIn('body');

type Rest = Pick<SeedOperation, 'parameters' | 'answer'> & Partial<Pick<SeedOperation, 'scope' | 'isPublic'>>;

const operation = (method: SeedOperation['method'], name: string, rest: Rest): SeedOperation => ({
  method,
  path: `/api/exchange/${name}`,
  isPublic: false,
  scope: method === 'GET' ? 'ACCOUNTS_READ' : 'ACCOUNTS_WRITE',
  ...rest,
});

const KEY = { minLength: 8 };
const LIMIT = { default: 100, minimum: 1, maximum: 1_000 };
const RANGE = [query.orNull('start_date', 'moment'), query.orNull('end_date', 'moment')];
const FORCE_REFRESH = query.optional('force_refresh', 'boolean', { default: false });

export const SEED_OPERATIONS: readonly SeedOperation[] = [
  operation('GET', 'bnb-burn', {
    parameters: [query.optional('exchange', 'string', { default: 'binanceus' })],
    answer: BNB_BURN,
  }),
  operation('POST', 'bnb-burn', {
    parameters: [
      body.required('spot_bnb_burn', 'boolean'),
      body.optional('exchange', 'string', { default: 'binanceus' }),
    ],
    answer: BNB_BURN_SET,
  }),
  operation('GET', 'dust-assets', {
    parameters: [query.optional('exchange', 'string', { default: 'binanceus' })],
    answer: DUST_ASSETS,
  }),
  operation('POST', 'validate', {
    parameters: [
      body.required('exchange'),
      body.required('api_key'),
      body.required('api_secret'),
      body.orNull('api_passphrase'),
      // Beside the seed's: a customer id, `testnet` and `use_us`, as with stored credentials.
      body.optional('exchange_metadata', 'object'),
    ],
    answer: VALIDATION,
  }),
  operation('GET', 'markets', {
    scope: null,
    parameters: [query.required('exchange')],
    answer: MARKETS,
  }),
  operation('GET', 'ticker', {
    scope: null,
    parameters: [query.required('exchange'), query.required('symbol')],
    answer: TICKER,
  }),
  operation('GET', 'supported', { scope: null, parameters: [], answer: SUPPORTED }),
  operation('GET', 'route', {
    scope: null,
    parameters: [
      query.required('base', 'string', { minLength: 1 }),
      query.required('quote', 'string', { minLength: 1 }),
      query.orNull('size', 'number'),
      query.orNull('quote_size', 'number'),
    ],
    answer: ROUTE,
  }),
  operation('GET', '{exchange_name}/info', {
    scope: null,
    parameters: [path.required('exchange_name')],
    answer: INFO,
  }),
  operation('GET', 'credentials', { parameters: [query.orNull('exchange_name')], answer: CREDENTIAL_LIST }),
  operation('POST', 'credentials', {
    parameters: [
      body.required('exchange_name'),
      body.optional('credential_name', 'string', { default: 'Default', minLength: 1, maxLength: 100 }),
      body.required('api_key', 'string', KEY),
      body.required('api_secret', 'string', KEY),
      body.orNull('api_passphrase'),
      body.optional('permissions', 'strings'),
      body.optional('ip_whitelist', 'strings'),
      body.optional('exchange_metadata', 'object'),
    ],
    answer: CREDENTIAL,
  }),
  operation('GET', 'credentials/{credential_id}', {
    parameters: [path.required('credential_id')],
    answer: CREDENTIAL_DETAIL,
  }),
  operation('DELETE', 'credentials/{credential_id}', {
    parameters: [
      path.required('credential_id'),
      // Beside the seed's: history is kept unless asked otherwise.
      query.optional('delete_history', 'boolean', { default: false }),
    ],
    answer: CREDENTIAL_DELETED,
  }),
  operation('PUT', 'credentials/{credential_id}', {
    parameters: [
      path.required('credential_id'),
      body.orNull('credential_name'),
      body.orNull('api_key'),
      body.orNull('api_secret'),
      body.orNull('api_passphrase'),
      body.orNull('permissions', 'strings'),
      body.orNull('ip_whitelist', 'strings'),
      body.orNull('exchange_metadata', 'object'),
      body.orNull('is_active', 'boolean'),
    ],
    answer: CREDENTIAL,
  }),
  operation('GET', 'balance', {
    parameters: [query.required('exchange'), query.orNull('currency'), query.orNull('credential_id')],
    answer: BALANCE,
  }),
  operation('POST', 'balance/sync', {
    parameters: [query.required('exchange'), query.orNull('credential_id')],
    answer: BALANCE_SYNC,
  }),
  operation('GET', 'balance/history', {
    parameters: [
      query.required('exchange'),
      query.required('currency'),
      // Beside the seed's: as with the other balances.
      query.orNull('credential_id'),
      ...RANGE,
      query.optional('limit', 'integer', LIMIT),
    ],
    answer: BALANCE_HISTORY,
  }),
  operation('GET', 'trades', {
    parameters: [
      query.required('exchange'),
      query.orNull('symbol'),
      ...RANGE,
      query.optional('limit', 'integer', LIMIT),
      query.optional('offset', 'integer', { default: 0, minimum: 0 }),
    ],
    answer: TRADES,
  }),
  operation('POST', 'trades/sync', {
    parameters: [
      query.required('exchange'),
      query.orNull('credential_id'),
      query.orNull('symbol'),
      query.orNull('since', 'moment'),
      query.optional('limit', 'integer', LIMIT),
    ],
    answer: TRADE_SYNC,
  }),
  operation('GET', 'trades/stats', {
    parameters: [query.orNull('exchange'), ...RANGE],
    answer: TRADE_STATS,
  }),
  operation('GET', 'health', {
    isPublic: true,
    scope: null,
    parameters: [FORCE_REFRESH],
    answer: ALL_HEALTH,
  }),
  operation('GET', '{exchange_name}/health', {
    isPublic: true,
    scope: null,
    parameters: [path.required('exchange_name'), FORCE_REFRESH],
    answer: HEALTH,
  }),
];
