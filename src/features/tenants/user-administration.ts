/** Users of a tenant, made by operators. */
import { randomUUID } from 'node:crypto';
import type { Administrator } from '../../auth/administrator.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createTenantStore } from './tenant-store.ts';
import { createUserStore, type UserRecord } from './user-store.ts';

export interface UserAdministration {
  /** Throws not_found for a tenant that is not there, and conflict for an external id that it has already. */
  create(
    administrator: Administrator,
    tenantId: string,
    user: Pick<UserRecord, 'externalId' | 'name'>,
  ): Promise<UserRecord>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `database` is of the admin API's role, or the owner's. */
export const createUserAdministration = ({
  database,
  clock,
}: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): UserAdministration => ({
  create: async (administrator, tenantId, { externalId, name }) => {
    if (!UUID.test(tenantId)) throw notFound();
    return await database.transact(tenantId.toLowerCase(), async (session) => {
      if (!(await createTenantStore(session).exists())) throw notFound();
      const user = await createUserStore(session).insert({
        id: randomUUID(),
        externalId,
        name,
        createdAt: new Date(clock.now()),
      });
      await createAuditStore(session).append({
        actor: administrator.actor,
        action: 'user.created',
        object: `user:${user.id}`,
        outcome: 'success',
        requestId: administrator.requestId,
      });
      return user;
    });
  },
});

const notFound = (): AppError => new AppError('not_found', 'There is no such tenant');
