/** /ver1 routes of an account's trading volume: of a UTC day, of a month, of all time. */
import type { VolumeDays, VolumeService } from '../../features/trades/volume-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import { toAccountId } from './account-id.ts';
import { accountIdParameters } from './account-parameters.ts';
import {
  dailyVolumeParameters,
  dailyVolumeSchema,
  monthlyVolumeParameters,
  monthlyVolumeSchema,
  totalVolumeSchema,
  toVolumeWire,
} from './volume-wire.ts';

export interface VolumeRoutesDeps {
  readonly volumes: VolumeService;
  readonly clock: Clock;
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;
const MONTH_LENGTH = 'YYYY-MM'.length;

export const createVolumeRoutes = ({ volumes, clock }: VolumeRoutesDeps): Route[] => {
  const now = (): string => new Date(clock.now()).toISOString();
  return [
    defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts/{account_id}/volume/daily',
      operationId: 'getDailyVolume',
      summary: 'Trading volume of an account on one UTC day, valued when its trades were read',
      scope: 'ACCOUNTS_READ',
      input: dailyVolumeParameters,
      output: dailyVolumeSchema,
      status: 200,
      errors: ['record_invalid', 'not_found', 'volume_not_found'],
      handle: async ({ actor, input: { account_id, date = now().slice(0, DATE_LENGTH) } }) => ({
        utc_date: date,
        ...toVolumeWire(await volumes.volume(actor, toAccountId(account_id), daysFrom(date, 'day'))),
      }),
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts/{account_id}/volume/monthly',
      operationId: 'getMonthlyVolume',
      summary: 'Trading volume of an account in one UTC month, valued when its trades were read',
      scope: 'ACCOUNTS_READ',
      input: monthlyVolumeParameters,
      output: monthlyVolumeSchema,
      status: 200,
      errors: ['record_invalid', 'not_found', 'volume_not_found'],
      handle: async ({ actor, input: { account_id, month = now().slice(0, MONTH_LENGTH) } }) => ({
        utc_month: month,
        ...toVolumeWire(
          await volumes.volume(actor, toAccountId(account_id), daysFrom(`${month}-01`, 'month')),
        ),
      }),
    }),
    defineSignedRoute({
      method: 'GET',
      path: '/ver1/accounts/{account_id}/volume/total',
      operationId: 'getTotalVolume',
      summary: 'Trading volume of an account since its first trade, valued when its trades were read',
      scope: 'ACCOUNTS_READ',
      input: accountIdParameters,
      output: totalVolumeSchema,
      status: 200,
      errors: ['not_found', 'volume_not_found'],
      handle: async ({ actor, input }) =>
        toVolumeWire(await volumes.volume(actor, toAccountId(input.account_id), undefined)),
    }),
  ];
};

/** The day, or the month that begins with it. */
const daysFrom = (first: string, length: 'day' | 'month'): VolumeDays => {
  const end = new Date(`${first}T00:00:00Z`);
  if (length === 'day') end.setUTCDate(end.getUTCDate() + 1);
  else end.setUTCMonth(end.getUTCMonth() + 1);
  // Year 10000 is written with a sign, which Postgres does not read.
  const before = end.toISOString();
  return { from: first, before: before.startsWith('+') ? 'infinity' : before.slice(0, DATE_LENGTH) };
};
