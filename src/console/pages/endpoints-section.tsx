/** Webhook endpoints, and the replay of what one of them has missed. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Endpoint } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { FilterBar, type Filters, TenantFilter } from '../parts/filters.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Status } from '../parts/status.tsx';
import { Id, Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';

interface EndpointsSectionProps {
  readonly filters: Filters<'tenant_id' | 'endpoint_id' | 'state'>;
}

export const EndpointsSection = ({ filters }: EndpointsSectionProps) => {
  const { values, set } = filters;
  const paging = usePaging(values.tenant_id);
  const live = useAnswer('GET /api/admin/webhooks', {
    ...(values.tenant_id !== '' && { tenant_id: values.tenant_id }),
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const [replaying, setReplaying] = useState<Endpoint>();
  const actions: Column<Endpoint> = {
    header: 'Actions',
    cell: (endpoint) => (
      <div className="row-actions">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Deliveries to ${endpoint.url_host}`}
          onClick={() => set('endpoint_id', endpoint.id)}
        >
          Deliveries
        </Button>
        <Button
          size="compact-sm"
          aria-label={`Replay missed: ${endpoint.url_host}`}
          onClick={() => setReplaying(endpoint)}
        >
          Replay missed
        </Button>
      </div>
    ),
  };
  return (
    <Section title="Endpoints">
      <FilterBar>
        <TenantFilter value={values.tenant_id} onChange={(value) => set('tenant_id', value)} />
      </FilterBar>
      <Answer live={live}>
        {({ items, next_cursor }) => (
          <>
            <DataTable
              caption="Webhook endpoints"
              rows={items}
              keyOf={({ id }) => id}
              columns={[...COLUMNS, actions]}
              empty={
                <Nothing title="No endpoint yet">
                  Tenants register where they want to be told: POST /api/webhooks with their caller key.
                </Nothing>
              }
            />
            <Pager paging={paging} nextCursor={next_cursor} label="endpoints" />
          </>
        )}
      </Answer>
      {replaying !== undefined && (
        <ReplayMissed endpoint={replaying} onReplayed={live.reload} onClose={() => setReplaying(undefined)} />
      )}
    </Section>
  );
};

const COLUMNS: readonly Column<Endpoint>[] = [
  { header: 'Host', cell: ({ url_host }) => url_host },
  { header: 'Tenant', cell: ({ tenant_id }) => <Id id={tenant_id} /> },
  {
    header: 'State',
    cell: ({ status }) =>
      status === 'enabled' ? <Status tone="good">Enabled</Status> : <Status tone="bad">Disabled</Status>,
  },
  { header: 'Events', cell: ({ event_types }) => event_types.join(', ') },
  { header: 'Created', cell: ({ created_at }) => <Time at={created_at} /> },
];

interface ReplayMissedProps {
  readonly endpoint: Endpoint;
  readonly onReplayed: () => void;
  readonly onClose: () => void;
}

const ReplayMissed = ({ endpoint, onReplayed, onClose }: ReplayMissedProps) => {
  const client = useClient();
  const action = useAction();
  return (
    <ConfirmDialog
      title={`Replay what ${endpoint.url_host} missed?`}
      confirmLabel="Replay missed"
      action={action}
      onConfirm={() =>
        action.run(async () => {
          const { replayed } = await client.ask(
            'POST /api/admin/tenants/{tenant_id}/webhooks/{endpoint_id}/replay',
            { tenant_id: endpoint.tenant_id, endpoint_id: endpoint.id, missed_only: true },
          );
          onReplayed();
          return replayed === 1 ? '1 delivery is sent again' : `${replayed} deliveries are sent again`;
        })
      }
      onClose={onClose}
    >
      Every event that did not reach the endpoint is sent again, in its order. What was delivered is not
      repeated.
    </ConfirmDialog>
  );
};
