/** /api/exchange routes of stored credentials, and the one that tries keys without storing them. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { StoreCredential } from '../../features/credentials/credential-intake.ts';
import type { CredentialService } from '../../features/credentials/credential-service.ts';
import type { OfferedKeys, TryKeys } from '../../features/credentials/key-trial.ts';
import { readKeys } from '../../features/credentials/sent-keys.ts';
import { type CredentialMetadata, isForTestnet } from '../../features/credentials/stored-credential.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { exchangeOf } from './credential-fields.ts';
import {
  credentialChangeParameters,
  credentialDetailSchema,
  credentialIdInPath,
  credentialListParameters,
  credentialListSchema,
  credentialSchema,
  deletionParameters,
  deletionSchema,
  newCredentialParameters,
  throwRefusedKeys,
  toCredentialChange,
  toCredentialDetailWire,
  toCredentialWire,
} from './credential-wire.ts';
import type { NamedExchange } from './exchange-name.ts';
import { toValidationWire, validationParameters, validationSchema } from './validation-wire.ts';

export interface CredentialRouteDeps {
  readonly credentials: CredentialService;
  readonly storeCredential: StoreCredential;
  readonly tryKeys: TryKeys;
  readonly catalog: Pick<Catalog, 'findExchange' | 'getVenue' | 'venues'>;
  readonly clock: Clock;
}

interface SentCredential {
  readonly api_key: string;
  readonly api_secret: string;
  readonly api_passphrase: string | null;
  readonly exchange_metadata: CredentialMetadata;
}

const AWAY: readonly ErrorCode[] = [
  'exchange_rate_limited',
  'exchange_error',
  'bad_response',
  'exchange_unavailable',
  'exchange_timeout',
];

export const createCredentialRoutes = (deps: CredentialRouteDeps): Route[] => {
  const { credentials, catalog } = deps;

  const toOffered = ({ venue, market }: NamedExchange, sent: SentCredential): OfferedKeys => {
    const keys = { apiKey: sent.api_key, secret: sent.api_secret, passphrase: sent.api_passphrase };
    return {
      venueId: venue.id,
      marketCode: market.code,
      keys: readKeys(venue, keys, sent.exchange_metadata),
      isForTestnet: isForTestnet(sent.exchange_metadata),
    };
  };

  return [
    defineSignedRoute({
      method: 'POST',
      path: '/api/exchange/validate',
      operationId: 'validateExchangeKeys',
      summary: 'Try exchange keys; nothing of them is stored',
      scope: 'ACCOUNTS_WRITE',
      input: validationParameters(catalog),
      output: validationSchema,
      changesNothing: true,
      status: 200,
      errors: ['record_invalid', 'custody_unavailable'],
      handle: async ({ actor, input }) => {
        const exchange = exchangeOf(input.exchange, input.exchange_metadata, catalog);
        const trial = await deps.tryKeys(actor, toOffered(exchange, input));
        return toValidationWire(exchange, trial, new Date(deps.clock.now()).toISOString());
      },
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/credentials',
      operationId: 'listCredentials',
      summary: 'List stored exchange keys, oldest first; never the keys themselves',
      scope: 'ACCOUNTS_READ',
      input: credentialListParameters(catalog),
      output: credentialListSchema,
      status: 200,
      errors: ['record_invalid'],
      handle: async ({ actor, input }) => {
        const stored = await credentials.list(actor, input.exchange_name ?? undefined);
        return {
          credentials: stored.map((credential) => toCredentialWire(actor, credential, catalog)),
          total_count: stored.length,
        };
      },
    }),
    defineSignedRoute({
      method: 'POST',
      path: '/api/exchange/credentials',
      operationId: 'storeCredential',
      summary:
        'Store exchange keys; they are proven at the exchange first, or later when it cannot be reached',
      scope: 'ACCOUNTS_WRITE',
      input: newCredentialParameters(catalog),
      output: credentialSchema,
      status: 200,
      errors: ['record_invalid', 'conflict', 'not_supported', 'custody_unavailable'],
      handle: async ({ actor, input }) => {
        const { name } = input.exchange_name;
        const exchange = exchangeOf(input.exchange_name, input.exchange_metadata, catalog);
        const facts = {
          exchangeName: name,
          name: input.credential_name,
          declaredPermissions: input.permissions,
          ipWhitelist: input.ip_whitelist,
          metadata: input.exchange_metadata,
          askedAt: input.timestamp,
        };
        const id = await deps
          .storeCredential(actor, toOffered(exchange, input), facts)
          .catch(throwRefusedKeys);
        return toCredentialWire(actor, await credentials.get(actor, id), catalog);
      },
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/api/exchange/credentials/{credential_id}',
      operationId: 'getCredential',
      summary: 'Read one stored credential; the API key is masked',
      scope: 'ACCOUNTS_READ',
      input: credentialIdInPath,
      output: credentialDetailSchema,
      status: 200,
      errors: ['record_invalid', 'not_found'],
      handle: async ({ actor, input }) =>
        toCredentialDetailWire(actor, await credentials.get(actor, input.credential_id), catalog),
    }),
    defineSignedRoute({
      method: 'PUT',
      path: '/api/exchange/credentials/{credential_id}',
      operationId: 'updateCredential',
      summary: 'Change a stored credential; new keys are proven before they take the place of the old ones',
      scope: 'ACCOUNTS_WRITE',
      input: credentialChangeParameters,
      output: credentialSchema,
      status: 200,
      errors: ['record_invalid', 'not_found', 'conflict', 'not_supported', 'custody_unavailable', ...AWAY],
      handle: async ({ actor, input }) => {
        const { credential_id: id } = input;
        const changed = await credentials
          .change(actor, id, toCredentialChange(input), input.timestamp)
          .catch(throwRefusedKeys);
        return toCredentialWire(actor, changed, catalog);
      },
    }),
    defineSignedRoute({
      method: 'DELETE',
      path: '/api/exchange/credentials/{credential_id}',
      operationId: 'deleteCredential',
      summary: 'Destroy stored exchange keys that no connected account uses; what was read with them is kept',
      scope: 'ACCOUNTS_WRITE',
      input: deletionParameters,
      output: deletionSchema,
      status: 200,
      errors: ['record_invalid', 'not_found', 'conflict'],
      handle: async ({ actor, input: { credential_id: id, delete_history: withHistory } }) => {
        await credentials.remove(actor, id, { withHistory });
        return {
          success: true,
          message: withHistory
            ? 'The exchange keys and what was read with them are deleted'
            : 'The exchange keys are deleted; what was read with them is kept',
          deleted_id: id.toLowerCase(),
        };
      },
    }),
  ];
};
