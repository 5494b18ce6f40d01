/** What an account was worth over time: a chart, and the same figures as a table for those who do not see it. */
import { Group, NativeSelect } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { formatBtc, formatUsd } from '../formats.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Time } from '../parts/values.tsx';
import { useAnswer } from '../use-answer.ts';

// The chart library is larger than all the rest of the console: only this page loads it.
const EquityChart = lazy(async () => ({ default: (await import('./equity-chart.tsx')).EquityChart }));

const SPANS = [
  { value: '1', label: 'Last day' },
  { value: '30', label: 'Last 30 days' },
  { value: '365', label: 'Last year' },
];
const DAY_MS = 86_400_000;
const EVERY_MS = 15_000;

interface EquitySectionProps {
  readonly tenantId: string;
  readonly accountId: string;
}

export const EquitySection = ({ tenantId, accountId }: EquitySectionProps) => {
  const [unit, setUnit] = useState<'usd' | 'btc'>('usd');
  const [days, setDays] = useState('30');
  const [openedAt] = useState(() => Date.now());
  const live = useAnswer(
    'GET /api/admin/tenants/{tenant_id}/accounts/{account_id}/equity',
    {
      tenant_id: tenantId,
      account_id: accountId,
      from: new Date(openedAt - Number(days) * DAY_MS).toISOString(),
    },
    EVERY_MS,
  );
  return (
    <Section
      title="Equity"
      actions={
        <Group gap="xs">
          <NativeSelect
            aria-label="Time span"
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
            data={SPANS}
          />
          <NativeSelect
            aria-label="Unit"
            value={unit}
            onChange={(event) => setUnit(event.currentTarget.value as typeof unit)}
            data={[
              { value: 'usd', label: 'USD' },
              { value: 'btc', label: 'BTC' },
            ]}
          />
        </Group>
      }
    >
      <Answer live={live}>
        {({ points }) =>
          points.length === 0 ? (
            <Nothing title="Nothing to draw yet">
              The first sync of the account makes the first point.
            </Nothing>
          ) : (
            <>
              <Suspense fallback={<div className="chart" />}>
                <EquityChart points={points} unit={unit} />
              </Suspense>
              <details>
                <summary>The same figures as a table</summary>
                <DataTable
                  caption="Equity of the account"
                  rows={points.toReversed()}
                  keyOf={({ at }) => at}
                  columns={[
                    { header: 'Time', cell: ({ at }) => <Time at={at} /> },
                    { header: 'USD', isNumeric: true, cell: ({ usd }) => formatUsd(usd) },
                    { header: 'BTC', isNumeric: true, cell: ({ btc }) => formatBtc(btc) },
                  ]}
                  empty={null}
                />
              </details>
            </>
          )
        }
      </Answer>
    </Section>
  );
};
