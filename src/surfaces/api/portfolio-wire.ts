/** Target portfolios on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import {
  ASSET_PATTERN,
  findSumProblem,
  LONGEST_NAME,
  MOST_ASSETS,
  type Portfolio,
  WEIGHT_PLACES,
} from '../../features/portfolios/portfolio.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { checkSize, decimal, idInPath, integer, text } from './api-fields.ts';

export const portfolioIdParameters = z.object({ portfolio_id: idInPath() });

export const portfolioParameters = z.object({
  name: text({ least: 1, most: LONGEST_NAME }),
  weights: z
    .record(
      z.string().regex(new RegExp(ASSET_PATTERN)),
      decimal({ above: 0, most: 100, places: WEIGHT_PLACES }),
    )
    .superRefine((weights, context) => {
      if (!checkSize(weights, context, { least: 1, most: MOST_ASSETS })) return;
      const problem = findSumProblem(weights);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .describe('Percent by asset; they sum to 100'),
});

const DEFAULT_LIMIT = 100;
const GREATEST_LIMIT = 500;

export const portfolioPageParameters = z.object({
  limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
  offset: integer({ least: 0, most: 1_000_000 }).default(0),
});

export const portfolioSchema = z
  .strictObject({
    id: z.int().positive(),
    name: z.string(),
    weights: z.record(z.string(), exactNumber()),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Portfolio' });

export const portfolioListSchema = z.strictObject({
  portfolios: z.array(portfolioSchema),
  total_count: z.int(),
});

export const toPortfolioWire = (portfolio: Portfolio): z.input<typeof portfolioSchema> => ({
  id: portfolio.id,
  name: portfolio.name,
  weights: Object.fromEntries(
    Object.entries(portfolio.weights).map(([asset, percent]) => [asset, toExactNumber(percent)]),
  ),
  created_at: portfolio.createdAt.toISOString(),
  updated_at: portfolio.updatedAt.toISOString(),
});
