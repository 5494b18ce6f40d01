/** /ver1 chart routes: shares, table and equity over time, of an account or of the summary. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ChartOf, ChartService } from '../../features/charts/chart-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import { invalidParameters } from '../../shared/errors.ts';
import { toAccountIdOrSummary } from './account-id.ts';
import { balanceChartParameters, chartParameters } from './chart-parameters.ts';
import {
  accountTableSchema,
  balanceChartSchema,
  CURRENCY_ICON,
  pieChartSchema,
  toChartPoint,
  toPieSlice,
  toTableRow,
} from './chart-wire.ts';
import { SUMMARY_ID } from './summary-wire.ts';

export interface ChartRoutesDeps {
  readonly charts: ChartService;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly clock: Clock;
  readonly iconUrl: (path: string) => string;
}

export const createChartRoutes = ({ charts, catalog, clock, iconUrl }: ChartRoutesDeps): Route[] => [
  defineSignedRoute({
    method: 'POST',
    path: '/ver1/accounts/{account_id}/pie_chart_data',
    operationId: 'getPieChartData',
    summary: 'Shares of the assets in an account or in the summary, greatest first',
    scope: 'ACCOUNTS_READ',
    input: chartParameters,
    output: pieChartSchema,
    changesNothing: true,
    status: 201,
    errors: ['not_found'],
    handle: async ({ actor, input }) => {
      const of = toAccountIdOrSummary(input.account_id);
      const { rows } = await charts.shares(actor, of);
      return rows.map((share) => toPieSlice(share, wireId(of)));
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/ver1/accounts/{account_id}/account_table_data',
    operationId: 'getAccountTableData',
    summary: 'Balances and prices of the assets in an account or in the summary, greatest value first',
    scope: 'ACCOUNTS_READ',
    input: chartParameters,
    output: accountTableSchema,
    changesNothing: true,
    status: 201,
    errors: ['not_found'],
    handle: async ({ actor, input }) => {
      const of = toAccountIdOrSummary(input.account_id);
      const { marketCodes, rows } = await charts.holdings(actor, of);
      const isWallet =
        of !== 'summary' && marketCodes.every((code) => catalog.getMarket(code).venue.ccxtId === null);
      const icon = iconUrl(CURRENCY_ICON);
      return rows.map((holding) => toTableRow(holding, wireId(of), isWallet, icon));
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/accounts/{account_id}/balance_chart_data',
    operationId: 'getBalanceChartData',
    summary: 'Equity over time of an account or of the summary, at most 1,000 points',
    scope: 'ACCOUNTS_READ',
    input: balanceChartParameters,
    output: balanceChartSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) => {
      const of = toAccountIdOrSummary(input.account_id);
      const { date_from: from, date_to: to = new Date(clock.now()) } = input;
      if (from > to) throw invalidParameters({ date_from: ['must be less than or equal to date_to'] });
      return (await charts.equity(actor, of, { from, to })).map(toChartPoint);
    },
  }),
];

const wireId = (of: ChartOf): number => (of === 'summary' ? SUMMARY_ID : of);
