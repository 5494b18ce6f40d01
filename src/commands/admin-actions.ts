/** What `countersign admin` does, on the database as its owner. */
import { readFileSync } from 'node:fs';
import type { Config } from '../config/config-schema.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import { type AdminKeyService, createAdminKeyService } from '../features/administration/admin-key-service.ts';
import { consoleLink, issueAdminLink } from '../features/administration/admin-link.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

export const makeLink = ({ config, logger, answer }: CommandContext): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const { token, expiresAt } = await issueAdminLink(database, localOperator(), systemClock);
    const base = adminUrlOf(config);
    const url = consoleLink(base ?? 'http://<host>:<port>', token);
    answer.record({ url: base === undefined ? null : url, token, expiresAt }, [
      url,
      ...(base === undefined
        ? ['Host and port are those of the admin API: set admin.publicUrl (COUNTERSIGN_ADMIN_PUBLIC_URL).']
        : []),
      `It signs in once, until ${expiresAt.toISOString()}.`,
    ]);
  });

/** undefined: nothing tells where it is. */
const adminUrlOf = ({ admin }: Pick<Config, 'admin'>): string | undefined => {
  if (admin.publicUrl !== undefined) return admin.publicUrl;
  if (admin.port === undefined || admin.port === 0) return undefined;
  return `http://${admin.host.includes(':') ? `[${admin.host}]` : admin.host}:${admin.port}`;
};

export const addKey = (context: CommandContext, name: string, file: string): Promise<void> => {
  const publicKey = readKeyFile(file);
  return withKeys(context, async (keys) => {
    const key = await keys.add(localOperator(), { name, publicKey });
    context.answer.record(key, [
      `id          ${key.id}`,
      `Apikey      ${key.keyId}`,
      'Sign with its private key, under the profile strict or rfc9421.',
    ]);
  });
};

export const listKeys = (context: CommandContext, withRevoked: boolean): Promise<void> =>
  withKeys(context, async (keys) => {
    context.answer.rows(
      await keys.list(withRevoked),
      ['id', 'keyId', 'name', 'createdBy', 'createdAt', 'lastUsedAt', 'revokedAt'],
      'There is no admin key: add one with countersign admin key add <name> --public-key <file>',
    );
  });

export const revokeKey = (context: CommandContext, id: string): Promise<void> =>
  withKeys(context, async (keys) => {
    const wasAlive = await keys.revoke(localOperator(), id);
    context.answer.record({ id, revoked: wasAlive }, [
      wasAlive ? `Admin key ${id} is revoked.` : `Admin key ${id} was revoked before.`,
    ]);
  });

const withKeys = (
  { config, logger }: CommandContext,
  work: (keys: AdminKeyService) => Promise<void>,
): Promise<void> =>
  withOwnerDatabase(config, logger, (database: TenantDatabase) =>
    work(createAdminKeyService({ database, clock: systemClock, logger })),
  );

const readKeyFile = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--public-key: cannot read ${file}`);
  }
};
