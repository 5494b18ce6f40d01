/** What the package exports as `countersign/sdk`: the one place that gathers the exports of other files. */
export { ApiError, NoAnswerError, type Problem } from './api-error.ts';
export type * from './api-types.ts';
export { type Client, type ClientOptions, createClient } from './client.ts';
export type { AnswerOf, OperationName, ParametersOf } from './client-methods.ts';
export type { GatewayEvent, StreamOptions } from './event-stream.ts';
export type { Profile } from './request-proof.ts';
export type { Attempt, CallOptions } from './sender.ts';
export type { Algorithm, ClientKey, PrivateKey, SecretKey } from './signing-key.ts';
export {
  verifyWebhook,
  type WebhookDelivery,
  WebhookVerificationError,
} from './webhook.ts';
