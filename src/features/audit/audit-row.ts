/** A row of an audit chain, and its hash: computed here from what the row says, not by the function that wrote it. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

export interface AuditRow {
  readonly tenantId: string;
  readonly seq: number;
  /** ISO 8601, UTC, with microseconds: a Date would lose three of the digits that are hashed. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly requestId: string | null;
  /** Hex; null in the first row. */
  readonly prevHash: string | null;
  /** Hex of 32 bytes. */
  readonly hash: string;
}

/** SHA-256 of the row's canonical JSON, as hex. */
export const hashOf = (row: AuditRow): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        action: row.action,
        actor: row.actor,
        at: row.at,
        object: row.object,
        outcome: row.outcome,
        prev_hash: row.prevHash,
        request_id: row.requestId,
        seq: row.seq,
      }),
    )
    .digest('hex');
