/** /ver1 account routes: each maps the wire to a use case and back. */
import { z } from 'zod';
import type { ConnectAccount } from '../../features/accounts/account-connection.ts';
import type { AccountService } from '../../features/accounts/account-service.ts';
import type { PortfolioService } from '../../features/portfolios/portfolio-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { toAccountId } from './account-id.ts';
import {
  accountIdParameters,
  listParameters,
  newAccountParameters,
  renameParameters,
} from './account-parameters.ts';
import { type AccountPresenterDeps, createAccountPresenter } from './account-presenter.ts';
import { accountSchema, accountWithPortfolioSchema } from './account-wire.ts';
import { toAutoBalancePortfolio } from './portfolio-wire.ts';
import { summarySchema, toSummaryWire } from './summary-wire.ts';

export interface AccountRoutesDeps extends AccountPresenterDeps {
  readonly connectAccount: ConnectAccount;
  readonly accounts: AccountService;
  readonly portfolios: Pick<PortfolioService, 'get'>;
}

export const FROM_EXCHANGE: readonly ErrorCode[] = [
  'invalid_credentials',
  'permission_denied',
  'exchange_error',
  'exchange_unavailable',
  'exchange_timeout',
  'custody_unavailable',
];

export const createAccountRoutes = (deps: AccountRoutesDeps): Route[] => {
  const { connectAccount, accounts, portfolios, catalog, iconUrl, clock } = deps;
  const toWire = createAccountPresenter(deps);

  return [
    defineSignedRoute({
      method: 'POST',
      path: '/ver1/accounts/new',
      operationId: 'connectAccount',
      summary: 'Connect an exchange account',
      scope: 'ACCOUNTS_WRITE',
      input: newAccountParameters,
      output: accountSchema,
      status: 201,
      errors: ['record_invalid', 'withdrawals_enabled', ...FROM_EXCHANGE],
      handle: async ({ actor, input }) => toWire(await connectAccount(actor, input)),
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts',
      operationId: 'listAccounts',
      summary: 'List connected accounts, oldest first',
      scope: 'ACCOUNTS_READ',
      input: listParameters,
      output: z.array(accountSchema),
      status: 200,
      errors: ['record_invalid'],
      handle: async ({ actor, input }) => {
        const { page, per_page: perPage, api_key: apiKey } = input;
        return (await accounts.list(actor, { page, perPage, apiKey })).map(toWire);
      },
    }),
    // Ahead of the path with an id, which it would fit too.
    defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts/summary',
      operationId: 'getSummary',
      summary: 'Read the sums of all accounts that count in the summary',
      scope: 'ACCOUNTS_READ',
      input: z.object({}),
      output: summarySchema,
      status: 200,
      errors: [],
      handle: async ({ actor }) => {
        const now = new Date(clock.now());
        return toSummaryWire(await accounts.summary(actor), actor.mode, now, catalog, iconUrl);
      },
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts/{account_id}',
      operationId: 'getAccount',
      summary: 'Read one account',
      scope: 'ACCOUNTS_READ',
      input: accountIdParameters,
      output: accountWithPortfolioSchema,
      status: 200,
      errors: ['not_found'],
      handle: async ({ actor, input }) => {
        const account = await accounts.get(actor, toAccountId(input.account_id));
        const { autoBalancePortfolioId: portfolioId } = account;
        return {
          ...toWire(account),
          auto_balance_portfolio:
            portfolioId === null ? null : toAutoBalancePortfolio(await portfolios.get(actor, portfolioId)),
        };
      },
    }),
    defineSignedRoute({
      method: 'POST',
      path: '/ver1/accounts/{account_id}/load_balances',
      operationId: 'loadBalances',
      summary: 'Ask the exchange for balances now and store them',
      scope: 'ACCOUNTS_READ',
      input: accountIdParameters,
      output: accountSchema,
      status: 201,
      errors: ['not_found', ...FROM_EXCHANGE],
      handle: async ({ actor, input }) =>
        toWire(await accounts.loadBalances(actor, toAccountId(input.account_id))),
    }),
    defineSignedRoute({
      method: 'POST',
      path: '/ver1/accounts/{account_id}/rename',
      operationId: 'renameAccount',
      summary: 'Give an account another name',
      scope: 'ACCOUNTS_WRITE',
      input: renameParameters,
      output: accountSchema,
      status: 201,
      errors: ['record_invalid', 'not_found'],
      handle: async ({ actor, input }) =>
        toWire(await accounts.rename(actor, toAccountId(input.account_id), input.name)),
    }),
    defineSignedRoute({
      method: 'POST',
      path: '/ver1/accounts/{account_id}/remove',
      operationId: 'removeAccount',
      summary: 'Disconnect an account; its keys are destroyed when no other account uses them',
      scope: 'ACCOUNTS_WRITE',
      input: accountIdParameters,
      output: z.literal(true),
      status: 201,
      errors: ['not_found'],
      handle: async ({ actor, input }) => {
        await accounts.remove(actor, toAccountId(input.account_id));
        return true as const;
      },
    }),
  ];
};
