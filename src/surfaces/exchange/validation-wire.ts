/** Trying exchange keys on /api/exchange: schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Trial } from '../../features/credentials/key-trial.ts';
import { permissionsOf } from '../../features/credentials/stored-credential.ts';
import { apiKey, apiPassphrase, apiSecret, exchangeMetadata } from './credential-fields.ts';
import { exchangeName, type NamedExchange } from './exchange-name.ts';
import { errorTypeSchema, toRefusal } from './refusal.ts';

export const validationParameters = (catalog: Pick<Catalog, 'findExchange' | 'venues'>) =>
  z.object({
    exchange: exchangeName(catalog).describe('Exchange name (binance, coinbase, kraken, etc.)'),
    api_key: apiKey(1).describe('Exchange API key'),
    api_secret: apiSecret(1).describe('Exchange API secret'),
    api_passphrase: apiPassphrase().describe('Exchange API passphrase (if required)'),
    exchange_metadata: exchangeMetadata().default({}),
  });

export const validationSchema = z
  .strictObject({
    valid: z.boolean(),
    exchange: z.string(),
    validation_status: z.enum([
      'valid',
      'invalid',
      'permission_denied',
      'ip_not_whitelisted',
      'clock_skew',
      'withdrawal_enabled',
      'exchange_unavailable',
      'unsupported',
    ]),
    message: z.string(),
    permissions: z.array(z.enum(['read', 'trade', 'withdraw'])),
    permissions_source: z.enum(['exchange', 'probe', 'unknown']),
    can_withdraw: z.boolean().nullable(),
    ip_restricted: z.boolean().nullable(),
    key_expires_at: z.iso.datetime().nullable(),
    account_types: z.array(z.string()).describe('Account types that the keys were tried on and work for'),
    warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    latency_ms: z.number(),
    timestamp: z.iso.datetime(),
    error: z.string().nullable(),
    error_type: errorTypeSchema.nullable(),
  })
  .meta({ id: 'KeyValidation' });

export const toValidationWire = (
  { name, market }: NamedExchange,
  { status, rights, error, warnings, latencyMs }: Trial,
  timestamp: string,
): z.input<typeof validationSchema> => ({
  valid: error === null,
  exchange: name,
  validation_status: status,
  message: error === null ? 'The exchange accepts the keys' : error.message,
  permissions: rights === null ? [] : permissionsOf(rights, [], true),
  permissions_source: rights?.source ?? 'unknown',
  can_withdraw: rights?.canWithdraw ?? null,
  ip_restricted: rights?.ipRestricted ?? null,
  key_expires_at: rights?.expiresAt ?? null,
  account_types: error === null ? [market.code] : [],
  warnings: [...warnings],
  latency_ms: latencyMs,
  timestamp,
  error: error?.message ?? null,
  // The tenant's own rule is no answer of the exchange.
  error_type: error === null || status === 'withdrawal_enabled' ? null : toRefusal(error).error_type,
});
