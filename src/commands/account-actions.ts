/** What `countersign account` does, on the database as its owner. */
import type { TenantDatabase } from '../db/tenant-database.ts';
import { removeAccount } from '../features/accounts/account-removal.ts';
import {
  createAccountListStore,
  type AccountFilter,
  type ListedAccount,
} from '../features/administration/account-list-store.ts';
import { createAuditStore } from '../features/audit/audit-store.ts';
import { createJobStore } from '../features/jobs/job-store.ts';
import { listTenants } from '../features/tenants/tenant-store.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { CommandContext } from './command.ts';

const PAGE = 500;

const COLUMNS = [
  'tenantId',
  'id',
  'name',
  'marketCode',
  'mode',
  'usdAmount',
  'btcAmount',
  'state',
  'syncedAt',
];

export const listAccounts = (
  { config, logger, answer }: CommandContext,
  tenantId: string | undefined,
  status: AccountFilter['status'],
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const tenants = tenantId === undefined ? (await listTenants(database)).map(({ id }) => id) : [tenantId];
    const accounts: ListedAccount[] = [];
    for (const tenant of tenants) accounts.push(...(await accountsOf(database, tenant, status)));
    answer.rows(accounts.map(withState), COLUMNS, 'There are no such accounts.');
  });

/** In a session of the tenant: an owner that is no superuser is held to it. */
const accountsOf = async (
  database: TenantDatabase,
  tenantId: string,
  status: AccountFilter['status'],
): Promise<ListedAccount[]> => {
  const store = createAccountListStore(database.session(tenantId));
  const all: ListedAccount[] = [];
  for (;;) {
    const last = all.at(-1);
    const after = last === undefined ? undefined : { tenantId, id: last.id };
    const page = await store.list({ tenantId, marketCodes: undefined, status, after, limit: PAGE });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
};

const withState = (account: ListedAccount): object => ({
  ...account,
  state: account.apiKeyInvalid ? 'keys_invalid' : account.isLocked ? 'locked' : 'ok',
});

export const showAccount = (
  { config, logger, answer }: CommandContext,
  tenantId: string,
  id: number,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const store = createAccountListStore(database.session(tenantId));
    const account = await store.find(tenantId, id);
    if (account === undefined) throw noAccount(tenantId, id);
    const balances = await store.balances(tenantId, id);
    const shown = withState(account);
    answer.record({ ...shown, balances }, [
      ...Object.entries(shown).map(([name, value]) => `${name.padEnd(15)} ${text(value)}`),
      '',
      ...(balances.length === 0 ? ['It holds nothing.'] : []),
      ...balances.map(
        ({ asset, total, usdValue }) =>
          `${asset.padEnd(15)} ${total}${usdValue === null ? '' : `  ${usdValue} USD`}`,
      ),
    ]);
  });

const text = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const MOST_JOBS = 100;

/** Workers are woken by the database; without one, the jobs wait for it. */
export const syncAccount = (
  { config, logger, answer }: CommandContext,
  tenantId: string,
  id: number,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const { actor, requestId } = localOperator();
    const jobs = await database.transact(tenantId, async (session) => {
      const store = createJobStore(session);
      if (!(await store.hasAccount(id))) throw noAccount(tenantId, id);
      const filter = { kind: undefined, state: undefined, limit: MOST_JOBS };
      const due = (await store.list(filter, id, undefined)).filter(({ state }) => state !== 'paused');
      for (const job of due) await store.makeDue(job.id);
      for (const job of due)
        await createAuditStore(session).append({
          actor,
          action: 'job.run',
          object: `job:${job.id}`,
          outcome: `success; ${job.kind}`,
          requestId,
        });
      return due.map(({ kind }) => kind);
    });
    answer.record({ tenantId, accountId: id, jobs }, [
      jobs.length === 0
        ? `Nothing is done for account ${id}: it is locked, its keys are switched off, or the tenant is suspended.`
        : `A worker does ${jobs.join(' and ')} of account ${id} now.`,
    ]);
  });

export const removeOne = (
  { config, logger, answer }: CommandContext,
  tenantId: string,
  id: number,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const { actor, requestId } = localOperator();
    const at = new Date(systemClock.now()).toISOString();
    const found = await database.transact(tenantId, (session) =>
      removeAccount(session, id, { actor, requestId, at }),
    );
    if (!found) throw noAccount(tenantId, id);
    answer.record({ tenantId, accountId: id, removed: true }, [`Account ${id} is disconnected.`]);
  });

const noAccount = (tenantId: string, id: number): AppError =>
  new AppError('not_found', `Tenant ${tenantId} has no account ${id} (countersign account list ${tenantId})`);
