/** Appends to the tenant's audit chain, in the transaction of the change; the last statement of it, as it takes a lock. */
import type { TenantSession } from '../../db/tenant-database.ts';

export interface AuditEntry {
  /** Who: `key:<caller key id>`, `custody`, `system`. */
  readonly actor: string;
  /** What, as `noun.verb`: `account.connected`. */
  readonly action: string;
  /** To what: `account:<id>`. */
  readonly object: string;
  /** `success` or `refused`, and what is worth knowing besides: `success; the keys work from any address`. */
  readonly outcome: string;
  readonly requestId: string;
}

const APPEND = {
  name: 'audit.append',
  text: 'select audit_append($1, $2, $3, $4, $5, $6)',
};

export const createAuditStore = (session: TenantSession) => ({
  async append(entry: AuditEntry): Promise<void> {
    const { actor, action, object, outcome, requestId } = entry;
    await session.query(APPEND, [session.tenantId, actor, action, object, outcome, requestId]);
  },
});
