/** Use cases on the balancing settings of accounts: read and change them. The balancing itself reads what is stored here. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore } from '../events/event-store.ts';
import { type Autobalance, type AutobalanceSettings, findMissingSettings } from './autobalance.ts';
import { createAutobalanceStore } from './autobalance-store.ts';

export interface AutobalanceService {
  get(actor: Actor, accountId: number): Promise<Autobalance>;
  /** Replaces all settings. Throws not_found when the account or the portfolio is not there. */
  replace(actor: Actor, accountId: number, settings: AutobalanceSettings): Promise<Autobalance>;
}

const NO_RUN_YET = 'No automatic balancing has run yet';

export const createAutobalanceService = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): AutobalanceService => ({
  async get(actor, accountId) {
    return found(await createAutobalanceStore(deps.database.session(actor.tenantId)).find(accountId));
  },

  async replace(actor, accountId, settings) {
    const missing = findMissingSettings(settings);
    if (missing.length > 0)
      throw invalidParameters(Object.fromEntries(missing.map(([field, problem]) => [field, [problem]])));
    return deps.database.transact(actor.tenantId, async (session) => {
      const store = createAutobalanceStore(session);
      const at = new Date(deps.clock.now()).toISOString();
      const stored = found(await store.store(accountId, settings, { errorBeforeFirstRun: NO_RUN_YET, at }));
      await createAuditStore(session).append({
        actor: `key:${actor.callerKeyId}`,
        action: settings.enabled ? 'account.autobalance_enabled' : 'account.autobalance_disabled',
        object: `account:${accountId}`,
        outcome: 'success',
        requestId: actor.requestId,
      });
      await createEventStore(session).append({
        type: 'account.updated',
        data: { account_id: accountId, changed: ['autobalance'] },
        requestId: actor.requestId,
      });
      return stored;
    });
  },
});

const found = (autobalance: Autobalance | undefined): Autobalance => {
  if (autobalance === undefined) throw new AppError('not_found', 'Not Found');
  return autobalance;
};
