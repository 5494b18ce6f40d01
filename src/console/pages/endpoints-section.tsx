/** Webhook endpoints, and the replay of what one of them has missed. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AdminClient, AnswerOf } from '../admin-client.ts';
import type { AdminWebhookEndpoint } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { formatTime } from '../formats.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { FilterBar, TenantFilter } from '../parts/filters.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Status } from '../parts/status.tsx';
import { TenantName, useTenantNames } from '../parts/tenant-names.tsx';
import { Aside, Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';
import type { WebhookFilters } from './webhook-filters.ts';

interface EndpointsSectionProps {
  readonly filters: WebhookFilters;
}

export const EndpointsSection = ({ filters }: EndpointsSectionProps) => {
  const { values, set } = filters;
  const paging = usePaging(values.tenant_id);
  const live = useAnswer('GET /api/admin/webhooks', {
    ...(values.tenant_id !== '' && { tenant_id: values.tenant_id }),
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const [replaying, setReplaying] = useState<AdminWebhookEndpoint>();
  const names = useTenantNames();
  const tenant: Column<AdminWebhookEndpoint> = {
    header: 'Tenant',
    cell: ({ tenant_id }) => <TenantName id={tenant_id} names={names} />,
  };
  const actions: Column<AdminWebhookEndpoint> = {
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
              columns={[...COLUMNS, tenant, actions]}
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

const EndpointStatus = ({ endpoint }: { readonly endpoint: AdminWebhookEndpoint }) => {
  const { status, failing_since, disabled_reason } = endpoint;
  switch (status) {
    case 'enabled':
      return <Status tone="good">Enabled</Status>;
    case 'failing':
      return (
        <>
          <Status tone="warning">Failing</Status>
          <Aside>since {formatTime(failing_since)}</Aside>
        </>
      );
    case 'disabled':
      return (
        <>
          <Status tone="bad">Disabled</Status>
          {disabled_reason !== null && <Aside>{disabled_reason}</Aside>}
        </>
      );
  }
};

const COLUMNS: readonly Column<AdminWebhookEndpoint>[] = [
  { header: 'Host', cell: ({ url_host }) => url_host },
  {
    header: 'State',
    cell: (endpoint) => <EndpointStatus endpoint={endpoint} />,
  },
  { header: 'Events', cell: ({ event_types }) => event_types.join(', ') },
  { header: 'Created', cell: ({ created_at }) => <Time at={created_at} /> },
];

const REPLAY = 'POST /api/admin/tenants/{tenant_id}/webhooks/{endpoint_id}/replay';

/** A long time is gone through in parts; answers how many deliveries are due once more. */
const replayMissed = async (client: AdminClient, endpoint: AdminWebhookEndpoint): Promise<number> => {
  let replayed = 0;
  let since: string | null = null;
  do {
    const part: AnswerOf<typeof REPLAY> = await client.ask(REPLAY, {
      ...{ tenant_id: endpoint.tenant_id, endpoint_id: endpoint.id, missed_only: true },
      ...(since !== null && { since }),
    });
    replayed += part.replayed;
    since = part.next_since;
  } while (since !== null);
  return replayed;
};

interface ReplayMissedProps {
  readonly endpoint: AdminWebhookEndpoint;
  readonly onReplayed: () => void;
  readonly onClose: () => void;
}

const ReplayMissed = ({ endpoint, onReplayed, onClose }: ReplayMissedProps) => {
  const client = useClient();
  const action = useAction();
  const isOff = endpoint.status === 'disabled';
  return (
    <ConfirmDialog
      title={`Replay what ${endpoint.url_host} missed?`}
      confirmLabel="Replay missed"
      action={action}
      onConfirm={() =>
        action.run(async () => {
          const replayed = await replayMissed(client, endpoint);
          onReplayed();
          const deliveries = replayed === 1 ? '1 delivery' : `${replayed} deliveries`;
          if (isOff) return `${deliveries} will be sent when the endpoint is switched on`;
          return `${deliveries} ${replayed === 1 ? 'is' : 'are'} sent again`;
        })
      }
      onClose={onClose}
    >
      Every event that did not reach the endpoint is sent again, in its order. What was delivered is not
      repeated.
      {isOff && <> The endpoint is switched off: nothing is sent before its tenant switches it on.</>}
    </ConfirmDialog>
  );
};
