/** What `countersign tenant` does, on the database as its owner. */
import { randomUUID } from 'node:crypto';
import { createAuditStore } from '../features/audit/audit-store.ts';
import { createTenantStore, listTenants } from '../features/tenants/tenant-store.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import type { CommandContext } from './command.ts';
import { operator } from './operator.ts';

export const createTenant = ({ config, logger, answer }: CommandContext, name: string): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const id = randomUUID();
    await database.transact(id, async (session) => {
      await createTenantStore(session).ensure(name);
      await createAuditStore(session).append({
        actor: operator(),
        action: 'tenant.created',
        object: `tenant:${id}`,
        outcome: 'success',
        requestId: randomUUID(),
      });
    });
    answer.record({ id, name }, [`Tenant ${id} is made.`]);
  });

export const listAllTenants = ({ config, logger, answer }: CommandContext): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    answer.rows(
      await listTenants(database),
      ['id', 'name', 'status', 'createdAt'],
      'There is no tenant yet: make one with countersign tenant create <name>',
    );
  });
