/**
 * Asks for leave before a secret is opened, and records every opening. Openings of one tenant append to one chain under
 * one lock, so those that arrive while a write runs go out together with the next.
 */
import { AppError } from '../shared/errors.ts';
import type { CustodyStore, Opening } from './custody-store.ts';

export interface OpeningLog {
  /**
   * Resolves when the opening is durable; the caller opens only then. Throws custody_unavailable when it must not be:
   * custody is frozen, or one of the credentials that were asked for together is a canary, which freezes it.
   */
  record(tenantId: string, opening: Opening): Promise<void>;
}

interface Batch {
  readonly openings: Opening[];
  readonly written: Promise<void>;
}

const MAX_BATCH = 500;

export const frozen = (): AppError =>
  new AppError(
    'custody_unavailable',
    'Custody is frozen: exchange keys are not used until an operator lifts this',
  );

export const createOpeningLog = (
  store: Pick<CustodyStore, 'recordOpenings'>,
  onFrozen: () => void,
): OpeningLog => {
  /** Per tenant: the batch that is still open for more, and the write before it. */
  const open = new Map<string, Batch>();
  const running = new Map<string, Promise<void>>();

  const write = async (tenantId: string, openings: readonly Opening[]): Promise<void> => {
    if ((await store.recordOpenings(tenantId, openings)) === 'opened') return;
    onFrozen();
    throw frozen();
  };

  const startBatch = (tenantId: string): Batch => {
    const openings: Opening[] = [];
    const before = running.get(tenantId) ?? Promise.resolve();
    const written: Promise<void> = before
      .catch(() => undefined)
      .then(() => {
        if (open.get(tenantId)?.openings === openings) open.delete(tenantId);
        return write(tenantId, openings);
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
