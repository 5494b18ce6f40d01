/** The life of a tenant in the hands of operators: made, changed, suspended, resumed, deleted with all its secrets. */
import { randomUUID } from 'node:crypto';
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import { isDeadlock } from '../../db/database-errors.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import type { TenantChange, TenantRecord, WithdrawalPolicy } from './tenant-record.ts';
import { createTenantRecordStore, type TenantSettings } from './tenant-record-store.ts';

/** Each throws not_found for a tenant that is not there or is deleted, and record_invalid for a blank or long name. */
export interface TenantAdministration {
  create(
    administrator: Administrator,
    tenant: { readonly name: string; readonly withdrawalPolicy?: WithdrawalPolicy | undefined },
  ): Promise<TenantRecord>;
  /** Also of one that is deleted. */
  get(id: string): Promise<TenantRecord>;
  update(administrator: Administrator, id: string, change: TenantChange): Promise<TenantRecord>;
  /**
   * Destroys the private halves of its sealing keys and all that is its: accounts, exchange keys, caller keys, histories.
   * What stays is its name and its audit chain. Throws record_invalid unless `confirmedName` is its name.
   */
  remove(administrator: Administrator, id: string, confirmedName: string): Promise<void>;
}

const LONGEST_NAME = 100;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `database` is of the admin API's role, or the owner's. */
export const createTenantAdministration = ({
  database,
  clock,
}: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): TenantAdministration => {
  const now = (): Date => new Date(clock.now());

  const inTenant = <T>(id: string, work: (session: TenantSession) => Promise<T>): Promise<T> => {
    if (!UUID.test(id) || id === OPERATOR_TENANT_ID) throw notFound();
    return database.transact(id.toLowerCase(), work);
  };

  const getIn = async (session: TenantSession): Promise<TenantRecord> => {
    const found = await createTenantRecordStore(session).find();
    if (found === undefined) throw notFound();
    return found;
  };

  return {
    create: (administrator, { name, withdrawalPolicy = 'refuse' }) => {
      const checked = checkName(name);
      return database.transact(randomUUID(), async (session) => {
        const store = createTenantRecordStore(session);
        await store.insert(checked, withdrawalPolicy, now());
        const made = await getIn(session);
        await audit(session, administrator, 'tenant.created', 'success');
        return made;
      });
    },

    get: async (id) => await inTenant(id, getIn),

    update: async (administrator, id, change) =>
      await inTenant(id, async (session) => {
        const store = createTenantRecordStore(session);
        const before = await store.lock();
        if (before === undefined) throw notFound();
        const after = applyTo(before, change);
        const changes = describe(before, after);
        if (changes.length > 0) await store.update(after, now());
        const updated = await getIn(session);
        for (const { action, outcome } of changes) await audit(session, administrator, action, outcome);
        return updated;
      }),

    remove: async (administrator, id, confirmedName) => {
      await outlastDeadlocks(() =>
        inTenant(id, async (session) => {
          const store = createTenantRecordStore(session);
          const tenant = await store.lock();
          if (tenant === undefined) throw notFound();
          if (tenant.name !== confirmedName)
            throw invalidParameters({
              confirm: [`must be the name of the tenant, letter for letter: ${tenant.name}`],
            });
          if (!(await store.delete())) throw notFound();
          await audit(session, administrator, 'tenant.deleted', 'success; its sealing keys are destroyed');
        }),
      );
    },
  };
};

const MOST_TRIES = 5;

/** It locks all that the tenant has, in an order that whoever works for it at this moment does not know. */
const outlastDeadlocks = async (work: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === MOST_TRIES || !isDeadlock(error)) throw error;
    }
  }
};

const notFound = (): AppError => new AppError('not_found', 'There is no such tenant');

const checkName = (name: string): string => {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > LONGEST_NAME)
    throw invalidParameters({ name: [`must have 1 to ${LONGEST_NAME} characters`] });
  return trimmed;
};

const applyTo = (before: TenantSettings, change: TenantChange): TenantSettings => {
  const { requestsPerMinute, openingsPerMinute } = change;
  return {
    name: change.name === undefined ? before.name : checkName(change.name),
    status: change.status ?? before.status,
    withdrawalPolicy: change.withdrawalPolicy ?? before.withdrawalPolicy,
    requestsPerMinute: requestsPerMinute === undefined ? before.requestsPerMinute : requestsPerMinute,
    openingsPerMinute: openingsPerMinute === undefined ? before.openingsPerMinute : openingsPerMinute,
  };
};

/** A row for what matters most of all, and one for the rest. */
const describe = (
  before: TenantSettings,
  after: TenantSettings,
): { readonly action: string; readonly outcome: string }[] => {
  const rows: { action: string; outcome: string }[] = [];
  if (before.status !== after.status)
    rows.push({
      action: after.status === 'suspended' ? 'tenant.suspended' : 'tenant.resumed',
      outcome: 'success',
    });
  const changed = (['name', 'withdrawalPolicy', 'requestsPerMinute', 'openingsPerMinute'] as const)
    .filter((field) => before[field] !== after[field])
    .map(
      (field) =>
        `${LABELS[field]} from ${before[field] ?? 'as configured'} to ${after[field] ?? 'as configured'}`,
    );
  if (changed.length > 0) rows.push({ action: 'tenant.changed', outcome: `success; ${changed.join('; ')}` });
  return rows;
};

const LABELS = {
  name: 'name',
  withdrawalPolicy: 'withdrawal policy',
  requestsPerMinute: 'requests a minute',
  openingsPerMinute: 'openings a minute',
};

const audit = (
  session: TenantSession,
  { actor, requestId }: Administrator,
  action: string,
  outcome: string,
): Promise<void> =>
  createAuditStore(session).append({
    actor,
    action,
    object: `tenant:${session.tenantId}`,
    outcome,
    requestId,
  });
