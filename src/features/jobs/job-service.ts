/** Use cases on background work as its tenant sees it: what there is, how it goes, and that something be done now. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import type { Job, JobState } from './job.ts';
import { createJobStore, type JobFilter, type JobPlace } from './job-store.ts';

export interface JobQuestion extends JobFilter {
  readonly accountId: number | undefined;
  readonly after: JobPlace | undefined;
}

export interface JobService {
  /** In the order of kind and subject. Throws not_found for an account that is not there. */
  list(actor: Actor, question: JobQuestion): Promise<Job[]>;
  /** Throws not_found. */
  get(actor: Actor, id: string): Promise<Job>;
  /** Makes it due; a worker begins within moments. Throws not_found, and conflict while it is paused. */
  runNow(actor: Actor, id: string): Promise<Job>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of a job: one that cannot is simply not there. */
export const isJobId = (text: string): boolean => UUID.test(text);

export const createJobService = ({ database }: { readonly database: TenantDatabase }): JobService => {
  const get = async (actor: Actor, id: string): Promise<Job> => {
    const job = isJobId(id) ? await createJobStore(database.session(actor.tenantId)).find(id) : undefined;
    if (job === undefined) throw noSuchJob();
    return job;
  };

  return {
    get,

    async list(actor, { accountId, after, ...filter }) {
      const store = createJobStore(database.session(actor.tenantId));
      if (accountId !== undefined && !(await store.hasAccount(accountId)))
        throw new AppError('not_found', 'Not Found');
      return store.list(filter, accountId, after);
    },

    async runNow(actor, id) {
      assertRunnable(await get(actor, id));
      await database.transact(actor.tenantId, (session) => createJobStore(session).makeDue(id));
      return get(actor, id);
    },
  };
};

export const noSuchJob = (): AppError => new AppError('not_found', 'Not Found');

/** Throws conflict for one that is paused. */
export const assertRunnable = ({ state }: { readonly state: JobState }): void => {
  if (state === 'paused')
    throw new AppError(
      'conflict',
      'This job is paused: its account is locked, its exchange keys are switched off, or the tenant is suspended',
    );
};
