/** Deliveries to webhook endpoints: newest first, filtered, each replayable. */
import { Button } from '@mantine/core';
import type { AdminDelivery } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { formatCount } from '../formats.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ChoiceFilter, FilterBar } from '../parts/filters.tsx';
import { Answer, ErrorNotice, Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Status } from '../parts/status.tsx';
import { Aside, Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';
import { DELIVERY_STATES, type WebhookFilters } from './webhook-filters.ts';

interface DeliveriesSectionProps {
  readonly filters: WebhookFilters;
}

export const DeliveriesSection = ({ filters }: DeliveriesSectionProps) => {
  const client = useClient();
  const action = useAction();
  const { values, set } = filters;
  const paging = usePaging(filters.key);
  const live = useAnswer('GET /api/admin/deliveries', {
    ...filters.chosen,
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const replay = (delivery: AdminDelivery): Promise<boolean> =>
    action.run(async () => {
      await client.ask('POST /api/admin/tenants/{tenant_id}/deliveries/{delivery_id}/replay', {
        tenant_id: delivery.tenant_id,
        delivery_id: delivery.id,
      });
      live.reload();
      return `${delivery.event_type} is sent to ${delivery.url_host} again`;
    });
  const actions: Column<AdminDelivery> = {
    header: 'Actions',
    cell: (delivery) => (
      <div className="row-actions">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Replay ${delivery.event_type} to ${delivery.url_host}`}
          disabled={delivery.state === 'pending' || action.isPending}
          onClick={() => replay(delivery)}
        >
          Replay
        </Button>
      </div>
    ),
  };
  return (
    <Section title="Deliveries">
      <ErrorNotice error={action.error} />
      <FilterBar>
        <ChoiceFilter
          label="State"
          value={values.state}
          onChange={(value) => set('state', value)}
          choices={DELIVERY_STATES}
        />
        {values.endpoint_id !== '' && (
          <Button variant="default" onClick={() => set('endpoint_id', '')}>
            Show all endpoints
          </Button>
        )}
      </FilterBar>
      <Answer live={live}>
        {({ items, next_cursor }) => (
          <>
            <DataTable
              caption="Deliveries"
              rows={items}
              keyOf={({ id }) => id}
              columns={[...COLUMNS, actions]}
              empty={
                filters.isAny ? (
                  <Nothing title="No delivery matches">Choose other filters to see more.</Nothing>
                ) : (
                  <Nothing title="No delivery yet">
                    Deliveries appear when something happens that an endpoint wants to be told.
                  </Nothing>
                )
              }
            />
            <Pager paging={paging} nextCursor={next_cursor} label="deliveries" />
          </>
        )}
      </Answer>
    </Section>
  );
};

const DeliveryStatus = ({ state }: Pick<AdminDelivery, 'state'>) => {
  switch (state) {
    case 'pending':
      return <Status tone="busy">Pending</Status>;
    case 'delivered':
      return <Status tone="good">Delivered</Status>;
    case 'dead':
      return <Status tone="bad">Dead</Status>;
  }
};

const COLUMNS: readonly Column<AdminDelivery>[] = [
  { header: 'Event', cell: ({ event_type }) => event_type },
  { header: 'To', cell: ({ url_host }) => url_host },
  { header: 'State', cell: ({ state }) => <DeliveryStatus state={state} /> },
  { header: 'Attempts', isNumeric: true, cell: ({ attempts }) => formatCount(attempts) },
  {
    header: 'Last answer',
    cell: ({ last_status, last_latency_ms, last_error }) => (
      <>
        {last_status === null ? '—' : String(last_status)}
        {last_latency_ms !== null && ` in ${Math.round(last_latency_ms)} ms`}
        {last_error !== null && <Aside>{last_error}</Aside>}
      </>
    ),
  },
  { header: 'Next attempt', cell: ({ next_attempt_at }) => <Time at={next_attempt_at} /> },
  { header: 'Since', cell: ({ created_at }) => <Time at={created_at} /> },
];
