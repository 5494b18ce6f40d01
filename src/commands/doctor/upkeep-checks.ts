/** Checks of what has to go on by itself: background work, deliveries, signed audit. */
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { createDoctorStore, createTenantDoctorStore } from './doctor-store.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export const checkUpkeep = async (
  database: TenantDatabase,
  tenantIds: readonly string[],
): Promise<Finding[]> => {
  const facts = await createDoctorStore(database.shared).readUpkeep();
  let dead = 0;
  for (const tenantId of tenantIds)
    dead += await createTenantDoctorStore(database.session(tenantId)).countDeadLetters();
  return [
    facts.unsignedChains === 0
      ? ok('audit checkpoints', 'every chain is signed, or will be within minutes')
      : problem(
          'audit checkpoints',
          `${facts.unsignedChains} chains have not been signed since ${facts.unsignedSince?.toISOString() ?? ''}`,
          'custody signs them: see that it runs, and look into its log',
        ),
    facts.overdueJobs === 0
      ? ok('background work', 'nothing is overdue')
      : problem(
          'background work',
          `${facts.overdueJobs} jobs have been due for more than 15 minutes`,
          'start countersign worker, or another one of it',
        ),
    facts.failingJobs === 0
      ? ok('failing jobs', 'none')
      : warning(
          'failing jobs',
          `${facts.failingJobs} failed five times in a row or more: ${facts.failingKinds.slice(0, 5).join(', ')}`,
          'look at them in the console under jobs: they tell why',
        ),
    facts.failingEndpoints + dead === 0
      ? ok('webhooks', 'all is delivered')
      : warning(
          'webhooks',
          `${facts.failingEndpoints} endpoints fail, ${dead} deliveries were given up`,
          'once the receivers answer again, replay what they missed: countersign webhook replay <endpoint-id> --tenant <tenant-id>',
        ),
  ];
};
