/** Delivers webhooks: leases endpoints that have something due, woken by the events themselves. */
import { startNotificationListener } from '../db/notification-listener.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import { createEndpointLeaseStore, type EndpointLease } from '../features/webhooks/delivery-queue-store.ts';
import { CLOCK_TOLERANCE_MS, createDeliveryRun, LEASE_MS } from '../features/webhooks/delivery-run.ts';
import { createWebhookSender, type WebhookSender } from '../outbound/webhook-sender.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type Room, startWorker } from './worker.ts';

export interface DeliveryWorkerDeps {
  readonly database: TenantDatabase;
  /** Of the role that `database` is connected as: news of events come on a connection of their own. */
  readonly databaseUrl: string;
  readonly gatewayKek: Buffer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: {
    readonly allowHttp: boolean;
    readonly allowPrivate: boolean;
    readonly endpointsAtOnce: number;
    readonly disableAfterHours: number;
  };
  /** How deliveries are sent; over HTTP, unless given. */
  readonly sender?: WebhookSender;
  /** In [0, 1), for the jitter of retries. */
  readonly random?: () => number;
}

const HOUR_MS = 3_600_000;
const ANSWER_MS = 15_000;
// Retries come due by time, which nobody tells of.
const POLL_MS = 1_000;

type Lane = 'sound' | 'failing';

/** Disposal lets what is being sent come to its end: 15 s at most. */
export const startDeliveryWorker = (deps: DeliveryWorkerDeps): AsyncDisposable => {
  const { database, clock, logger, config } = deps;
  const sender = deps.sender ?? createWebhookSender({ rules: config, clock, timeoutMs: ANSWER_MS });
  const leases = createEndpointLeaseStore(database.shared);
  const deliverDue = createDeliveryRun({
    database,
    gatewayKek: deps.gatewayKek,
    sender,
    clock,
    disableAfterMs: config.disableAfterHours * HOUR_MS,
    ...(deps.random !== undefined && { random: deps.random }),
  });
  // Endpoints that fail take their time to; those that answer must not wait behind them.
  const failingAtOnce = Math.ceil(config.endpointsAtOnce / 4);

  const claimOf = (lane: Lane, limit: number): Promise<readonly EndpointLease[]> => {
    const now = clock.now();
    if (limit <= 0) return Promise.resolve([]);
    const [due, until] = [new Date(now + CLOCK_TOLERANCE_MS), new Date(now + LEASE_MS)];
    return leases.claim(due, until, lane === 'failing', limit);
  };
  const claim = async ({ running }: Room): Promise<readonly EndpointLease[]> => {
    const room = (lane: Lane, most: number): number => most - (running.get(lane) ?? 0);
    const [sound, failing] = await Promise.all([
      claimOf('sound', room('sound', config.endpointsAtOnce)),
      claimOf('failing', room('failing', failingAtOnce)),
    ]);
    return [...sound, ...failing];
  };

  const worker = startWorker<EndpointLease>({
    name: 'webhooks',
    claim,
    laneOf: ({ isFailing }): Lane => (isFailing ? 'failing' : 'sound'),
    run: deliverDue,
    concurrency: config.endpointsAtOnce + failingAtOnce,
    pollMs: POLL_MS,
    logger,
  });
  const listener = startNotificationListener({
    url: deps.databaseUrl,
    channel: 'event_written',
    logger,
    onPayload: () => worker.wake(),
    onLost: () => undefined,
    onListening: () => worker.wake(),
  });
  return {
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await worker[Symbol.asyncDispose]();
      sender[Symbol.dispose]();
    },
  };
};
