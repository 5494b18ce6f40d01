/** /ver1 routes that ask an account's venue for more than balances: leverage, open orders, networks, deposit addresses. */
import type { VenueReadService } from '../../features/accounts/venue-read-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { toAccountId } from './account-id.ts';
import { accountIdParameters } from './account-parameters.ts';
import { FROM_EXCHANGE } from './account-routes.ts';
import { depositParameters, leverageParameters, networksParameters } from './market-parameters.ts';
import { leverageSchema, toLeverageWire } from './market-wire.ts';
import {
  depositDataSchema,
  networksInfoSchema,
  toDepositData,
  toNetworksInfo,
  toTradingEntities,
  tradingEntitiesSchema,
} from './venue-read-wire.ts';

const ERRORS: readonly ErrorCode[] = ['not_found', 'not_supported', ...FROM_EXCHANGE];

export const createVenueReadRoutes = (venueReads: VenueReadService): Route[] => [
  ...(['GET', 'POST'] as const).map((method) =>
    defineSignedRoute({
      method,
      path: '/ver1/accounts/{account_id}/leverage_data',
      operationId: method === 'GET' ? 'getLeverageData' : 'readLeverageData',
      summary: 'Leverage that a position of the pair may have; nothing where there is none',
      scope: 'ACCOUNTS_READ',
      input: leverageParameters,
      output: leverageSchema,
      // The POST too: nothing is made by it.
      status: 200,
      errors: ['record_invalid', ...ERRORS],
      handle: async ({ actor, input }) =>
        toLeverageWire(await venueReads.maxLeverage(actor, toAccountId(input.account_id), input.pair)),
    }),
  ),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/accounts/{account_id}/active_trading_entities',
    operationId: 'getActiveTradingEntities',
    summary: 'How many orders are open at the exchange now',
    scope: 'ACCOUNTS_READ',
    input: accountIdParameters,
    output: tradingEntitiesSchema,
    status: 200,
    errors: ERRORS,
    handle: async ({ actor, input }) =>
      toTradingEntities(await venueReads.countOpenOrders(actor, toAccountId(input.account_id))),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/accounts/{account_id}/deposit_data',
    operationId: 'getDepositData',
    summary: 'Where to send an asset over a network, and what is held of it',
    scope: 'ACCOUNTS_READ',
    input: depositParameters,
    output: depositDataSchema,
    status: 200,
    errors: ['record_invalid', ...ERRORS],
    handle: async ({ actor, input }) => {
      const { account_id: id, currency, network } = input;
      return toDepositData(await venueReads.depositPlace(actor, toAccountId(id), currency, network));
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/accounts/{account_id}/networks_info',
    operationId: 'getNetworksInfo',
    summary: 'Networks that an asset can be sent over, and their rules',
    scope: 'ACCOUNTS_READ',
    input: networksParameters,
    output: networksInfoSchema,
    status: 200,
    errors: ['record_invalid', ...ERRORS],
    handle: async ({ actor, input }) => {
      const { account_id: id, currency, purpose } = input;
      return toNetworksInfo(
        await venueReads.networks(actor, toAccountId(id), currency),
        purpose ?? undefined,
      );
    },
  }),
];
