/** What can go wrong on request, and what must be said of it. */

export const FAULT_KINDS = [
  'latency',
  'rate_limited',
  'server_error',
  'html_200',
  'invalid_key',
  'withdrawals_enabled',
  'clock_skew',
  'truncated_json',
  'hang',
  'reset',
  'banned',
  'maintenance',
  'expired_key',
  'ip_not_allowed',
  'wrong_types',
  'wrong_amounts',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault that belongs to a key: it strikes for as long as the account has it. */
export interface ScriptedFault {
  readonly kind: FaultKind;
  /** Only requests whose path contains this. */
  readonly path?: string | undefined;
  /** latency: the delay; clock_skew: how far the venue's clock is ahead (negative: behind). */
  readonly ms: number;
  readonly status: number;
  readonly retryAfterSeconds: number;
}
