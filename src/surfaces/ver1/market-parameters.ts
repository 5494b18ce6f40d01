/** What /ver1 routes about markets and venues take; messages are the contract's words. */
import { z } from 'zod';
import { accountIdParameters } from './account-parameters.ts';

const LONGEST_NAME = 128;

const required = () =>
  z
    .string({ error: ({ input }) => (input === undefined || input === null ? 'is missing' : 'is invalid') })
    .max(LONGEST_NAME, 'is invalid')
    .refine((text) => text.trim() !== '', 'is empty');

const optional = () =>
  z
    .string({ error: 'is invalid' })
    .max(LONGEST_NAME, 'is invalid')
    .nullish()
    .transform((text) => (text === null || text === '' ? undefined : text));

const ofPair = () => required().describe('QUOTE_BASE, as GET /ver1/accounts/market_pairs names it');
const ofMarket = () => optional().describe('Market code; when left out, that of the reference exchange');

export const marketPairsParameters = z.object({ market_code: ofMarket() });

export const currencyRatesParameters = z.object({
  market_code: ofMarket(),
  pair: ofPair(),
  limit_type: optional().describe('Taken and not used: the limits of every kind are answered'),
});

export const leveragedRatesParameters = z.object({ market_code: required(), pair: ofPair() });

export const leverageParameters = accountIdParameters.extend({ pair: ofPair() });

export const depositParameters = accountIdParameters.extend({
  currency: required(),
  network: required().describe('As GET /ver1/accounts/{account_id}/networks_info names it'),
});

export const networksParameters = accountIdParameters.extend({
  currency: required(),
  purpose: z
    .enum(['deposit', 'withdraw'], { error: 'does not have a valid value' })
    .nullish()
    .describe('Only networks that are open for it'),
});
