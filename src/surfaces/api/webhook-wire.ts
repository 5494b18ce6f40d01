/** Webhook endpoints on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { WebhookEndpoint } from '../../features/webhooks/webhook-endpoint.ts';
import type {
  EndpointChange,
  EndpointIntake,
  IssuedEndpoint,
} from '../../features/webhooks/webhook-service.ts';
import { integer, text, timestamp, truth } from './api-fields.ts';

const SIGNATURES = ['hmac', 'ed25519'] as const;
const LONGEST_URL = 2_048;
const LONGEST_DESCRIPTION = 500;
const MOST_PATTERNS = 100;
const LONGEST_PATTERN = 100;
const MOST_ACCOUNTS = 1_000;
const MS_PER_SECOND = 1_000;
const DAY_SECONDS = 86_400;
const LONGEST_OVERLAP_SECONDS = 30 * DAY_SECONDS;

const SIGNATURE =
  'How deliveries are signed (Standard Webhooks): hmac (v1) with a secret that both know, or ed25519 (v1a) with a key ' +
  'pair of which the receiver needs the public half alone';

const between = (least: number, most: number) => (items: readonly unknown[]) =>
  items.length >= least && items.length <= most;

const url = () => text({ least: 1, most: LONGEST_URL }).describe('Where deliveries are posted to');
const description = () =>
  z.string().max(LONGEST_DESCRIPTION).nullish().describe('Words of your own, for lists');
const eventTypes = () =>
  z
    .array(z.string().max(LONGEST_PATTERN))
    .refine(between(1, MOST_PATTERNS), `must have 1 to ${MOST_PATTERNS} entries`)
    .describe('Types of events, groups of them (account.*), or all that the API key may see (*)');
export const endpointInPath = z.object({ endpoint_id: z.string() });

export const endpointParameters = z.object({
  url: url(),
  event_types: eventTypes(),
  description: description(),
  account_ids: z
    .array(integer({ least: 1 }))
    .refine(between(1, MOST_ACCOUNTS), `must have 1 to ${MOST_ACCOUNTS} entries`)
    .nullish()
    .describe('Only events of these accounts; left out: of all that the API key reaches'),
  signature: z.enum(SIGNATURES).default('hmac').describe(SIGNATURE),
  timestamp: timestamp(),
});

export const endpointChangeParameters = endpointInPath.extend({
  url: url().optional(),
  event_types: eventTypes().optional(),
  description: description(),
  enabled: truth()
    .optional()
    .describe(
      'false: nothing is sent, what waits stays; true: it is sent, failures are forgotten, and the endpoint is that of the API key that signs',
    ),
  timestamp: timestamp(),
});

export const endpointRotationParameters = endpointInPath.extend({
  overlap_seconds: integer({ least: 0, most: LONGEST_OVERLAP_SECONDS })
    .default(DAY_SECONDS)
    .describe('How long the secret before signs too, beside the new one'),
  timestamp: timestamp(),
});

const DEFAULT_LIMIT = 100;
const GREATEST_LIMIT = 500;

export const endpointPageParameters = z.object({
  limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
  offset: integer({ least: 0, most: 1_000_000 }).default(0),
});

const time = () => z.iso.datetime();

const endpointShape = {
  id: z.uuid(),
  url: z.string(),
  description: z.string().nullable(),
  event_types: z.array(z.string()),
  account_ids: z.array(z.int()).nullable().describe('null: all, and events of no account'),
  signature: z.enum(SIGNATURES).describe(SIGNATURE),
  public_key: z.string().nullable().describe('whpk_..., to verify deliveries with; null for hmac'),
  status: z
    .enum(['enabled', 'failing', 'disabled'])
    .describe('failing: nothing was accepted since failing_since; disabled: nothing is sent'),
  failing_since: time().nullable(),
  disabled_at: time().nullable(),
  disabled_reason: z.string().nullable(),
  previous_secret_ends_at: time()
    .nullable()
    .describe('Until when the secret before the last rotation signs too; it may be over'),
  created_by: z
    .uuid()
    .describe(
      'Id of the API key that made it, or set enabled last: it hears of what that key may see, and is switched off when the key is revoked or expires',
    ),
  created_at: time(),
  updated_at: time(),
};

export const endpointSchema = z.strictObject(endpointShape).meta({ id: 'WebhookEndpoint' });

export const issuedEndpointSchema = z
  .strictObject({
    ...endpointShape,
    secret: z.string().nullable().describe('whsec_..., told this once; null for ed25519'),
  })
  .meta({ id: 'IssuedWebhookEndpoint' });

export const endpointListSchema = z.strictObject({
  webhooks: z.array(endpointSchema),
  total_count: z.int(),
});

export const toEndpointIntake = (sent: z.output<typeof endpointParameters>): EndpointIntake => ({
  url: sent.url,
  description: sent.description ?? null,
  eventTypes: sent.event_types,
  accountIds: sent.account_ids,
  signature: sent.signature,
  askedAt: sent.timestamp,
});

export const toEndpointChange = (sent: z.output<typeof endpointChangeParameters>): EndpointChange => ({
  url: sent.url,
  description: sent.description,
  eventTypes: sent.event_types,
  enabled: sent.enabled,
  askedAt: sent.timestamp,
});

export const toEndpointRotation = (sent: z.output<typeof endpointRotationParameters>) => ({
  overlapMs: sent.overlap_seconds * MS_PER_SECOND,
  askedAt: sent.timestamp,
});

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toEndpointWire = (endpoint: WebhookEndpoint): z.input<typeof endpointSchema> => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  event_types: [...endpoint.eventTypes],
  account_ids: endpoint.accountIds === null ? null : [...endpoint.accountIds],
  signature: endpoint.signature,
  public_key: endpoint.publicKey,
  status: statusOf(endpoint),
  failing_since: iso(endpoint.failingSince),
  disabled_at: iso(endpoint.disabledAt),
  disabled_reason: endpoint.disabledReason,
  previous_secret_ends_at: iso(endpoint.previousEndsAt),
  created_by: endpoint.createdBy,
  created_at: endpoint.createdAt.toISOString(),
  updated_at: endpoint.updatedAt.toISOString(),
});

const statusOf = ({ disabledAt, failingSince }: WebhookEndpoint) => {
  if (disabledAt !== null) return 'disabled';
  return failingSince === null ? 'enabled' : 'failing';
};

export const toIssuedEndpointWire = ({
  endpoint,
  secret,
}: IssuedEndpoint): z.input<typeof issuedEndpointSchema> => ({ ...toEndpointWire(endpoint), secret });
