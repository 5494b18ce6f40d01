/** Accounts and exchange keys of all tenants on the admin API: schemas and the only mapping to them. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type {
  EquityPoint,
  HeldAsset,
  ListedAccount,
} from '../../features/administration/account-list-store.ts';
import type { ListedCredential } from '../../features/administration/credential-list-store.ts';
import { idInPath, moment } from '../api/api-fields.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { exchangeName } from '../exchange/exchange-name.ts';
import { pageParameters, pageSchema } from './admin-page.ts';
import { tenantInPath } from './tenant-wire.ts';

type Names = Pick<Catalog, 'findExchange' | 'venues'>;

export const accountPageParameters = (catalog: Names) =>
  z.object({
    ...pageParameters,
    tenant_id: z.uuid().optional(),
    exchange: exchangeName(catalog).optional(),
    status: z.enum(['ok', 'locked', 'keys_invalid']).optional(),
  });

export const accountInPath = tenantInPath.extend({ account_id: idInPath() });

export const equityParameters = accountInPath.extend({
  from: moment().optional().describe('Default: 30 days before `to`'),
  to: moment().optional().describe('Default: now'),
});

export const credentialPageParameters = (catalog: Names) =>
  z.object({
    ...pageParameters,
    tenant_id: z.uuid().optional(),
    exchange: exchangeName(catalog).optional(),
  });

const time = () => z.iso.datetime().nullable();
const right = () => z.boolean().nullable().describe('null: the exchange does not say');

const accountShape = {
  tenant_id: z.uuid(),
  tenant_name: z.string(),
  id: z.int(),
  name: z.string(),
  market_code: z.string(),
  mode: z.enum(['real', 'paper']),
  credential_id: z.uuid().nullable().describe('null: a watched address'),
  usd_amount: exactNumber(),
  btc_amount: exactNumber(),
  is_locked: z.boolean(),
  lock_reason: z.string().nullable(),
  api_key_invalid: z.boolean(),
  synced_at: time().describe('When its balances were last read'),
  created_at: z.iso.datetime(),
};

const accountSchema = z.strictObject(accountShape).meta({ id: 'AdminAccount' });

export const accountListSchema = pageSchema(accountSchema);

export const accountDetailSchema = z
  .strictObject({
    ...accountShape,
    balances: z.array(
      z.strictObject({
        asset: z.string(),
        total: exactNumber(),
        usd_value: exactNumber().nullable(),
        btc_value: exactNumber().nullable(),
      }),
    ),
  })
  .meta({ id: 'AdminAccountDetail' });

export const equitySchema = z
  .strictObject({
    points: z.array(z.strictObject({ at: z.iso.datetime(), usd: exactNumber(), btc: exactNumber() })),
  })
  .meta({ id: 'AdminEquity' });

const credentialSchema = z
  .strictObject({
    tenant_id: z.uuid(),
    tenant_name: z.string(),
    id: z.uuid(),
    name: z.string(),
    exchange: z.string(),
    hint: z.string().describe('First and last characters of the API key'),
    can_read: right(),
    can_trade: right(),
    can_withdraw: right(),
    ip_restricted: right(),
    is_active: z.boolean(),
    validation_status: z.string(),
    validation_error: z.string().nullable(),
    last_validated_at: time(),
    generation: z.int().describe('Counts the replacements of the keys'),
    sealing_key_id: z.uuid().describe('Key pair of the tenant that they are sealed to'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'AdminCredential' });

export const credentialListSchema = pageSchema(credentialSchema);

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toAccountWire = (account: ListedAccount): z.input<typeof accountSchema> => ({
  tenant_id: account.tenantId,
  tenant_name: account.tenantName,
  id: account.id,
  name: account.name,
  market_code: account.marketCode,
  mode: account.mode,
  credential_id: account.credentialId,
  usd_amount: toExactNumber(account.usdAmount),
  btc_amount: toExactNumber(account.btcAmount),
  is_locked: account.isLocked,
  lock_reason: account.lockReason,
  api_key_invalid: account.apiKeyInvalid,
  synced_at: iso(account.syncedAt),
  created_at: account.createdAt.toISOString(),
});

export const toBalanceWire = ({ asset, total, usdValue, btcValue }: HeldAsset) => ({
  asset,
  total: toExactNumber(total),
  usd_value: usdValue === null ? null : toExactNumber(usdValue),
  btc_value: btcValue === null ? null : toExactNumber(btcValue),
});

export const toPointWire = ({ at, usd, btc }: EquityPoint) => ({
  at: at.toISOString(),
  usd: toExactNumber(usd),
  btc: toExactNumber(btc),
});

export const toCredentialWire = (credential: ListedCredential): z.input<typeof credentialSchema> => ({
  tenant_id: credential.tenantId,
  tenant_name: credential.tenantName,
  id: credential.id,
  name: credential.name,
  exchange: credential.venue,
  hint: `${credential.keyPrefix}…${credential.keySuffix}`,
  can_read: credential.canRead,
  can_trade: credential.canTrade,
  can_withdraw: credential.canWithdraw,
  ip_restricted: credential.ipRestricted,
  is_active: credential.isActive,
  validation_status: credential.validationStatus,
  validation_error: credential.validationError,
  last_validated_at: iso(credential.lastValidatedAt),
  generation: credential.generation,
  sealing_key_id: credential.sealingKeyId,
  created_at: credential.createdAt.toISOString(),
});
