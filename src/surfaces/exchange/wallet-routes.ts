/** /api/exchange routes of BNB fees and dust. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { WalletService } from '../../features/wallets/wallet-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import {
  bnbBurnChangeSchema,
  bnbBurnParameters,
  bnbBurnSchema,
  dustAssetsSchema,
  toBnbBurnChangeWire,
  toBnbBurnWire,
  toDustWire,
  walletParameters,
} from './wallet-wire.ts';

export interface WalletRouteDeps {
  readonly wallets: WalletService;
  readonly catalog: Pick<Catalog, 'findExchange' | 'venues'>;
  readonly clock: Clock;
}

const COMMAND_ERRORS = ['record_invalid', 'not_supported', 'not_found', 'custody_unavailable'] as const;
const READ_ERRORS: readonly ErrorCode[] = [
  ...COMMAND_ERRORS,
  'invalid_credentials',
  'permission_denied',
  'exchange_rate_limited',
  'exchange_error',
  'bad_response',
  'exchange_unavailable',
  'exchange_timeout',
];

export const createWalletRoutes = ({ wallets, catalog, clock }: WalletRouteDeps): Route[] => {
  const now = (): string => new Date(clock.now()).toISOString();
  return [
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/bnb-burn',
      operationId: 'getBnbBurn',
      summary: 'Read whether fees are paid in BNB',
      scope: 'ACCOUNTS_READ',
      input: walletParameters(catalog),
      output: bnbBurnSchema,
      status: 200,
      errors: READ_ERRORS,
      handle: async ({ actor, input: { exchange } }) =>
        toBnbBurnWire(exchange.name, await wallets.bnbBurn(actor, exchange), now()),
    }),
    defineSignedRoute({
      method: 'POST',
      path: '/api/exchange/bnb-burn',
      operationId: 'setBnbBurn',
      summary: 'Set whether fees of spot trades are paid in BNB',
      scope: 'ACCOUNTS_WRITE',
      input: bnbBurnParameters(catalog),
      output: bnbBurnChangeSchema,
      status: 200,
      errors: COMMAND_ERRORS,
      handle: async ({ actor, input: { exchange, spot_bnb_burn: spot } }) => {
        const change = await wallets.setBnbBurn(actor, exchange, spot);
        return toBnbBurnChangeWire(exchange.name, spot, change, now());
      },
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/dust-assets',
      operationId: 'listDustAssets',
      summary: 'List balances that the exchange would convert into BNB',
      scope: 'ACCOUNTS_READ',
      input: walletParameters(catalog),
      output: dustAssetsSchema,
      status: 200,
      errors: READ_ERRORS,
      handle: async ({ actor, input: { exchange } }) =>
        toDustWire(exchange.name, await wallets.dustAssets(actor, exchange)),
    }),
  ];
};
