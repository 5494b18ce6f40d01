/** What the /ver1 routes take that change an account or ask what could be connected; messages are the contract's words. */
import { z } from 'zod';
import { newAccountParameters, text } from './account-parameters.ts';

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const TRUE = new Set<unknown>([true, 'true', 1, '1']);
const FALSE = new Set<unknown>([false, 'false', 0, '0']);

const optionalTruth = () =>
  z
    .unknown()
    .transform((value, context): boolean | undefined => {
      if (isAbsent(value)) return undefined;
      if (TRUE.has(value) || FALSE.has(value)) return TRUE.has(value);
      context.addIssue({ code: 'custom', message: 'is invalid' });
      return z.NEVER;
    })
    .optional()
    .meta({ type: 'boolean' });

/** An id as a number or its digits, as text; whether there is such an account is another question. */
const accountId = () =>
  z
    .union([z.string(), z.int().transform(String)], {
      error: ({ input }) => (isAbsent(input) ? 'is missing' : 'is invalid'),
    })
    .refine((text) => /^\d{1,20}$/.test(text), 'is invalid');

export const updateParameters = newAccountParameters.omit({ type: true, types_to_create: true }).extend({
  account_id: accountId(),
  name: text(),
  include_in_summary: optionalTruth(),
});

export const typesToConnectParameters = newAccountParameters.pick({
  type: true,
  name: true,
  api_key: true,
  secret: true,
  passphrase: true,
  customer_id: true,
});
