/** A webhook endpoint and what is on its way to it, as use cases and workers see them. */
import type { Scope } from '../../auth/actor.ts';

/** hmac: `v1`, a shared secret; ed25519: `v1a`, a key pair whose private half stays here. */
export type SignatureKind = 'hmac' | 'ed25519';

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Types of events, groups of them (`account.*`), or all (`*`). */
  readonly eventTypes: readonly string[];
  /** It hears of events that one of these shows. */
  readonly scopes: readonly Scope[];
  /** null: all, and events of no account. */
  readonly accountIds: readonly number[] | null;
  readonly signature: SignatureKind;
  /** `whpk_...`; null for hmac. */
  readonly publicKey: string | null;
  /** Until when the secret before the last rotation signs too; it may be over. */
  readonly previousEndsAt: Date | null;
  /** null: it is on. */
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
  /** First failure since the last success. */
  readonly failingSince: Date | null;
  /** Row id of the caller key that made it, or switched it on last: it hears of nothing that this key may not see. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** One attempt, as it is kept. */
export interface AttemptRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly status: number | null;
  readonly latency_ms: number;
  readonly error: string | null;
}

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventSeq: number;
  readonly eventType: string;
  readonly state: DeliveryState;
  /** Of the series that runs or ran last. */
  readonly attempts: number;
  /** null: it is not pending. */
  readonly nextAttemptAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastLatencyMs: number | null;
  readonly lastError: string | null;
  /** The last 20, oldest first. */
  readonly attemptLog: readonly AttemptRecord[];
  readonly createdAt: Date;
}
