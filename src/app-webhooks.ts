/** The part of the composition root that makes the routes of webhooks. */
import type { RefuseReplay } from './auth/replay-guard.ts';
import type { Config } from './config/config-schema.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import { createDeliveryService } from './features/webhooks/delivery-service.ts';
import { createWebhookService } from './features/webhooks/webhook-service.ts';
import type { Route } from './http/route.ts';
import type { Clock } from './shared/clock.ts';
import { createDeliveryRoutes } from './surfaces/api/delivery-routes.ts';
import { createWebhookRoutes } from './surfaces/api/webhook-routes.ts';

export interface WebhookDeps {
  readonly config: Pick<Config, 'webhooks'>;
  readonly database: TenantDatabase;
  readonly gatewayKek: Buffer;
  readonly refuseReplay: RefuseReplay;
  readonly clock: Clock;
}

export const createWebhookApi = ({ config, ...deps }: WebhookDeps): Route[] => {
  const { mostEndpoints, ...rules } = config.webhooks;
  return [
    ...createWebhookRoutes(createWebhookService({ ...deps, rules, mostEndpoints })),
    ...createDeliveryRoutes(createDeliveryService(deps)),
  ];
};
