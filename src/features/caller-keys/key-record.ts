/** What is written down of every change of a caller key, whoever makes it: a row of the audit chain, and an event. */
import type { TenantSession } from '../../db/tenant-database.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore } from '../events/event-store.ts';

export interface KeyRecord {
  readonly type: 'key.created' | 'key.updated' | 'key.rotated' | 'key.revoked';
  /** Row id of the key. */
  readonly keyId: string;
  /** As the audit chain names who did it. */
  readonly actor: string;
  readonly requestId: string;
  /** As the audit chain names it, where that says more than the type. */
  readonly action?: string;
}

/** To be called at the end of the transaction of the change. */
export const recordKeyChange = async (session: TenantSession, record: KeyRecord): Promise<void> => {
  const { type, keyId, actor, requestId } = record;
  const action = record.action ?? type;
  await createAuditStore(session).append({
    actor,
    action,
    object: `key:${keyId}`,
    outcome: 'success',
    requestId,
  });
  await createEventStore(session).append({ type, data: { key_id: keyId }, requestId });
};
