/** What `countersign tenant` does, on the database as its owner. */
import {
  createTenantAdministration,
  type TenantAdministration,
} from '../features/tenants/tenant-administration.ts';
import type { TenantChange, TenantRecord, WithdrawalPolicy } from '../features/tenants/tenant-record.ts';
import { listTenants } from '../features/tenants/tenant-store.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

export const createTenant = (
  context: CommandContext,
  name: string,
  withdrawalPolicy: WithdrawalPolicy | undefined,
): Promise<void> =>
  withTenants(context, async (tenants) => {
    const made = await tenants.create(localOperator(), { name, withdrawalPolicy });
    context.answer.record(made, [`Tenant ${made.id} is made.`]);
  });

export const listAllTenants = ({ config, logger, answer }: CommandContext): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    answer.rows(
      await listTenants(database),
      ['id', 'name', 'status', 'createdAt'],
      'There is no tenant yet: make one with countersign tenant create <name>',
    );
  });

export const showTenant = (context: CommandContext, tenantId: string): Promise<void> =>
  withTenants(context, async (tenants) => tell(context, await tenants.get(tenantId)));

export const changeTenant = (
  context: CommandContext,
  tenantId: string,
  change: TenantChange,
): Promise<void> =>
  withTenants(context, async (tenants) =>
    tell(context, await tenants.update(localOperator(), tenantId, change)),
  );

export const changeLimits = (
  context: CommandContext,
  tenantId: string,
  words: {
    readonly requestsPerMinute?: string | undefined;
    readonly openingsPerMinute?: string | undefined;
    readonly withdrawals?: WithdrawalPolicy | undefined;
  },
): Promise<void> =>
  changeTenant(context, tenantId, {
    requestsPerMinute: readPerMinute(words.requestsPerMinute, '--requests-per-minute'),
    openingsPerMinute: readPerMinute(words.openingsPerMinute, '--openings-per-minute'),
    withdrawalPolicy: words.withdrawals,
  });

export const deleteTenant = (context: CommandContext, tenantId: string, confirm: string): Promise<void> =>
  withTenants(context, async (tenants) => {
    await tenants.remove(localOperator(), tenantId, confirm);
    context.answer.record({ id: tenantId, deleted: true }, [
      `Tenant ${tenantId} is deleted, and the keys of its secrets are destroyed.`,
    ]);
  });

/** What the service says of a parameter is said of the option of that name. */
const withTenants = (
  { config, logger }: CommandContext,
  work: (tenants: TenantAdministration) => Promise<void>,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    try {
      await work(createTenantAdministration({ database, clock: systemClock }));
    } catch (error) {
      const attributes = error instanceof AppError ? error.details.attributes : undefined;
      if (attributes === undefined) throw error;
      throw new UsageError(
        Object.entries(attributes)
          .flatMap(([name, messages]) => messages.map((message) => `${name}: ${message}`))
          .join('\n'),
      );
    }
  });

const MOST_PER_MINUTE = 1_000_000;

const readPerMinute = (text: string | undefined, option: string): number | null | undefined => {
  if (text === undefined) return undefined;
  if (text === 'default') return null;
  const count = /^[1-9]\d{0,6}$/.test(text) ? parseInt(text, 10) : 0;
  if (count < 1 || count > MOST_PER_MINUTE)
    throw new UsageError(`${option}: ${text} is no number of 1 to ${MOST_PER_MINUTE}, and not "default"`);
  return count;
};

const tell = ({ answer }: CommandContext, tenant: TenantRecord): void => {
  const limit = (perMinute: number | null): string =>
    perMinute === null ? 'as configured' : String(perMinute);
  answer.record(tenant, [
    `id                  ${tenant.id}`,
    `name                ${tenant.name}`,
    `status              ${tenant.status}`,
    `withdrawals         ${tenant.withdrawalPolicy}`,
    `requests a minute   ${limit(tenant.requestsPerMinute)}`,
    `openings a minute   ${limit(tenant.openingsPerMinute)}`,
    `accounts            ${tenant.accounts}`,
    `caller keys         ${tenant.callerKeys}`,
    `made                ${tenant.createdAt.toISOString()}`,
  ]);
};
