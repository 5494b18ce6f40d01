/**
 * Records every opening of a secret before the secret is used. Openings of one tenant append to one chain under one
 * lock, so those that arrive while a write runs go out together with the next.
 */
import type { CustodyStore, Opening } from './custody-store.ts';

export interface OpeningLog {
  /** Resolves when the opening is durable; the caller opens only then. */
  record(tenantId: string, opening: Opening): Promise<void>;
}

interface Batch {
  readonly openings: Opening[];
  readonly written: Promise<void>;
}

const MAX_BATCH = 500;

export const createOpeningLog = (store: Pick<CustodyStore, 'recordOpenings'>): OpeningLog => {
  /** Per tenant: the batch that is still open for more, and the write before it. */
  const open = new Map<string, Batch>();
  const running = new Map<string, Promise<void>>();

  const startBatch = (tenantId: string): Batch => {
    const openings: Opening[] = [];
    const before = running.get(tenantId) ?? Promise.resolve();
    const written: Promise<void> = before
      .catch(() => undefined)
      .then(() => {
        if (open.get(tenantId)?.openings === openings) open.delete(tenantId);
        return store.recordOpenings(tenantId, openings);
      })
      .finally(() => {
        if (running.get(tenantId) === written) running.delete(tenantId);
      });
    running.set(tenantId, written);
    const batch = { openings, written };
    open.set(tenantId, batch);
    return batch;
  };

  return {
    record: (tenantId, opening) => {
      const known = open.get(tenantId);
      const batch = known === undefined || known.openings.length >= MAX_BATCH ? startBatch(tenantId) : known;
      batch.openings.push(opening);
      return batch.written;
    },
  };
};
