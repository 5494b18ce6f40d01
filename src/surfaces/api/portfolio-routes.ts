/** /api routes of target portfolios. */
import { z } from 'zod';
import type { PortfolioService } from '../../features/portfolios/portfolio-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import {
  portfolioIdParameters,
  portfolioListSchema,
  portfolioPageParameters,
  portfolioParameters,
  portfolioSchema,
  toPortfolioWire,
} from './portfolio-wire.ts';

export const createPortfolioRoutes = (portfolios: PortfolioService): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/portfolios',
    operationId: 'listPortfolios',
    summary: 'List target portfolios, oldest first',
    scope: 'ACCOUNTS_READ',
    input: portfolioPageParameters,
    output: portfolioListSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ actor, input }) => {
      const page = await portfolios.list(actor, input);
      return { portfolios: page.portfolios.map(toPortfolioWire), total_count: page.total };
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/portfolios',
    operationId: 'createPortfolio',
    summary: 'Make a target portfolio',
    scope: 'ACCOUNTS_WRITE',
    input: portfolioParameters,
    output: portfolioSchema,
    status: 201,
    errors: ['record_invalid', 'conflict'],
    handle: async ({ actor, input }) => toPortfolioWire(await portfolios.create(actor, input)),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/portfolios/{portfolio_id}',
    operationId: 'getPortfolio',
    summary: 'Read one target portfolio',
    scope: 'ACCOUNTS_READ',
    input: portfolioIdParameters,
    output: portfolioSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) => toPortfolioWire(await portfolios.get(actor, input.portfolio_id)),
  }),
  defineSignedRoute({
    method: 'PUT',
    path: '/api/portfolios/{portfolio_id}',
    operationId: 'replacePortfolio',
    summary: 'Give a target portfolio another name and other weights',
    scope: 'ACCOUNTS_WRITE',
    input: portfolioIdParameters.extend(portfolioParameters.shape),
    output: portfolioSchema,
    status: 200,
    errors: ['record_invalid', 'not_found', 'conflict'],
    handle: async ({ actor, input: { portfolio_id: id, ...content } }) =>
      toPortfolioWire(await portfolios.replace(actor, id, content)),
  }),
  defineSignedRoute({
    method: 'DELETE',
    path: '/api/portfolios/{portfolio_id}',
    operationId: 'removePortfolio',
    summary: 'Remove a target portfolio that no account is set to',
    scope: 'ACCOUNTS_WRITE',
    input: portfolioIdParameters,
    output: z.undefined(),
    status: 204,
    errors: ['record_invalid', 'not_found', 'conflict'],
    handle: async ({ actor, input }) => {
      await portfolios.remove(actor, input.portfolio_id);
      return undefined;
    },
  }),
];
