/**
 * Reads across tenants, for operators. The audit row is written in the transaction of the read: what cannot be written
 * down is not answered. A page that asks again and again writes one row a minute for each kind of read.
 */
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createAuditedReadStore } from './audited-read-store.ts';

export interface ReadKind {
  /** As audit rows name it: `accounts.read`. */
  readonly action: string;
  /** The only tenant that is read; undefined: all. */
  readonly tenantId?: string | undefined;
}

export interface AuditedReads {
  /** `work` gets a session that sees the rows of all tenants, and no secret of any. */
  read<T>(
    administrator: Administrator,
    kind: ReadKind,
    work: (session: TenantSession) => Promise<T>,
  ): Promise<T>;
}

/** `database` is of the admin API's own role. */
export const createAuditedReads = ({
  database,
  clock,
}: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): AuditedReads => ({
  read: ({ actor, requestId }, { action, tenantId }, work) =>
    database.transact(OPERATOR_TENANT_ID, async (session) => {
      const found = await work(session);
      const object = tenantId === undefined ? 'all tenants' : `tenant:${tenantId}`;
      const isFirst = await createAuditedReadStore(session).note(
        actor,
        action,
        object,
        new Date(clock.now()),
      );
      if (isFirst) {
        const entry = { actor, action, object, outcome: 'success', requestId };
        await createAuditStore(session).append(entry);
      }
      return found;
    }),
});
