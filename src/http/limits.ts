/** The bounds of the server: how much one caller, one address and one request may take. */

export interface HttpLimits {
  /** Requests a minute of one caller key. */
  readonly keyPerMinute: number;
  /** Requests a minute of all keys of one tenant. */
  readonly tenantPerMinute: number;
  /** Requests a minute of one address, signed or not. */
  readonly ipPerMinute: number;
  /** Failed authentications a minute of one address, and for one key id. */
  readonly failedAuthPerMinute: number;
  /** Requests a minute of one address to routes that need no signature. */
  readonly publicPerMinute: number;
  /** Addresses or keys that one limiter remembers; the longest unseen are forgotten first. */
  readonly trackedCallers: number;
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Time for all headers to arrive. */
  readonly headersTimeoutMs: number;
  /** Time for the whole request to arrive. */
  readonly requestTimeoutMs: number;
  /** Requests that are being answered at once; more are told to come back. */
  readonly inFlight: number;
  /** Lag of the event loop from which on some are told the same. */
  readonly loopDelayMs: number;
  readonly connections: number;
  /** Streams that are open at once. */
  readonly streams: number;
  /** The same of one caller key. */
  readonly streamsPerKey: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  keyPerMinute: 1_200,
  // Five keys at their full speed.
  tenantPerMinute: 6_000,
  ipPerMinute: 3_000,
  failedAuthPerMinute: 30,
  publicPerMinute: 300,
  trackedCallers: 100_000,
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 64,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  inFlight: 1_000,
  // Far above what full load alone makes of it; a caller that waits so long has better tries elsewhere.
  loopDelayMs: 500,
  connections: 10_000,
  streams: 1_000,
  streamsPerKey: 10,
};
