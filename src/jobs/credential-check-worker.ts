/** Checks every stored credential about once a day, and those that came in unproven as soon as their exchange answers. */
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { CheckCredential } from '../features/credentials/credential-check.ts';
import { type CheckLease, createCheckLeaseStore } from '../features/credentials/credential-check-store.ts';
import type { Clock } from '../shared/clock.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { startWorker } from './worker.ts';

export interface CredentialCheckWorkerOptions {
  readonly database: TenantDatabase;
  readonly check: CheckCredential;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Time between two checks of one credential. */
  readonly intervalMs: number;
  readonly pollMs: number;
}

// Two at a time: a venue's limits are there for callers.
const PER_VENUE = 2;
const CONCURRENCY = 8;
// Longer than the longest call of a venue; a process that died is replaced after it.
const LEASE_MS = 120_000;
const FIRST_RETRY_MS = 3_600_000;

export const startCredentialCheckWorker = (options: CredentialCheckWorkerOptions): AsyncDisposable => {
  const { clock, logger, intervalMs } = options;
  const leases = createCheckLeaseStore(options.database.shared);
  const later = (ms: number): Date => new Date(clock.now() + ms);
  // A tenth, so that credentials that were stored together drift apart.
  const jittered = (ms: number): number => ms * (0.9 + Math.random() / 5);

  const retry = (lease: CheckLease): Promise<void> => {
    const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(lease.failures, 10), intervalMs);
    return leases.settle(lease, later(jittered(wait)), lease.failures + 1);
  };

  const run = async (lease: CheckLease): Promise<void> => {
    const { tenantId, credentialId } = lease;
    try {
      const outcome = await options.check(tenantId, credentialId);
      if (outcome === 'unreachable') await retry(lease);
      else await leases.settle(lease, later(jittered(intervalMs)), 0);
    } catch (error) {
      logger.warn('a credential was not checked', { tenantId, credentialId, ...errorFields(error) });
      await retry(lease);
    }
  };

  return startWorker<CheckLease>({
    name: 'credential checks',
    claim: (fullVenues) => leases.claim(later(0), later(LEASE_MS), fullVenues),
    laneOf: ({ venueId }) => venueId,
    run,
    concurrency: CONCURRENCY,
    perLane: PER_VENUE,
    pollMs: options.pollMs,
    logger,
  });
};
