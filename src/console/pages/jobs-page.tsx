/** Background work: what waits, what runs, what fails. */
import { Button } from '@mantine/core';
import type { AdminJob } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ChoiceFilter, FilterBar, TenantFilter, useFilters } from '../parts/filters.tsx';
import { Answer, ErrorNotice, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Status } from '../parts/status.tsx';
import { TenantName, useTenantNames } from '../parts/tenant-names.tsx';
import { Aside, Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';

const KINDS = ['balance_sync', 'trade_sync', 'credential_check', 'profit_daily', 'retention'] as const;
const STATES = ['waiting', 'running', 'failing', 'paused'] as const;

const FILTERS = { kind: KINDS, state: STATES, tenant_id: null };

export const JobsPage = () => {
  const client = useClient();
  const action = useAction();
  const filters = useFilters(FILTERS);
  const paging = usePaging(filters.key);
  const live = useAnswer('GET /api/admin/jobs', {
    ...filters.chosen,
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const run = (job: AdminJob): Promise<boolean> =>
    action.run(async () => {
      await client.ask('POST /api/admin/jobs/{job_id}/run', { job_id: job.id });
      live.reload();
      return `${job.kind} of ${job.subject} runs next`;
    });
  const names = useTenantNames();
  const tenant: Column<AdminJob> = {
    header: 'Tenant',
    cell: ({ tenant_id }) => <TenantName id={tenant_id} names={names} />,
  };
  const actions: Column<AdminJob> = {
    header: 'Actions',
    cell: (job) => (
      <div className="row-actions">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Run now: ${job.kind} of ${job.subject}`}
          disabled={job.state === 'running' || action.isPending}
          onClick={() => run(job)}
        >
          Run now
        </Button>
      </div>
    ),
  };
  const { values, set } = filters;
  return (
    <Page title="Jobs" intro="Syncs, checks and housekeeping. A failing job is tried again, later each time.">
      <ErrorNotice error={action.error} />
      <Section title="All jobs">
        <FilterBar>
          <ChoiceFilter
            label="State"
            value={values.state}
            onChange={(value) => set('state', value)}
            choices={STATES}
          />
          <ChoiceFilter
            label="Kind"
            value={values.kind}
            onChange={(value) => set('kind', value)}
            choices={KINDS}
          />
          <TenantFilter value={values.tenant_id} onChange={(value) => set('tenant_id', value)} />
        </FilterBar>
        <Answer live={live}>
          {({ items, next_cursor }) => (
            <>
              <DataTable
                caption="Jobs"
                rows={items}
                keyOf={({ id }) => id}
                columns={[...COLUMNS, tenant, actions]}
                empty={
                  filters.isAny ? (
                    <Nothing title="No job matches">Choose other filters to see more.</Nothing>
                  ) : (
                    <Nothing title="No job yet">Jobs come with the first connected account.</Nothing>
                  )
                }
              />
              <Pager paging={paging} nextCursor={next_cursor} label="jobs" />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
};

const JobStatus = ({ state, failures }: Pick<AdminJob, 'state' | 'failures'>) => {
  switch (state) {
    case 'waiting':
      return <Status tone="quiet">Waiting</Status>;
    case 'running':
      return <Status tone="busy">Running</Status>;
    case 'failing':
      return <Status tone="bad">{`Failing (${failures})`}</Status>;
    case 'paused':
      return <Status tone="warning">Paused</Status>;
  }
};

const COLUMNS: readonly Column<AdminJob>[] = [
  { header: 'Kind', cell: ({ kind }) => kind },
  { header: 'Of', cell: ({ subject }) => <span className="mono">{subject}</span> },
  { header: 'Exchange', cell: ({ lane }) => lane },
  { header: 'State', cell: (job) => <JobStatus {...job} /> },
  { header: 'Due', cell: ({ due_at }) => <Time at={due_at} /> },
  {
    header: 'Last result',
    cell: ({ last_outcome, last_error, last_finished_at, progress }) => (
      <>
        {last_outcome ?? '—'}
        {last_error !== null && <Aside>{last_error}</Aside>}
        {progress !== null && <Aside>{formatProgress(progress)}</Aside>}
        {last_finished_at !== null && (
          <Aside>
            <Time at={last_finished_at} />
          </Aside>
        )}
      </>
    ),
  },
];

const formatProgress = (progress: NonNullable<AdminJob['progress']>): string =>
  Object.entries(progress)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ');
