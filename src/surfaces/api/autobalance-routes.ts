/** /api routes of the balancing settings of an account. */
import type { AutobalanceService } from '../../features/portfolios/autobalance-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import {
  accountIdInPath,
  autobalanceParameters,
  autobalanceSchema,
  toAutobalanceWire,
  toSettings,
} from './autobalance-wire.ts';

export const createAutobalanceRoutes = (autobalance: AutobalanceService): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/accounts/{account_id}/autobalance',
    operationId: 'getAutobalance',
    summary: 'Read how an account is balanced',
    scope: 'ACCOUNTS_READ',
    input: accountIdInPath,
    output: autobalanceSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) => toAutobalanceWire(await autobalance.get(actor, input.account_id)),
  }),
  defineSignedRoute({
    method: 'PUT',
    path: '/api/accounts/{account_id}/autobalance',
    operationId: 'replaceAutobalance',
    summary: 'Set how an account is balanced; what is left out gets its default',
    scope: 'ACCOUNTS_WRITE',
    input: autobalanceParameters,
    output: autobalanceSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) =>
      toAutobalanceWire(await autobalance.replace(actor, input.account_id, toSettings(input))),
  }),
];
