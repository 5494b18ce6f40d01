/** The audit log: what was done by whom, and whether anybody has touched the record of it. */
import { Button } from '@mantine/core';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { AuditRow } from '../api-types.ts';
import { FilterBar, TenantFilter, TextFilter, useFilters } from '../parts/filters.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { useTenantNames } from '../parts/tenant-names.tsx';
import { Time } from '../parts/values.tsx';
import { withQuery } from '../location.ts';
import { useAnswer } from '../use-answer.ts';
import { Chain } from './audit-chain.tsx';
import { AuditVerification } from './audit-verification.tsx';

const FILTERS = { tenant_id: null, actor: null, action: null, from: null, to: null };

export const AuditPage = () => {
  const filters = useFilters(FILTERS);
  const { values, set } = filters;
  const paging = usePaging(filters.key);
  const chosen = {
    ...filters.chosen,
    ...(values.from !== '' && { from: `${values.from}T00:00:00Z` }),
    ...(values.to !== '' && { to: dayAfter(values.to) }),
  };
  // Reading the log is written into the log: it is read when asked, not again and again.
  const live = useAnswer(
    'GET /api/admin/audit',
    { ...chosen, ...(paging.cursor !== undefined && { cursor: paging.cursor }) },
    null,
  );
  const names = useTenantNames();
  const chain: Column<AuditRow> = {
    header: 'Chain',
    cell: ({ tenant_id }) => <Chain tenantId={tenant_id} names={names} />,
  };
  return (
    <Page
      title="Audit"
      intro="Rows are chained by hashes and signed; nobody changes or deletes one, not even here."
      actions={
        <>
          <Button variant="default" onClick={live.reload}>
            Refresh
          </Button>
          <Button
            component="a"
            variant="default"
            href={withQuery('/api/admin/audit/export', chosen)}
            download
          >
            Export as NDJSON
          </Button>
        </>
      }
    >
      <AuditVerification tenantId={values.tenant_id} />
      <Section title="What was done">
        <FilterBar>
          <TenantFilter value={values.tenant_id} onChange={(value) => set('tenant_id', value)} />
          <TextFilter label="Actor" value={values.actor} onChange={(value) => set('actor', value)} />
          <TextFilter
            label="Action"
            value={values.action}
            placeholder="e.g. key.created"
            onChange={(value) => set('action', value)}
          />
          <TextFilter label="From" type="date" value={values.from} onChange={(value) => set('from', value)} />
          <TextFilter label="To" type="date" value={values.to} onChange={(value) => set('to', value)} />
        </FilterBar>
        <Answer live={live}>
          {({ items, next_cursor }) => (
            <>
              <DataTable
                caption="Audit rows"
                rows={items}
                keyOf={({ tenant_id, seq }) => `${tenant_id} ${seq}`}
                columns={[...COLUMNS, chain]}
                empty={<Nothing title="No row matches">Choose other filters to see more.</Nothing>}
              />
              <Pager paging={paging} nextCursor={next_cursor} label="audit rows" />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
};

const DAY_MS = 86_400_000;

/** The last day counts to its end. */
const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString();

const COLUMNS: readonly Column<AuditRow>[] = [
  { header: 'Action', cell: ({ action }) => action },
  { header: 'Time', cell: ({ at }) => <Time at={at} /> },
  { header: 'Actor', cell: ({ actor }) => <span className="mono">{actor}</span> },
  { header: 'Object', cell: ({ object }) => <span className="mono">{object}</span> },
  { header: 'Outcome', cell: ({ outcome }) => outcome },
  { header: 'Row', isNumeric: true, cell: ({ seq }) => seq },
];
