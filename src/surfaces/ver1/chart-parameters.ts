/** What /ver1 chart routes take; messages are the contract's words. */
import { z } from 'zod';
import { accountIdParameters } from './account-parameters.ts';

const isoMoment = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

// A time without an offset is UTC, as in the answers.
const toMoment = (text: string): Date =>
  new Date(/T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || !text.includes('T') ? text : `${text}Z`);

const moment = () =>
  z
    .string({ error: ({ input }) => (input === undefined || input === null ? 'is missing' : 'is invalid') })
    .check(({ value, issues }) => {
      const message = value.trim() === '' ? 'is empty' : 'is invalid';
      if (!isoMoment.safeParse(value).success) issues.push({ code: 'custom', message, input: value });
    })
    .transform(toMoment)
    .meta({ description: 'ISO 8601; UTC when it has no offset' });

export const chartParameters = accountIdParameters;

export const balanceChartParameters = accountIdParameters.extend({
  date_from: moment(),
  date_to: moment()
    .nullish()
    .transform((value) => value ?? undefined),
});
