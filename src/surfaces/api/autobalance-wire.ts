/** The balancing settings of an account on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import {
  type Autobalance,
  type AutobalanceSettings,
  DEFAULT_PERIOD_HOURS,
  findMissingSettings,
  LONGEST_PERIOD_HOURS,
} from '../../features/portfolios/autobalance.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { decimal, idInPath, integer, truth } from './api-fields.ts';

const method = () => z.enum(['time', 'currency_change']);

export const accountIdInPath = z.object({ account_id: idInPath() });

const settingsShape = {
  enabled: truth(),
  portfolio_id: integer({ least: 1 })
    .nullish()
    .transform((id) => id ?? null),
  period: integer({ least: 1, most: LONGEST_PERIOD_HOURS })
    .default(DEFAULT_PERIOD_HOURS)
    .describe('Hours between runs'),
  method: method()
    .nullish()
    .transform((value) => value ?? null),
  currency_change_limit: decimal({ above: 0, most: 100, places: 8 })
    .nullish()
    .transform((limit) => limit ?? null)
    .describe('Percent by which the share of an asset may move away'),
};

type Sent = z.output<z.ZodObject<typeof settingsShape>>;

const WIRE_NAME = {
  portfolioId: 'portfolio_id',
  method: 'method',
  currencyChangeLimit: 'currency_change_limit',
} as const;

export const autobalanceParameters = accountIdInPath.extend(settingsShape).superRefine((sent, context) => {
  for (const [field, problem] of findMissingSettings(toSettings(sent)))
    context.addIssue({
      code: 'custom',
      path: [WIRE_NAME[field]],
      message: `Value error, ${problem}`,
      params: { type: 'value_error', ctx: { error: {} } },
    });
});

export const toSettings = (sent: Sent): AutobalanceSettings => ({
  enabled: sent.enabled,
  portfolioId: sent.portfolio_id,
  periodHours: sent.period,
  method: sent.method,
  currencyChangeLimit: sent.currency_change_limit,
});

export const autobalanceSchema = z
  .strictObject({
    account_id: z.int().positive(),
    enabled: z.boolean(),
    portfolio_id: z.int().nullable(),
    period: z.int(),
    method: method().nullable(),
    currency_change_limit: exactNumber().nullable(),
    error: z.string().nullable(),
    last_run_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Autobalance' });

export const toAutobalanceWire = (stored: Autobalance): z.input<typeof autobalanceSchema> => ({
  account_id: stored.accountId,
  enabled: stored.enabled,
  portfolio_id: stored.portfolioId,
  period: stored.periodHours,
  method: stored.method,
  currency_change_limit:
    stored.currencyChangeLimit === null ? null : toExactNumber(stored.currencyChangeLimit),
  error: stored.error,
  last_run_at: stored.lastRunAt?.toISOString() ?? null,
});
