/** Trading volumes on /ver1: what the routes take and answer. */
import { z } from 'zod';
import type { Volume } from '../../features/trades/trade-sums-store.ts';
import { isDecimalString } from '../../shared/money.ts';
import { accountIdParameters } from './account-parameters.ts';

/** A text of that form; `schema` decides. */
const written = (schema: z.ZodType, form: string) =>
  z
    .string({ error: 'is invalid' })
    .check(({ value, issues }) => {
      const message = value.trim() === '' ? 'is empty' : 'is invalid';
      if (!schema.safeParse(value).success) issues.push({ code: 'custom', message, input: value });
    })
    .nullish()
    .transform((value) => value ?? undefined)
    .meta({ description: `${form}, UTC; default: the current one` });

export const dailyVolumeParameters = accountIdParameters.extend({
  date: written(z.iso.date(), 'YYYY-MM-DD'),
});

export const monthlyVolumeParameters = accountIdParameters.extend({
  month: written(z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/), 'YYYY-MM'),
});

const decimal = () => z.string().refine(isDecimalString).meta({ pattern: '^-?\\d+(\\.\\d+)?$' });

const volumes = {
  volume_btc: decimal().describe(
    'What trades came to, each at the price of its quote asset when it was read; unpriced ones left out',
  ),
  volume_usd: decimal(),
};

export const dailyVolumeSchema = z
  .strictObject({ utc_date: z.iso.date(), ...volumes })
  .meta({ id: 'DailyVolume' });

export const monthlyVolumeSchema = z
  .strictObject({ utc_month: z.string(), ...volumes })
  .meta({ id: 'MonthlyVolume' });

export const totalVolumeSchema = z.strictObject(volumes).meta({ id: 'TotalVolume' });

export const toVolumeWire = ({ btc, usd }: Volume) => ({ volume_btc: btc, volume_usd: usd });
