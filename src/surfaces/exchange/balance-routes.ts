/** /api/exchange routes of the balances that stored keys can read. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangeBalanceService } from '../../features/balances/exchange-balance-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import {
  balanceHistoryParameters,
  balanceHistorySchema,
  balanceParameters,
  balanceSchema,
  balanceSyncParameters,
  balanceSyncSchema,
  toAsset,
  toBalanceHistoryWire,
  toBalanceSyncWire,
  toBalanceWire,
} from './balance-wire.ts';
import { toRefusal } from './refusal.ts';

export interface BalanceRouteDeps {
  readonly balances: ExchangeBalanceService;
  readonly catalog: Pick<Catalog, 'findExchange' | 'venues'>;
  readonly clock: Clock;
}

const COMMAND_ERRORS = [
  'record_invalid',
  'not_found',
  'conflict',
  'custody_unavailable',
] as const satisfies readonly ErrorCode[];

const READ_ERRORS: readonly ErrorCode[] = [
  ...COMMAND_ERRORS,
  'invalid_credentials',
  'permission_denied',
  'ip_not_whitelisted',
  'clock_skew',
  'exchange_rate_limited',
  'exchange_error',
  'bad_response',
  'exchange_unavailable',
  'exchange_timeout',
];

export const createBalanceRoutes = ({ balances, catalog, clock }: BalanceRouteDeps): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/exchange/balance',
    operationId: 'getExchangeBalance',
    summary: 'Read the balances of the last sync; the first read syncs',
    scope: 'ACCOUNTS_READ',
    input: balanceParameters(catalog),
    output: balanceSchema,
    status: 200,
    errors: READ_ERRORS,
    handle: async ({ actor, input: { exchange, credential_id: credentialId, currency } }) => {
      const asset = currency === undefined ? undefined : toAsset(currency);
      const read = await balances.read(actor, { exchange, credentialId }, asset);
      return toBalanceWire({ exchange: exchange.name, currency }, read);
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/exchange/balance/sync',
    operationId: 'syncExchangeBalance',
    summary: 'Ask the exchange for balances and keep the answer as a snapshot',
    scope: 'ACCOUNTS_WRITE',
    input: balanceSyncParameters(catalog),
    inQuery: ['exchange', 'credential_id'],
    output: balanceSyncSchema,
    status: 200,
    errors: COMMAND_ERRORS,
    handle: async ({ actor, input: { exchange, credential_id: credentialId } }) => {
      const synced = await balances.sync(actor, { exchange, credentialId }).catch(toRefusal);
      const context = {
        userId: actor.user?.externalId ?? actor.tenantId,
        exchange: exchange.name,
        timestamp: new Date(clock.now()).toISOString(),
      };
      return toBalanceSyncWire(context, synced);
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/exchange/balance/history',
    operationId: 'getExchangeBalanceHistory',
    summary: 'Read what syncs found of a currency, newest first',
    scope: 'ACCOUNTS_READ',
    input: balanceHistoryParameters(catalog),
    output: balanceHistorySchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) => {
      const { exchange, credential_id: credentialId, currency, limit } = input;
      const range = { asset: toAsset(currency), from: input.start_date, to: input.end_date, limit };
      const history = await balances.history(actor, { exchange, credentialId }, range);
      return toBalanceHistoryWire({ exchange: exchange.name, currency }, history);
    },
  }),
];
