/** `countersign key create|list|rotate|revoke`: caller keys in the hands of the operator, who stands above all of them. */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { SignatureAlgorithm } from '../auth/caller-key.ts';
import { readRegisteredKey } from '../auth/registered-key.ts';
import { loadKek } from '../config/secrets.ts';
import type { TenantDatabase, TenantSession } from '../db/tenant-database.ts';
import { createAuditStore } from '../features/audit/audit-store.ts';
import { issueManagedKey, makeSecret, registerPublicKey } from '../features/caller-keys/caller-key-issuer.ts';
import { sealCallerSecret } from '../features/caller-keys/caller-secret.ts';
import type { ManagedKey } from '../features/caller-keys/managed-key.ts';
import { createManagedKeyStore } from '../features/caller-keys/managed-key-store.ts';
import { createTenantStore } from '../features/tenants/tenant-store.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { KEY_OPTIONS, KEY_USAGE, readWanted, type WantedKey } from './key-words.ts';
import { noSuchVerb, operator, type OperatorCommand, readId, readWords, say, tell } from './operator.ts';
import { withOwnerDatabase } from './owner-database.ts';
import { UsageError } from './usage-error.ts';

const VERBS: ReadonlySet<string> = new Set(['create', 'list', 'rotate', 'revoke']);

const MS_PER_SECOND = 1_000;

export const runKey = (command: OperatorCommand): Promise<void> => {
  const { positionals, values } = readWords(command.words, KEY_OPTIONS, KEY_USAGE);
  const [verb, tenant, ...rest] = positionals;
  if (verb === undefined || !VERBS.has(verb)) throw noSuchVerb(verb, KEY_USAGE);
  const tenantId = readId(tenant, 'tenant', KEY_USAGE);
  const inDatabase = (work: (database: TenantDatabase) => Promise<void>): Promise<void> =>
    withOwnerDatabase(command.config, command.logger, work);
  switch (verb) {
    case 'create': {
      const wanted = readWanted(rest, values);
      return inDatabase(async (database) => {
        const issued = await database.transact(tenantId, (session) =>
          createKey(session, wanted, () => loadKek(command.config, 'gateway').key),
        );
        tellIssued(issued, values.json);
      });
    }
    case 'list':
      return inDatabase(async (database) => {
        const page = { withRevoked: values.all, limit: MOST_KEYS, offset: 0 };
        const keys = await createManagedKeyStore(database.session(tenantId)).list(page);
        tell(keys.map(toRow), values.json, COLUMNS);
      });
    case 'rotate': {
      const id = readId(rest[0], 'key', KEY_USAGE);
      if (!/^\d{1,7}$/.test(values.overlap)) throw new UsageError('--overlap: needs whole seconds');
      const overlapMs = parseInt(values.overlap, 10) * MS_PER_SECOND;
      return inDatabase(async (database) => {
        const issued = await database.transact(tenantId, (session) =>
          rotateKey(
            session,
            id,
            { overlapMs, publicKeyFile: values['public-key'] },
            () => loadKek(command.config, 'gateway').key,
          ),
        );
        tellIssued(issued, values.json);
      });
    }
    case 'revoke': {
      const id = readId(rest[0], 'key', KEY_USAGE);
      return inDatabase(async (database) => {
        const wasAlive = await database.transact(tenantId, (session) => revokeKey(session, id));
        say(
          values.json
            ? JSON.stringify({ id, revoked: wasAlive })
            : wasAlive
              ? `Key ${id} is revoked.`
              : `Key ${id} was revoked before.`,
        );
      });
    }
    default:
      throw noSuchVerb(verb, KEY_USAGE);
  }
};

const MOST_KEYS = 10_000;

interface Issued {
  readonly key: ManagedKey;
  /** null: the key has none that could be shown. */
  readonly secret: string | null;
}

