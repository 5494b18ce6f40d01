/** What /ver1 account routes take; messages are the contract's words. */
import { z } from 'zod';

export const text = () =>
  z
    .string({ error: 'is invalid' })
    .nullish()
    .transform((value) => value ?? undefined);

/** Described as required; the use case tells that it is missing, together with what else is. */
const requiredText = () => text().meta({ type: 'string', 'x-required': true });

// Bitstamp's customer id is a number, and JSON callers send it as one.
const textOrNumber = () =>
  z
    .union([z.string(), z.int().nonnegative().transform(String)], { error: 'is invalid' })
    .nullish()
    .transform((value) => value ?? undefined);

// Query parameters are text; nothing but digits is a number there.
const wholeNumber = (least: number, greatest: number, fallback: number) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,9}$/)
          .transform(Number),
      ],
      { error: 'is invalid' },
    )
    .pipe(
      z
        .int('is invalid')
        .min(least, `must be greater than or equal to ${least}`)
        .max(greatest, `must be less than or equal to ${greatest}`),
    )
    .default(fallback)
    .meta({ type: 'integer', minimum: least, maximum: greatest });

export const newAccountParameters = z.object({
  type: requiredText().describe('Market code or one of its aliases'),
  name: requiredText(),
  api_key: text(),
  secret: text(),
  address: text(),
  customer_id: textOrNumber(),
  passphrase: text(),
  subaccount_name: text(),
  types_to_create: z
    .preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z
        .array(z.string({ error: 'is invalid' }), { error: 'is invalid' })
        .max(10, 'is invalid')
        .nullish(),
    )
    .transform((value) => value ?? undefined),
});

const GREATEST_PAGE = 1_000_000;

export const listParameters = z.object({
  api_key: text(),
  page: wholeNumber(1, GREATEST_PAGE, 1),
  per_page: wholeNumber(1, 100, 100),
});

export const accountIdParameters = z.object({ account_id: z.string() });

export const renameParameters = accountIdParameters.extend({
  name: z
    .string({ error: ({ input }) => (input === undefined || input === null ? 'is missing' : 'is invalid') })
    .max(255, 'is too long (maximum is 255 characters)')
    .refine((name) => name.trim() !== '', 'is empty')
    .refine((name) => name.trim() === '' || name.length >= 2, 'is too short (minimum is 2 characters)'),
});
