/** Background work of all tenants, for operators: audited reads, and jobs that they have done at once. */
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { AuditedReads } from '../administration/audited-reads.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { assertRunnable, isJobId, noSuchJob } from './job-service.ts';
import {
  createAllJobsStore,
  createJobStore,
  type JobFilter,
  type JobPlace,
  type TenantJob,
} from './job-store.ts';

export interface AllJobsQuestion extends JobFilter {
  readonly tenantId: string | undefined;
  readonly after: (JobPlace & { readonly tenantId: string }) | undefined;
}

export interface JobAdministration {
  /** In the order of tenant, kind and subject. */
  list(admin: Administrator, question: AllJobsQuestion): Promise<TenantJob[]>;
  /** Throws not_found, and conflict while it is paused. Written down in the tenant's audit log. */
  runNow(admin: Administrator, id: string): Promise<TenantJob>;
}

export const createJobAdministration = (deps: {
  readonly reads: AuditedReads;
  /** Of the admin API's role. */
  readonly adminDatabase: Pick<TenantDatabase, 'shared' | 'transact'>;
}): JobAdministration => {
  const { reads, adminDatabase } = deps;
  const find = async (id: string): Promise<TenantJob> => {
    const job = isJobId(id) ? await createAllJobsStore(adminDatabase.shared).find(id) : undefined;
    if (job === undefined || job.tenantId === OPERATOR_TENANT_ID) throw noSuchJob();
    return job;
  };

  return {
    list: (admin, { tenantId, after, ...filter }) =>
      reads.read(admin, { action: 'jobs.read', tenantId }, (session) =>
        createAllJobsStore(session).list(filter, tenantId, after),
      ),

    async runNow({ actor, requestId }, id) {
      const job = await find(id);
      assertRunnable(job);
      await adminDatabase.transact(job.tenantId, async (session) => {
        await createJobStore(session).makeDue(id);
        await createAuditStore(session).append({
          actor,
          action: 'job.run',
          object: `job:${id}`,
          outcome: `success; ${job.kind}`,
          requestId,
        });
      });
      return find(id);
    },
  };
};
