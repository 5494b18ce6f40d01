/** Health of exchanges on /api/exchange: schemas and the only mapping to them. */
import { z } from 'zod';
import { type HealthStatus, summarizeHealth } from '../../features/venues/venue-health.ts';
import { HEALTH_TTL_SECONDS, type VenueHealth } from '../../features/venues/venue-health-service.ts';
import { AppError } from '../../shared/errors.ts';
import { truth } from '../api/api-fields.ts';
import { errorTypeSchema, type Refusal, toRefusal } from './refusal.ts';

const refresh = () =>
  truth().default(false).describe('Ask the exchange again; at most once every few seconds, whoever asks');

export const healthParameters = z.object({ force_refresh: refresh() });

export const exchangeHealthParameters = z.object({ exchange_name: z.string(), force_refresh: refresh() });

const status = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown'] satisfies HealthStatus[]);

export const exchangeHealthSchema = z
  .strictObject({
    exchange: z.string(),
    status,
    latency_ms: z.number().nullable(),
    exchange_status: z.string().nullable().describe('What the exchange says of itself, e.g. ok, maintenance'),
    last_check: z.iso.datetime().nullable(),
    last_success: z.iso.datetime().nullable(),
    consecutive_failures: z.int(),
    circuit_state: z.enum(['closed', 'open', 'half_open']),
    rate_limited_until: z.iso.datetime().nullable(),
    error: z.string().nullable(),
    error_type: errorTypeSchema.nullable(),
    cached: z.boolean(),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'ExchangeHealth' });

export const allHealthSchema = z
  .strictObject({
    status,
    exchanges: z.record(z.string(), exchangeHealthSchema),
    summary: z.strictObject({
      total: z.int(),
      healthy: z.int(),
      degraded: z.int(),
      unhealthy: z.int(),
      unknown: z.int(),
    }),
    cached: z.boolean(),
    cache_ttl_seconds: z.int(),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'AllExchangeHealth' });

export const toExchangeHealthWire = (
  name: string,
  { status: word, state, probe, error, isCached }: VenueHealth,
  timestamp: string,
): z.input<typeof exchangeHealthSchema> => ({
  exchange: name,
  status: word,
  latency_ms: (probe ?? state)?.latencyMs ?? null,
  exchange_status: probe?.condition ?? null,
  last_check: probe?.at ?? null,
  last_success: state?.lastSuccessAt ?? null,
  consecutive_failures: state?.consecutiveFailures ?? 0,
  circuit_state: state?.circuit ?? 'closed',
  rate_limited_until: state?.stoppedUntil ?? null,
  ...toErrorWire(error),
  cached: isCached,
  timestamp,
});

/** Of an error that is ours the type is null: it says nothing of the exchange. */
const toErrorWire = (
  error: VenueHealth['error'],
): { error: string | null; error_type: Refusal['error_type'] | null } => {
  if (error === null) return { error: null, error_type: null };
  try {
    return toRefusal(new AppError(error.code, error.message));
  } catch {
    return { error: error.message, error_type: null };
  }
};

export const toAllHealthWire = (
  checked: readonly (readonly [name: string, health: VenueHealth])[],
  timestamp: string,
): z.input<typeof allHealthSchema> => {
  const summary = summarizeHealth(checked.map(([, health]) => health.status));
  return {
    status: summary.status,
    exchanges: Object.fromEntries(
      checked.map(([name, health]) => [name, toExchangeHealthWire(name, health, timestamp)]),
    ),
    summary: { total: checked.length, ...summary.counts },
    cached: checked.every(([, { isCached }]) => isCached),
    cache_ttl_seconds: HEALTH_TTL_SECONDS,
    timestamp,
  };
};
