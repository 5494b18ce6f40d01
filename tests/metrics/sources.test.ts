import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { createCustodyClient } from '../../src/custody/rpc-client.ts';
import { createCustodySource } from '../../src/metrics/custody-source.ts';
import { durationReadings, gauge, type MetricSource } from '../../src/metrics/metric-source.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createDurationCounts } from '../../src/shared/duration-counts.ts';
import { silent } from '../db/rows.ts';

const source = (name: string, read: () => number): MetricSource => ({
  name,
  families: [gauge(`countersign_${name}`, `What ${name} tells`)],
  read: () => [{ family: `countersign_${name}`, labels: { state: 'a "quoted" \\ one' }, value: read() }],
});

test('a source that cannot be read is said to be down, and the others are told', async () => {
  const custody = createCustodyClient({
    socketPath: path.join(tmpdir(), `nowhere-${randomUUID()}`),
    logger: silent,
    clock: systemClock,
    callDeadlineMs: 1_000,
  });
  const metrics = createMetrics(
    [source('other', () => 7), createCustodySource(custody, systemClock)],
    silent,
  );
  const text = await metrics.read();
  expect(text).toContain('countersign_other{state="a \\"quoted\\" \\\\ one"} 7');
  expect(text).toContain('countersign_metrics_source_up{source="other"} 1');
  expect(text).toContain('countersign_metrics_source_up{source="custody"} 0');
  expect(text).not.toMatch(/^countersign_custody_frozen /m);
  expect(text).toContain('# TYPE countersign_custody_frozen gauge');
  await custody.close();
});

test('those who ask at the same time get one answer, and the next one a new one', async () => {
  let reads = 0;
  const metrics = createMetrics([source('reads', () => (reads += 1))], silent);
  const [first, second] = await Promise.all([metrics.read(), metrics.read()]);
  expect(first).toBe(second);
  expect(reads).toBe(1);
  expect(await metrics.read()).toContain('countersign_reads{state="a \\"quoted\\" \\\\ one"} 2');
});

test('a histogram counts from below, in seconds, and what is longer than all bounds at its end', () => {
  const durations = createDurationCounts();
  for (const ms of [0, 1, 1.5, 99, 100, 101, 60_000]) durations.note(ms);
  const readings = durationReadings('some_seconds', { operation: 'one' }, durations);
  const below = (le: string) => readings.find(({ labels }) => labels?.['le'] === le)?.value;
  expect([below('0.001'), below('0.0025'), below('0.05'), below('0.1'), below('30'), below('+Inf')]).toEqual([
    2, 3, 3, 5, 6, 7,
  ]);
  expect(readings.at(-1)).toEqual({
    family: 'some_seconds',
    suffix: '_count',
    labels: { operation: 'one' },
    value: 7,
  });
  expect(readings.at(-2)?.value).toBeCloseTo(60.3025);
});
