/** Removes, a few times a day, what a tenant need not keep. */
import type { ApplyRetention } from '../features/retention/retention.ts';
import type { JobDefinition } from './job-definition.ts';

const HOUR_MS = 3_600_000;
// Every hour that ended is looked at within six; a tenant of a thousand accounts takes a few seconds.
const INTERVAL_MS = 6 * HOUR_MS;
const FIRST_RETRY_MS = 600_000;
// What it deletes must not crowd out what callers wait for.
const PER_LANE = 1;

export const createRetentionJob = (applyRetention: ApplyRetention): JobDefinition => ({
  kind: 'retention',
  intervalMs: INTERVAL_MS,
  firstRetryMs: FIRST_RETRY_MS,
  longestRetryMs: INTERVAL_MS,
  perLane: PER_LANE,

  async run({ tenantId }, { signal }) {
    const removed = await applyRetention(tenantId, signal);
    if (signal.aborted) return { outcome: 'interrupted', nextMs: 0, progress: { ...removed } };
    return { outcome: 'done', progress: { ...removed } };
  },
});