const createKey = async (
  session: TenantSession,
  wanted: WantedKey,
  loadKey: () => Buffer,
): Promise<Issued> => {
  if (!(await createTenantStore(session).exists()))
    throw new AppError('not_found', 'There is no such tenant');
  const { algorithm, publicKeyFile, userExternalId, ...rest } = wanted;
  const store = createManagedKeyStore(session);
  const { allowedAccountIds } = wanted;
  if (allowedAccountIds !== null && !(await store.hasAccounts(allowedAccountIds)))
    throw new AppError('not_found', 'The tenant does not have all of these accounts');
  const userId = userExternalId === undefined ? null : await store.ensureUser(randomUUID(), userExternalId);
  const issued =
    algorithm === 'hmac-sha256'
      ? await issueManagedKey(session, loadKey(), { ...rest, userId })
      : {
          secret: null,
          key: await registerPublicKey(session, {
            ...rest,
            userId,
            algorithm,
            publicKey: readPublicKey(algorithm, publicKeyFile),
          }),
        };
  await audit(session, 'key.created', issued.key.id);
  return issued;
};

const rotateKey = async (
  session: TenantSession,
  id: string,
  { overlapMs, publicKeyFile }: { readonly overlapMs: number; readonly publicKeyFile: string | undefined },
  loadKey: () => Buffer,
): Promise<Issued> => {
  const store = createManagedKeyStore(session);
  const before = await store.lock(id);
  if (before === undefined) throw noKey();
  if (before.revokedAt !== null) throw new AppError('conflict', 'The key is revoked');
  const now = systemClock.now();
  const next = { previousEndsAt: overlapMs === 0 ? null : new Date(now + overlapMs), at: isoOf(now) };
  const { algorithm } = before;
  const secret = algorithm === 'hmac-sha256' ? makeSecret() : null;
  const key = await store.rotate(id, {
    ...next,
    secretJwe:
      secret === null
        ? null
        : await sealCallerSecret(loadKey(), { tenantId: session.tenantId, callerKeyId: id }, secret),
    publicKey: algorithm === 'hmac-sha256' ? null : readPublicKey(algorithm, publicKeyFile),
  });
  await audit(session, 'key.rotated', id);
  return { key, secret };
};

/** Also the last key of a tenant: the operator can make another. */
const revokeKey = async (session: TenantSession, id: string): Promise<boolean> => {
  const store = createManagedKeyStore(session);
  if ((await store.lock(id)) === undefined) throw noKey();
  const wasAlive = await store.revoke(id, isoOf(systemClock.now()));
  if (wasAlive) await audit(session, 'key.revoked', id);
  return wasAlive;
};

const noKey = (): AppError => new AppError('not_found', 'The tenant has no such key');

const isoOf = (ms: number): string => new Date(ms).toISOString();

const readPublicKey = (
  algorithm: Exclude<SignatureAlgorithm, 'hmac-sha256'>,
  file: string | undefined,
): string => {
  if (file === undefined) throw new UsageError(`--public-key: ${algorithm} needs the file of a public key`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--public-key: cannot read ${file}`);
  }
  return readRegisteredKey(algorithm, text).export({ type: 'spki', format: 'pem' }).toString();
};

const audit = (session: TenantSession, action: string, id: string): Promise<void> =>
  createAuditStore(session).append({
    actor: operator(),
    action,
    object: `key:${id}`,
    outcome: 'success',
    requestId: randomUUID(),
  });

const COLUMNS = [
  'id',
  'apiKey',
  'name',
  'algorithm',
  'profileFloor',
  'scopes',
  'expiresAt',
  'revokedAt',
  'lastUsedAt',
];

const toRow = (key: ManagedKey): Readonly<Record<string, unknown>> => {
  const { keyId, ...rest } = key;
  return { ...rest, apiKey: keyId };
};

const tellIssued = ({ key, secret }: Issued, asJson: boolean): void => {
  if (asJson) {
    say(JSON.stringify({ ...toRow(key), apiSecret: secret }, null, 2));
    return;
  }
  say(`id          ${key.id}`);
  say(`Apikey      ${key.keyId}`);
  if (secret !== null) say(`secret      ${secret}   (shown this once)`);
};
