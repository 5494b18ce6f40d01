/** Checks every stored credential about once a day, and those that came in unproven as soon as their exchange answers. */
import type { CheckCredential } from '../features/credentials/credential-check.ts';
import type { JobDefinition } from './job-definition.ts';

export interface CredentialCheckJobDeps {
  readonly check: CheckCredential;
  readonly intervalMs: number;
}

// Few at a time: a venue's limits are there for callers.
const PER_LANE = 2;
const FIRST_RETRY_MS = 3_600_000;

export const createCredentialCheckJob = ({ check, intervalMs }: CredentialCheckJobDeps): JobDefinition => ({
  kind: 'credential_check',
  intervalMs,
  firstRetryMs: FIRST_RETRY_MS,
  longestRetryMs: Math.max(intervalMs, FIRST_RETRY_MS),
  perLane: PER_LANE,

  async run({ tenantId, subject }) {
    const outcome = await check(tenantId, subject);
    return outcome === 'unreachable' ? { outcome, error: 'The exchange did not answer' } : { outcome };
  },
});
