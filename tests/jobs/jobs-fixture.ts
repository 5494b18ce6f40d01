/** What tests of background work look at and change behind its back: jobs, and when accounts were last read. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestGateway } from '../support/test-gateway.ts';

export interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly lane: string;
  readonly isHeld: boolean;
  readonly isSuspended: boolean;
  readonly isLeased: boolean;
  readonly failures: number;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly progress: Readonly<Record<string, unknown>> | null;
  /** Seconds from now. */
  readonly dueIn: number;
  readonly wasDone: boolean;
}

let asked = 0;

/** SQL as the owner; the tenant is $1. */
export const rowsOf = <Row extends object>(
  gateway: TestGateway,
  tenantId: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  asked += 1;
  return gateway.owner.shared.query<Row>({ name: `test.jobs-${asked}`, text }, [tenantId, ...values]);
};

export const listJobs = (gateway: TestGateway, tenantId: string, kind: string): Promise<JobRow[]> =>
  rowsOf<JobRow>(
    gateway,
    tenantId,
    `select id, kind, subject, lane, is_held as "isHeld", is_suspended as "isSuspended", failures,
            lease_id is not null as "isLeased", last_outcome as outcome, last_error as error, progress,
            extract(epoch from due_at - now())::float as "dueIn", last_finished_at is not null as "wasDone"
       from jobs where tenant_id = $1 and kind = $2 order by subject`,
    [kind],
  );

/** Has them all be due, as if nothing had been read for a day. */
export const makeDue = async (gateway: TestGateway, tenantId: string, kind: string): Promise<void> => {
  await rowsOf(
    gateway,
    tenantId,
    "update accounts set balances_synced_at = balances_synced_at - interval '1 day' where tenant_id = $1",
  );
  await rowsOf(
    gateway,
    tenantId,
    'update jobs set due_at = now(), last_outcome = null, last_finished_at = null where tenant_id = $1 and kind = $2',
    [kind],
  );
};

/** Waits until all of them have been done, or what else is asked of them. */
export const untilDone = async (
  gateway: TestGateway,
  tenantId: string,
  kind: string,
  isSo: (job: JobRow) => boolean = ({ wasDone, isLeased }) => wasDone && !isLeased,
): Promise<JobRow[]> => {
  for (;;) {
    const jobs = await listJobs(gateway, tenantId, kind);
    if (jobs.length > 0 && jobs.every(isSo)) return jobs;
    await delay(10);
  }
};

export const eventsOf = async (
  gateway: TestGateway,
  tenantId: string,
  type: string,
): Promise<Readonly<Record<string, unknown>>[]> => {
  const rows = await rowsOf<{ data: Readonly<Record<string, unknown>> }>(
    gateway,
    tenantId,
    'select data from events where tenant_id = $1 and type = $2 order by seq',
    [type],
  );
  return rows.map(({ data }) => data);
};
