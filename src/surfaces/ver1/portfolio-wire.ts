/** The portfolio that an account is balanced to, inside an account record of /ver1. */
import { z } from 'zod';
import type { Portfolio } from '../../features/portfolios/portfolio.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';

/** Heaviest share first. The published reference shows none: the shape is ours. */
export const autoBalancePortfolioSchema = z
  .strictObject({
    id: z.int().positive(),
    name: z.string(),
    currencies: z.array(z.strictObject({ currency_code: z.string(), percentage: exactNumber() })),
  })
  .meta({ id: 'AutoBalancePortfolio' });

export const toAutoBalancePortfolio = ({
  id,
  name,
  weights,
}: Portfolio): z.input<typeof autoBalancePortfolioSchema> => ({
  id,
  name,
  currencies: Object.entries(weights).map(([asset, percent]) => ({
    currency_code: asset,
    percentage: toExactNumber(percent),
  })),
});
