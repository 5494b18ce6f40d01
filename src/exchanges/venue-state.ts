/** How a venue does: what custody tells of it without asking it anything. */

/** How a venue does, as the calls of this process found it. Moments are ISO 8601; null: never, or not now. */
export interface VenueState {
  readonly venueId: string;
  /** open: it does not answer and is left alone; half_open: one request tries whether it is back. */
  readonly circuit: 'closed' | 'open' | 'half_open';
  /** Requests in a row that it left without an answer. */
  readonly consecutiveFailures: number;
  /** Until when it wants no requests: it has banned or limited us. */
  readonly stoppedUntil: string | null;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  /** How long its newest answer took. */
  readonly latencyMs: number | null;
  readonly callsInFlight: number;
  readonly marketsCount: number | null;
  readonly marketsLoadedAt: string | null;
}
