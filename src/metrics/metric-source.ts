/** What a source of metrics hands over when Prometheus asks: plain numbers, under names that it declares beforehand. */
import { DURATION_BOUNDS_MS, type DurationCounts } from '../shared/duration-counts.ts';

export interface MetricFamily {
  /** As Prometheus has it: `countersign_<what>_<unit>`, `_total` at the end of what only grows. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

/** Few values each: never a tenant, a key, an account or a path. */
export type Labels = Readonly<Record<string, string>>;

export interface Reading {
  readonly family: string;
  /** Of a histogram: what follows the family's name. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly labels?: Labels;
  readonly value: number;
}

export interface MetricSource {
  /** For the metric that tells whether it could be read. */
  readonly name: string;
  readonly families: readonly MetricFamily[];
  read(): Promise<readonly Reading[]> | readonly Reading[];
}

export const counter = (name: string, help: string): MetricFamily => ({ name, help, type: 'counter' });
export const gauge = (name: string, help: string): MetricFamily => ({ name, help, type: 'gauge' });
export const histogram = (name: string, help: string): MetricFamily => ({ name, help, type: 'histogram' });

const MS_PER_SECOND = 1_000;

export const seconds = (ms: number): number => ms / MS_PER_SECOND;

/** Durations as a histogram in seconds. */
export const durationReadings = (family: string, labels: Labels, durations: DurationCounts): Reading[] => {
  let below = 0;
  const buckets = DURATION_BOUNDS_MS.map((bound, place): Reading => {
    below += durations.buckets[place] ?? 0;
    return { family, suffix: '_bucket', labels: { ...labels, le: String(seconds(bound)) }, value: below };
  });
  return [
    ...buckets,
    { family, suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: durations.count },
    { family, suffix: '_sum', labels, value: seconds(durations.sumMs) },
    { family, suffix: '_count', labels, value: durations.count },
  ];
};
