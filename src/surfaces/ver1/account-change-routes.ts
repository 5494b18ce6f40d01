/** /ver1 routes that change a connected account or tell which types a key pair could connect. */
import { z } from 'zod';
import type { UpdateAccount } from '../../features/accounts/account-update.ts';
import type { ListConnectableTypes } from '../../features/accounts/connectable-types.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import { toAccountId } from './account-id.ts';
import { typesToConnectParameters, updateParameters } from './account-change-parameters.ts';
import { type AccountPresenterDeps, createAccountPresenter } from './account-presenter.ts';
import { FROM_EXCHANGE } from './account-routes.ts';
import { accountSchema } from './account-wire.ts';

export interface AccountChangeRoutesDeps extends AccountPresenterDeps {
  readonly updateAccount: UpdateAccount;
  readonly listConnectableTypes: ListConnectableTypes;
}

const connectableTypeSchema = z
  .strictObject({
    type: z.string(),
    connected: z.boolean(),
    available: z.boolean(),
    unified: z.boolean(),
  })
  .meta({ id: 'ConnectableType' });

export const createAccountChangeRoutes = (deps: AccountChangeRoutesDeps): Route[] => {
  const toWire = createAccountPresenter(deps);
  return [
    defineSignedRoute({
      method: 'POST',
      path: '/ver1/accounts/update',
      operationId: 'updateAccount',
      summary: 'Change an account; new keys are proven at the exchange before they replace the old ones',
      scope: 'ACCOUNTS_WRITE',
      input: updateParameters,
      output: accountSchema,
      status: 201,
      errors: ['record_invalid', 'not_found', 'withdrawals_enabled', ...FROM_EXCHANGE],
      handle: async ({ actor, input: { account_id: id, ...parameters } }) =>
        toWire(await deps.updateAccount(actor, toAccountId(id), parameters)),
    }),
    ...(['GET', 'POST'] as const).map((method) =>
      defineSignedRoute({
        method,
        path: '/ver1/accounts/types_to_connect',
        operationId: method === 'GET' ? 'listTypesToConnect' : 'listTypesToConnectByPost',
        summary: 'Which account types of an exchange a key pair could connect, and which it has connected',
        scope: null,
        input: typesToConnectParameters,
        output: z.array(connectableTypeSchema),
        changesNothing: true,
        status: 200,
        errors: ['record_invalid', ...FROM_EXCHANGE],
        handle: async ({ actor, input }) => {
          const types = await deps.listConnectableTypes(actor, input);
          return types.map(({ marketCode, ...rest }) => ({ type: marketCode, ...rest }));
        },
      }),
    ),
  ];
};
