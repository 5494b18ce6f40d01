/** /api/admin routes of background work: all of it, of all tenants, and that some of it be done at once. */
import { z } from 'zod';
import { JOB_KINDS, JOB_STATES } from '../../features/jobs/job.ts';
import type { JobAdministration } from '../../features/jobs/job-administration.ts';
import type { TenantJob } from '../../features/jobs/job-store.ts';
import type { Route } from '../../http/route.ts';
import { jobIdInPath, jobShape, toJobShape } from '../api/job-wire.ts';
import { pageParameters, pageSchema, readCursor, toPage } from './admin-page.ts';
import { defineAdminRoute } from './admin-route.ts';

const jobSchema = z
  .strictObject({
    ...jobShape,
    kind: z.enum(JOB_KINDS),
    tenant_id: z.uuid(),
    subject: z.string().describe('Id of the account, the exchange keys or the tenant that it is about'),
    lane: z.string().describe('Exchange or chain that is asked, or local'),
  })
  .meta({ id: 'AdminJob' });

const listParameters = z.object({
  kind: z.enum(JOB_KINDS).optional(),
  state: z.enum(JOB_STATES).optional(),
  tenant_id: z.uuid().optional(),
  ...pageParameters,
});

export const createAdminJobRoutes = (jobs: JobAdministration): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/jobs',
    operationId: 'adminListJobs',
    summary: 'Background work of all tenants: when it is due, and how it goes',
    input: listParameters,
    output: pageSchema(jobSchema),
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ admin, input }) => {
      const place = readCursor(input.cursor, z.tuple([z.uuid(), z.string(), z.string()]));
      const found = await jobs.list(admin, {
        kind: input.kind,
        state: input.state,
        tenantId: input.tenant_id,
        after: place === undefined ? undefined : { tenantId: place[0], kind: place[1], subject: place[2] },
        limit: input.limit + 1,
      });
      return toPage(found, input.limit, toWire, ({ tenantId, kind, subject }) => [tenantId, kind, subject]);
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/jobs/{job_id}/run',
    operationId: 'adminRunJob',
    summary: 'Have a job done now; the answer does not wait for it',
    input: jobIdInPath,
    output: jobSchema,
    status: 200,
    errors: ['not_found', 'conflict'],
    handle: async ({ admin, input }) => toWire(await jobs.runNow(admin, input.job_id)),
  }),
];

const toWire = (job: TenantJob): z.input<typeof jobSchema> => ({
  ...toJobShape(job),
  kind: job.kind,
  tenant_id: job.tenantId,
  subject: job.subject,
  lane: job.lane,
});
