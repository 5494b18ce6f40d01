/** How the exchanges are, and the switch that pauses one. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AdminVenue } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { formatAge, formatCount, formatTime } from '../formats.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Answer, ErrorNotice, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Aside, Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';

export const VenuesPage = () => {
  const client = useClient();
  const live = useAnswer('GET /api/admin/venues', {});
  const action = useAction();
  const [pausing, setPausing] = useState<AdminVenue>();
  const resume = (venue: AdminVenue): Promise<boolean> =>
    action.run(async () => {
      await client.ask('POST /api/admin/venues/{venue}/resume', { venue: venue.venue });
      live.reload();
      return `${venue.name} resumed`;
    });
  const actions: Column<AdminVenue> = {
    header: 'Actions',
    cell: (venue) => (
      <div className="row-actions">
        {venue.state === 'paused' ? (
          <Button
            size="compact-sm"
            aria-label={`Resume ${venue.name}`}
            loading={action.isPending}
            onClick={() => resume(venue)}
          >
            Resume
          </Button>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Pause ${venue.name}`}
            onClick={() => setPausing(venue)}
          >
            Pause
          </Button>
        )}
      </div>
    ),
  };
  return (
    <Page title="Venues" intro="Exchanges as this gateway sees them.">
      {pausing === undefined && <ErrorNotice error={action.error} />}
      <Section title="Exchanges">
        <Answer live={live}>
          {({ items }) => (
            <DataTable
              caption="Exchanges"
              rows={items}
              keyOf={({ venue }) => venue}
              columns={[...COLUMNS, actions]}
              empty={<Nothing title="No exchange">This gateway knows no exchange.</Nothing>}
            />
          )}
        </Answer>
      </Section>
      {pausing !== undefined && (
        <ConfirmDialog
          title={`Pause ${pausing.name}?`}
          confirmLabel="Pause"
          reasonLabel="Reason (callers are told)"
          action={action}
          onConfirm={(reason) =>
            action.run(async () => {
              await client.ask('POST /api/admin/venues/{venue}/pause', { venue: pausing.venue, reason });
              live.reload();
              return `${pausing.name} paused`;
            })
          }
          onClose={() => setPausing(undefined)}
        >
          Calls to it are refused with your reason, and its jobs wait, until you resume it.
        </ConfirmDialog>
      )}
    </Page>
  );
};

/** One that nobody has keys of, and that never answered, is neither healthy nor ill. */
const VenueStatus = ({ state, since, last_success_at }: AdminVenue) => {
  switch (state) {
    case 'healthy':
      return since === null && last_success_at === null ? (
        <Status tone="quiet">Not in use</Status>
      ) : (
        <Status tone="good">Healthy</Status>
      );
    case 'degraded':
      return <Status tone="bad">Degraded</Status>;
    case 'paused':
      return <Status tone="warning">Paused</Status>;
  }
};

const CIRCUITS = { closed: 'closed', open: 'open', half_open: 'half open' } as const;

const COLUMNS: readonly Column<AdminVenue>[] = [
  { header: 'Exchange', cell: ({ name }) => name },
  {
    header: 'State',
    cell: (venue) => (
      <>
        <VenueStatus {...venue} />
        {venue.state === 'degraded' && venue.reason !== null && (
          <Aside>{venue.reason.replaceAll('_', ' ')}</Aside>
        )}
        {venue.paused_reason !== null && <Aside>{venue.paused_reason}</Aside>}
      </>
    ),
  },
  {
    header: 'Breaker',
    cell: ({ circuit, stopped_until }) =>
      stopped_until === null ? CIRCUITS[circuit] : `${CIRCUITS[circuit]}, until ${formatTime(stopped_until)}`,
  },
  { header: 'Failures', isNumeric: true, cell: ({ failures }) => formatCount(failures) },
  {
    header: 'Latency',
    isNumeric: true,
    cell: ({ latency_ms }) => (latency_ms === null ? '—' : `${Math.round(latency_ms)} ms`),
  },
  { header: 'Calls under way', isNumeric: true, cell: ({ calls_in_flight }) => formatCount(calls_in_flight) },
  { header: 'Markets read', isNumeric: true, cell: ({ markets_age_s }) => ageAgo(markets_age_s) },
  { header: 'Last answer', cell: ({ last_success_at }) => <Time at={last_success_at} /> },
];

const ageAgo = (seconds: number | null): string => (seconds === null ? '—' : `${formatAge(seconds)} ago`);
