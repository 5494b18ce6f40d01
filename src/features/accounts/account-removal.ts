/** Disconnects an account, in a transaction of its tenant: for its callers, and for an operator. */
import type { TenantSession } from '../../db/tenant-database.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createCredentialStore } from '../credentials/credential-store.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';
import { createAccountStore } from './account-store.ts';

/** Idempotent; destroys the keys with the last account that uses them. False: there is no such account. */
export const removeAccount = async (
  session: TenantSession,
  id: number,
  by: { readonly actor: string; readonly requestId: string; readonly at: string },
): Promise<boolean> => {
  const { actor, requestId, at } = by;
  const removed = await createAccountStore(session).remove(id, at);
  if (removed === undefined) return false;
  if (removed.wasRemoved) return true;
  const credentials = createCredentialStore(session);
  const events: NewEvent[] = [{ type: 'account.removed', data: { account_id: id }, requestId }];
  // The lock makes a connection with the same keys wait, so that no account is left with shredded ones.
  if (removed.credentialId !== null && (await credentials.lockLive(removed.credentialId))) {
    const exchange = await credentials.shredUnused(removed.credentialId, at);
    const data = { credential_id: removed.credentialId };
    if (exchange !== undefined)
      events.push({ type: 'credential.deleted', data: { ...data, exchange }, requestId });
  }
  await createAuditStore(session).append({
    actor,
    action: 'account.removed',
    object: `account:${id}`,
    outcome: 'success',
    requestId,
  });
  await createEventStore(session).appendAll(events);
  return true;
};
