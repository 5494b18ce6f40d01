/** The chart of an account's equity. */
import { AreaChart } from '@mantine/charts';
import { type Amount, formatBtc, formatTime, formatUsd } from '../formats.ts';

interface EquityChartProps {
  readonly points: readonly { readonly at: string; readonly usd: Amount; readonly btc: Amount }[];
  readonly unit: 'usd' | 'btc';
}

const LAST_HOUR_AND_MINUTE = 16;

export const EquityChart = ({ points, unit }: EquityChartProps) => {
  const format = unit === 'usd' ? formatUsd : (amount: Amount) => `${formatBtc(amount)} BTC`;
  const data = points.map(({ at, usd, btc }) => ({
    time: formatTime(at).slice(0, LAST_HOUR_AND_MINUTE),
    // A pixel needs no more digits than a double has.
    Equity: Number(unit === 'usd' ? usd : btc),
  }));
  const [first, last] = [points[0], points.at(-1)];
  const summary =
    first === undefined || last === undefined
      ? 'Equity'
      : `Equity from ${formatTime(first.at)} (${format(first[unit])}) to ${formatTime(last.at)} (${format(last[unit])})`;
  return (
    <div role="img" aria-label={summary} className="chart">
      <AreaChart
        h="100%"
        data={data}
        dataKey="time"
        series={[{ name: 'Equity', color: 'var(--busy)' }]}
        curveType="linear"
        withDots={points.length === 1}
        valueFormatter={format}
        yAxisProps={{ width: unit === 'usd' ? 100 : 120, domain: ['auto', 'auto'] }}
        areaProps={{ isAnimationActive: false }}
        areaChartProps={{ accessibilityLayer: false }}
        tooltipAnimationDuration={0}
      />
    </div>
  );
};
