/** Background work on /api: its schemas and the only mapping to and from them. */
import { z } from 'zod';
import { type Job, JOB_STATES } from '../../features/jobs/job.ts';
import type { JobQuestion } from '../../features/jobs/job-service.ts';
import { pageParameters, readCursor, toPage } from '../admin/admin-page.ts';
import { idInPath } from './api-fields.ts';

/** Those that are about accounts and exchange keys. */
const KINDS = ['balance_sync', 'trade_sync', 'credential_check', 'profit_daily'] as const;

export const jobIdInPath = z.object({ job_id: z.string() });

export const jobListParameters = z.object({
  kind: z.enum(KINDS).optional(),
  account_id: idInPath().optional().describe('Of this account alone'),
  state: z.enum(JOB_STATES).optional(),
  ...pageParameters,
});

const moment = z.iso.datetime().nullable();

/** What every list of jobs shows. */
export const jobShape = {
  id: z.uuid(),
  state: z
    .enum(JOB_STATES)
    .describe(
      'failing: the last attempt failed, and another one will come; paused: the account is locked, its keys are switched off, or the tenant is suspended',
    ),
  due_at: z.iso.datetime().describe('When it is to be done next'),
  failures: z.int().describe('Attempts in a row that failed'),
  last_started_at: moment,
  last_finished_at: moment,
  last_outcome: z.string().nullable().describe('How it last ended, e.g. synced; null: it never has'),
  last_error: z.string().nullable().describe('Why it failed; null: it did not'),
  progress: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .nullable()
    .describe('How far it has come, e.g. new_trades, markets_done, markets; null: nothing to tell'),
};

export const jobSchema = z
  .strictObject({
    ...jobShape,
    kind: z.enum(KINDS),
    account_id: z.int().nullable().describe('null: it is about exchange keys as a whole'),
    credential_id: z.uuid().nullable().describe('Exchange keys that it uses; null: it needs none'),
    exchange: z.string().nullable().describe('Exchange or chain that is asked; null: none'),
  })
  .meta({ id: 'Job' });

export const jobListSchema = z.strictObject({
  jobs: z.array(jobSchema),
  next_cursor: z.string().nullable().describe('null: this is the last page'),
});

export const toQuestion = (sent: z.output<typeof jobListParameters>): JobQuestion => {
  const place = readCursor(sent.cursor, z.tuple([z.string(), z.string()]));
  return {
    kind: sent.kind,
    state: sent.state,
    accountId: sent.account_id,
    after: place === undefined ? undefined : { kind: place[0], subject: place[1] },
    // One more tells whether there is another page.
    limit: sent.limit + 1,
  };
};

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const LOCAL = 'local';

export const toJobShape = (job: Job): z.input<z.ZodObject<typeof jobShape>> => ({
  id: job.id,
  state: job.state,
  due_at: job.dueAt.toISOString(),
  failures: job.failures,
  last_started_at: iso(job.lastStartedAt),
  last_finished_at: iso(job.lastFinishedAt),
  last_outcome: job.lastOutcome,
  last_error: job.lastError,
  progress: job.progress,
});

export const toJobWire = (job: Job): z.input<typeof jobSchema> => {
  if (job.kind === 'retention') throw new TypeError('retention is no job of a caller');
  return {
    ...toJobShape(job),
    kind: job.kind,
    account_id: job.accountId,
    credential_id: job.credentialId,
    exchange: job.lane === LOCAL ? null : job.lane,
  };
};

export const toJobList = (jobs: readonly Job[], limit: number): z.input<typeof jobListSchema> => {
  const { items, next_cursor } = toPage(jobs, limit, toJobWire, ({ kind, subject }) => [kind, subject]);
  return { jobs: items, next_cursor };
};
