/** The account that a path names. */
import { AppError } from '../../shared/errors.ts';

const GREATEST_ID = 2_147_483_647;

/** Text that is no account id names nothing, so it answers as a missing account does. */
export const toAccountId = (text: string): number => {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(id <= GREATEST_ID)) throw new AppError('not_found', 'Not Found');
  return id;
};

/** The same where `summary` stands for all accounts that count in it. */
export const toAccountIdOrSummary = (text: string): number | 'summary' =>
  text === 'summary' ? text : toAccountId(text);
