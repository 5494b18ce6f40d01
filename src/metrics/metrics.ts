/** Everything that this process measures, as Prometheus reads it: what the sources tell, and the defaults of a Node process. */
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { MetricFamily, MetricSource, Reading } from './metric-source.ts';

export interface Metrics {
  readonly contentType: string;
  /** Text exposition format 0.0.4. A source that cannot be read is left out, and said to be down. */
  read(): Promise<string>;
}

const SOURCE_UP: MetricFamily = {
  name: 'countersign_metrics_source_up',
  help: 'Whether what a source tells could be read for this answer: 1, or 0 and its metrics are missing',
  type: 'gauge',
};

export const createMetrics = (sources: readonly MetricSource[], logger: Logger): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let readings: readonly Reading[] = [];
  for (const family of [SOURCE_UP, ...sources.flatMap(({ families }) => families)])
    registry.registerMetric(
      asMetric(family, () => readings.filter((reading) => reading.family === family.name)),
    );

  const readSource = async (source: MetricSource): Promise<readonly Reading[]> => {
    const up = (value: number): Reading => ({
      family: SOURCE_UP.name,
      labels: { source: source.name },
      value,
    });
    try {
      return [up(1), ...(await source.read())];
    } catch (error) {
      logger.warn('metrics could not be read', { source: source.name, ...errorFields(error) });
      return [up(0)];
    }
  };

  const read = async (): Promise<string> => {
    readings = (await Promise.all(sources.map(readSource))).flat();
    return await registry.metrics();
  };
  let running: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    // Whoever asks meanwhile gets the same answer: the readings of two must not mix.
    read: () => {
      running ??= read().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
};

/** The few members of a metric that a registry uses to print it. */
const asMetric = (family: MetricFamily, readings: () => readonly Reading[]): Metric => {
  const metric = {
    ...family,
    get: () =>
      Promise.resolve({
        ...family,
        aggregator: 'sum',
        values: readings().map(({ suffix = '', labels = {}, value }) => ({
          metricName: family.name + suffix,
          labels,
          value,
        })),
      }),
    reset: () => undefined,
  };
  return metric as unknown as Metric;
};
