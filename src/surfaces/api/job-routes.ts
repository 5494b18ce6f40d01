/** /api routes of background work: what is done by itself for the tenant's accounts, how it goes, and that it be done now. */
import type { JobService } from '../../features/jobs/job-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import {
  jobIdInPath,
  jobListParameters,
  jobListSchema,
  jobSchema,
  toJobList,
  toJobWire,
  toQuestion,
} from './job-wire.ts';

export const createJobRoutes = (jobs: JobService): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/jobs',
    operationId: 'listJobs',
    summary: 'List what is done by itself: syncs, checks, the closing of days',
    scope: 'ACCOUNTS_READ',
    input: jobListParameters,
    output: jobListSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) => toJobList(await jobs.list(actor, toQuestion(input)), input.limit),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/jobs/{job_id}',
    operationId: 'getJob',
    summary: 'Read one job: when it is due, how it last ended, how far it has come',
    scope: 'ACCOUNTS_READ',
    input: jobIdInPath,
    output: jobSchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ actor, input }) => toJobWire(await jobs.get(actor, input.job_id)),
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/jobs/{job_id}/run',
    operationId: 'runJob',
    summary: 'Have a job done now; the answer does not wait for it',
    scope: 'ACCOUNTS_WRITE',
    input: jobIdInPath,
    output: jobSchema,
    status: 200,
    errors: ['not_found', 'conflict'],
    handle: async ({ actor, input }) => toJobWire(await jobs.runNow(actor, input.job_id)),
  }),
];
