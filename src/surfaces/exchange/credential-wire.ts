/** Stored credentials on /api/exchange: schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Actor } from '../../auth/actor.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { CredentialChange } from '../../features/credentials/credential-service.ts';
import {
  exchangeNameOf,
  permissionsOf,
  type StoredCredential,
  statusOf,
} from '../../features/credentials/stored-credential.ts';
import { AppError } from '../../shared/errors.ts';
import { timestamp, truth } from '../api/api-fields.ts';
import { ApiParameterError } from '../api/api-problems.ts';
import {
  apiKey,
  apiPassphrase,
  apiSecret,
  checkFacts,
  credentialName,
  exchangeMetadata,
  ipWhitelist,
  permissions,
} from './credential-fields.ts';
import { exchangeName } from './exchange-name.ts';
import { toRefusal } from './refusal.ts';

type Names = Pick<Catalog, 'findExchange' | 'venues'>;

/** A legacy signature holds no time, and who sees such a request could send it again. */
const sentAt = (purpose: string) =>
  timestamp(`needed ${purpose} with a legacy signature. A request with it counts once`);

export const credentialIdInPath = z.object({ credential_id: z.string() });

export const credentialListParameters = (catalog: Names) =>
  z.object({ exchange_name: exchangeName(catalog).nullish() });

export const newCredentialParameters = (catalog: Names) =>
  z
    .object({
      exchange_name: exchangeName(catalog),
      credential_name: credentialName()
        .default('Default')
        .describe('User-friendly name for this credential set'),
      api_key: apiKey().describe('Exchange API key (will be encrypted)'),
      api_secret: apiSecret().describe('Exchange API secret (will be encrypted)'),
      api_passphrase: apiPassphrase().describe(
        'Exchange API passphrase (optional, required for some exchanges)',
      ),
      permissions: permissions().default([]),
      ip_whitelist: ipWhitelist().default([]),
      exchange_metadata: exchangeMetadata().default({}),
      timestamp: sentAt('to store keys again that were deleted'),
    })
    .superRefine(checkFacts);

const orKept = <T extends z.ZodType>(field: T) => field.nullish().describe('null: stays as it is');

export const credentialChangeParameters = credentialIdInPath
  .extend({
    credential_name: orKept(credentialName()),
    api_key: orKept(apiKey()),
    api_secret: orKept(apiSecret()),
    api_passphrase: apiPassphrase().describe('Comes with new keys alone'),
    permissions: orKept(permissions()),
    ip_whitelist: orKept(ipWhitelist()),
    exchange_metadata: orKept(exchangeMetadata()),
    is_active: orKept(truth()),
    timestamp: sentAt('to switch keys on again'),
  })
  .superRefine(checkFacts)
  .superRefine((sent, context) => {
    const isSent = (name: 'api_key' | 'api_secret' | 'api_passphrase'): boolean =>
      sent[name] !== null && sent[name] !== undefined;
    if (!isSent('api_key') && !isSent('api_secret') && !isSent('api_passphrase')) return;
    for (const name of ['api_key', 'api_secret'] as const)
      if (!isSent(name))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'Field required: keys are replaced as a whole',
          params: { type: 'missing' },
        });
  });

export const deletionParameters = credentialIdInPath.extend({
  delete_history: truth()
    .default(false)
    .describe('Delete what was read with the keys as well: balances and trades'),
});

export const toCredentialChange = (sent: z.output<typeof credentialChangeParameters>): CredentialChange => {
  const { api_key: key, api_secret: secret } = sent;
  return {
    name: sent.credential_name ?? null,
    keys:
      typeof key === 'string' && typeof secret === 'string'
        ? { apiKey: key, secret, passphrase: sent.api_passphrase }
        : null,
    declaredPermissions: sent.permissions ?? null,
    ipWhitelist: sent.ip_whitelist ?? null,
    metadata: sent.exchange_metadata ?? null,
    isActive: sent.is_active ?? null,
  };
};

const moment = () => z.iso.datetime().nullable();

const credentialShape = {
  id: z.uuid(),
  user_id: z.string(),
  exchange_name: z.string(),
  credential_name: z.string(),
  permissions: z.array(z.enum(['read', 'trade', 'withdraw'])),
  ip_whitelist: z.array(z.string()),
  exchange_metadata: z
    .record(z.string(), z.unknown())
    .describe('As sent; `permissions_source` says who told the permissions: exchange, probe or declared'),
  is_active: z.boolean(),
  last_used: moment(),
  last_validation: moment(),
  validation_status: z.string(),
  validation_error: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

export const credentialSchema = z.strictObject(credentialShape).meta({ id: 'Credential' });

export const credentialDetailSchema = z
  .strictObject({ ...credentialShape, api_key_masked: z.string(), has_passphrase: z.boolean() })
  .meta({ id: 'CredentialDetail' });

export const credentialListSchema = z.strictObject({
  credentials: z.array(credentialSchema),
  total_count: z.int(),
});

export const deletionSchema = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  deleted_id: z.uuid(),
});

type Venues = Pick<Catalog, 'findExchange' | 'getVenue'>;

export const toCredentialWire = (
  actor: Actor,
  stored: StoredCredential,
  catalog: Venues,
): z.input<typeof credentialSchema> => {
  const isTold = stored.rightsSource === 'exchange' || stored.rightsSource === 'probe';
  return {
    id: stored.id,
    user_id: stored.userExternalId ?? actor.tenantId,
    exchange_name: exchangeNameOf(stored, catalog),
    credential_name: stored.name,
    permissions: permissionsOf(stored, stored.declaredPermissions, stored.rightsSource !== null),
    ip_whitelist: stored.ipWhitelist,
    exchange_metadata: {
      ...stored.metadata,
      permissions_source: isTold ? stored.rightsSource : 'declared',
    },
    is_active: stored.isActive,
    last_used: stored.lastUsedAt?.toISOString() ?? null,
    last_validation: stored.lastValidatedAt?.toISOString() ?? null,
    validation_status: stored.validationStatus,
    validation_error: stored.validationError,
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
};

export const toCredentialDetailWire = (
  actor: Actor,
  stored: StoredCredential,
  catalog: Venues,
): z.input<typeof credentialDetailSchema> => ({
  ...toCredentialWire(actor, stored, catalog),
  api_key_masked: `${stored.keyPrefix}****${stored.keySuffix}`,
  has_passphrase: stored.hasPassphrase,
});

/** Keys that the exchange, or the tenant's rule, does not accept are a bad parameter; everything else is thrown again. */
export const throwRefusedKeys = (error: unknown): never => {
  const status = statusOf(error);
  if (!(error instanceof AppError) || status === undefined) throw error;
  if (status === 'exchange_unavailable' || status === 'unsupported') throw error;
  const type = status === 'withdrawal_enabled' ? status : toRefusal(error).error_type;
  throw new ApiParameterError([{ loc: ['body', 'api_key'], msg: error.message, type, input: null, ctx: {} }]);
};
