/** `countersign tenant create|list`: how an operator starts, as production has no demo tenant. */
import { randomUUID } from 'node:crypto';
import { createAuditStore } from '../features/audit/audit-store.ts';
import { createTenantStore, listTenants } from '../features/tenants/tenant-store.ts';
import { noSuchVerb, operator, type OperatorCommand, readWords, say, tell } from './operator.ts';
import { withOwnerDatabase } from './owner-database.ts';
import { UsageError } from './usage-error.ts';

const USAGE = [
  'Usage: countersign tenant create <name> [--json]',
  '       countersign tenant list [--json]',
].join('\n');

export const runTenant = ({ config, logger, words }: OperatorCommand): Promise<void> => {
  const { positionals, values } = readWords(words, { json: { type: 'boolean', default: false } }, USAGE);
  const [verb, ...rest] = positionals;
  const name = rest.join(' ').trim();
  switch (verb ?? '') {
    case 'create':
      if (name === '') throw new UsageError(`The name is missing\n${USAGE}`);
      return withOwnerDatabase(config, logger, async (database) => {
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
        say(values.json ? JSON.stringify({ id, name }, null, 2) : `Tenant ${id} is made.`);
      });
    case 'list':
      return withOwnerDatabase(config, logger, async (database) => {
        tell([...(await listTenants(database))], values.json, ['id', 'name', 'status', 'createdAt']);
      });
    default:
      throw noSuchVerb(verb, USAGE);
  }
};
