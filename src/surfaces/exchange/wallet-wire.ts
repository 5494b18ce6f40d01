/** BNB fees and dust on /api/exchange: schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { DustAssets } from '../../exchanges/wallet-port.ts';
import type { ValuedDust } from '../../features/wallets/dust-valuation.ts';
import type { BurnChange, CredentialBurn } from '../../features/wallets/wallet-service.ts';
import type { DecimalString } from '../../shared/money.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { truth } from '../api/api-fields.ts';
import { exchangeName } from './exchange-name.ts';
import { errorTypeSchema, toRefusal } from './refusal.ts';

const DEFAULT_EXCHANGE = 'binanceus';

type Names = Pick<Catalog, 'findExchange' | 'venues'>;

export const walletParameters = (catalog: Names) =>
  z.object({ exchange: exchangeName(catalog).prefault(DEFAULT_EXCHANGE) });

export const bnbBurnParameters = (catalog: Names) =>
  z.object({
    spot_bnb_burn: truth().describe('True to pay spot trading fees with BNB (the fee discount).'),
    exchange: exchangeName(catalog)
      .prefault(DEFAULT_EXCHANGE)
      .describe("Binance venue: 'binanceus' or 'binance'."),
  });

const told = <T extends z.ZodType>(schema: T) =>
  schema.nullable().describe('null: the exchange does not say');

const burnShape = {
  exchange: z.string(),
  credential_id: z.uuid(),
  spot_bnb_burn: z.boolean(),
  interest_bnb_burn: told(z.boolean()),
};

export const bnbBurnSchema = z
  .strictObject({ ...burnShape, timestamp: z.iso.datetime() })
  .meta({ id: 'BnbBurn' });

export const bnbBurnChangeSchema = z
  .strictObject({
    success: z.boolean(),
    ...burnShape,
    spot_bnb_burn: z.boolean().describe('What was asked for; it holds when `success` is true'),
    previous_spot_bnb_burn: z.boolean().nullable().describe('null: the exchange refused to tell'),
    timestamp: z.iso.datetime(),
    error: z.string().nullable(),
    error_type: errorTypeSchema.nullable(),
  })
  .meta({ id: 'BnbBurnChange' });

export const dustAssetsSchema = z
  .strictObject({
    exchange: z.string(),
    target_asset: z.string(),
    assets: z.array(
      z.strictObject({
        asset: z.string(),
        asset_full_name: told(z.string()),
        free: exactNumber(),
        to_btc: told(exactNumber()),
        to_target: exactNumber(),
        to_target_after_fee: exactNumber(),
        fee: exactNumber().describe('In the target asset'),
        usd_value: exactNumber().nullable().describe('null: there is no price'),
      }),
    ),
    total_count: z.int(),
    total_to_btc: told(exactNumber()),
    total_to_target: exactNumber().describe('Before the fees'),
    total_usd_value: exactNumber().nullable().describe('null: of one asset it is not known'),
    fee_rate: told(exactNumber()).describe('As a fraction'),
    within_restricted_time: z.boolean().describe('The last conversion was too short a time ago'),
    min_usd: told(exactNumber()),
    max_usd: told(exactNumber()),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'DustAssets' });

export const toBnbBurnWire = (
  exchange: string,
  { credentialId, spot, interest }: CredentialBurn,
  timestamp: string,
): z.input<typeof bnbBurnSchema> => ({
  exchange,
  credential_id: credentialId,
  spot_bnb_burn: spot,
  interest_bnb_burn: interest,
  timestamp,
});

/** Throws the refusal when it is not the exchange's. */
export const toBnbBurnChangeWire = (
  exchange: string,
  asked: boolean,
  { credentialId, before, after, refusal }: BurnChange,
  timestamp: string,
): z.input<typeof bnbBurnChangeSchema> => ({
  success: refusal === null,
  exchange,
  credential_id: credentialId,
  spot_bnb_burn: after?.spot ?? asked,
  interest_bnb_burn: (after ?? before)?.interest ?? null,
  previous_spot_bnb_burn: before?.spot ?? null,
  timestamp,
  ...(refusal === null ? { error: null, error_type: null } : toRefusal(refusal)),
});

export const toDustWire = (
  exchange: string,
  dust: DustAssets & ValuedDust,
): z.input<typeof dustAssetsSchema> => ({
  exchange,
  target_asset: dust.targetAsset,
  assets: dust.assets.map((row) => ({
    asset: row.asset,
    asset_full_name: row.fullName,
    free: toExactNumber(row.free),
    to_btc: toNumberOrNull(row.toBtc),
    to_target: toExactNumber(row.toTarget),
    to_target_after_fee: toExactNumber(row.toTargetAfterFee),
    fee: toExactNumber(row.fee),
    usd_value: toNumberOrNull(row.usdValue),
  })),
  total_count: dust.assets.length,
  total_to_btc: toNumberOrNull(dust.totalToBtc),
  total_to_target: toExactNumber(dust.totalToTarget),
  total_usd_value: toNumberOrNull(dust.totalUsdValue),
  fee_rate: toNumberOrNull(dust.feeRate),
  within_restricted_time: dust.withinRestrictedTime,
  min_usd: toNumberOrNull(dust.minUsd),
  max_usd: toNumberOrNull(dust.maxUsd),
  timestamp: dust.asOf,
});

const toNumberOrNull = (amount: DecimalString | null) => (amount === null ? null : toExactNumber(amount));
