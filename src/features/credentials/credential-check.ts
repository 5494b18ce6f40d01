/** Checks a stored credential at its exchange: do the keys still work, and may they do what they might before. */
import { randomUUID } from 'node:crypto';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort, KeyRights } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { lockRefusedKeys } from '../accounts/key-failure.ts';
import { keysState, refuseUnfitKeys } from '../accounts/key-rules.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';
import { createCredentialCheckStore, type CredentialToCheck } from './credential-check-store.ts';
import { proofEvents, validationEvents } from './credential-events.ts';
import { createCredentialStore } from './credential-store.ts';
import { createKeyProofStore } from './key-proof-store.ts';
import { describeChange, statusOf, type ValidationStatus, walletOf } from './stored-credential.ts';

/** unreachable: the exchange left the question open; gone: there is nothing to check. */
export type CheckOutcome = 'checked' | 'unreachable' | 'gone';

export interface CredentialCheckDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect'>;
  readonly catalog: Pick<Catalog, 'findExchange' | 'getVenue'>;
  readonly clock: Clock;
}

/** Throws what is not about the keys, e.g. custody_unavailable, or an exchange that nobody can ask now. */
export type CheckCredential = (tenantId: string, credentialId: string) => Promise<CheckOutcome>;

interface Target extends CredentialToCheck {
  readonly tenantId: string;
  readonly credentialId: string;
  readonly requestId: string;
}

export const createCredentialCheck = (deps: CredentialCheckDeps): CheckCredential => {
  const { database, exchanges, catalog, clock } = deps;
  const now = (): string => new Date(clock.now()).toISOString();

  return async (tenantId, credentialId) => {
    const found = await createCredentialCheckStore(database.session(tenantId)).find(credentialId);
    if (found === undefined) return 'gone';
    const requestId = `check-${randomUUID()}`;
    const target = { ...found, tenantId, credentialId, requestId };
    try {
      const { rights } = await exchanges.connect(
        { requestId, purpose: 'check' },
        { tenantId, credentialId, generation: found.generation },
        [walletOf(found, catalog).market.code],
      );
      await record(target, rights);
      return 'checked';
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined || !(error instanceof AppError)) throw error;
      // With a time it is said of everybody's calls, not of these keys.
      if (status === 'exchange_unavailable' && error.details.retryAfterMs === undefined) return 'unreachable';
      if (status === 'exchange_unavailable') throw error;
      await recordRefusal(target, status, error);
      return 'checked';
    }
  };

  async function record(target: Target, rights: KeyRights): Promise<void> {
    const { credentialId, generation, requestId } = target;
    const unfit = whyUnfit(rights, target.withdrawalPolicy);
    const status = unfit === undefined ? 'valid' : (statusOf(unfit) ?? 'invalid');
    // Keys that came in while the exchange could not be asked were never let in.
    const isSwitchedOff = unfit !== undefined && target.rightsSource === null;
    const changes = [
      ...(target.rightsSource === null ? [] : describeChange(target, rights)),
      ...(status === target.validationStatus ? [] : [`found ${status}`]),
      ...(isSwitchedOff ? ['switched off'] : []),
    ];
    await change(target, changes, async (session) => {
      const at = now();
      if (!(await createCredentialStore(session).lockAt(credentialId, generation))) return undefined;
      const before = await createKeyProofStore(session).recordProof(credentialId, generation, {
        rights,
        status,
        error: unfit?.message ?? null,
        isSwitchedOff,
        apiKeysState: keysState(rights.expiresAt, at),
        at,
      });
      if (before === undefined) return undefined;
      const data = { credential_id: credentialId, exchange: before.venueId, changed: ['is_active'] };
      return [
        ...proofEvents(target, before, { rights, status }),
        ...(isSwitchedOff ? [{ type: 'credential.updated', data, requestId } as const] : []),
      ];
    });
  }

  async function recordRefusal(target: Target, status: ValidationStatus, error: AppError): Promise<void> {
    const changes = status === target.validationStatus ? [] : [`found ${status}`];
    await change(target, changes, async (session) => {
      const { credentialId, generation, requestId } = target;
      if (status === 'invalid') return lockRefusedKeys(session, target, { error, at: now(), requestId });
      if (!(await createCredentialStore(session).lockAt(credentialId, generation))) return undefined;
      const found = { status, error: error.message, at: now() };
      const before = await createKeyProofStore(session).markValidation(credentialId, found);
      return before === undefined ? undefined : validationEvents(target, before, status);
    });
  }

  /**
   * Only a change is worth a line in the audit log. `write` answers what is to be told; undefined: the keys are no longer
   * those that were checked.
   */
  async function change(
    { tenantId, credentialId, requestId }: Target,
    changes: readonly string[],
    write: (session: TenantSession) => Promise<readonly NewEvent[] | undefined>,
  ): Promise<void> {
    await database.transact(tenantId, async (session) => {
      const events = await write(session);
      if (events === undefined) return;
      if (changes.length > 0)
        await createAuditStore(session).append({
          actor: 'system',
          action: 'credential.changed',
          object: `credential:${credentialId}`,
          outcome: ['success', ...changes].join('; '),
          requestId,
        });
      await createEventStore(session).appendAll(events);
    });
  }
};

const whyUnfit = (rights: KeyRights, policy: CredentialToCheck['withdrawalPolicy']): AppError | undefined => {
  try {
    refuseUnfitKeys({ rights }, policy);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
};
