/** What `countersign key` does, on the database as its owner. */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { SignatureAlgorithm } from '../auth/caller-key.ts';
import { readRegisteredKey } from '../auth/registered-key.ts';
import { loadKek } from '../config/secrets.ts';
import type { TenantSession } from '../db/tenant-database.ts';
import { issueManagedKey, makeSecret, registerPublicKey } from '../features/caller-keys/caller-key-issuer.ts';
import { sealCallerSecret } from '../features/caller-keys/caller-secret.ts';
import type { ManagedKey } from '../features/caller-keys/managed-key.ts';
import { type KeyRecord, recordKeyChange } from '../features/caller-keys/key-record.ts';
import { createManagedKeyStore } from '../features/caller-keys/managed-key-store.ts';
import { createTenantStore } from '../features/tenants/tenant-store.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Answer } from './answer.ts';
import type { CommandContext } from './command.ts';
import { type KeyWords, readWanted, type WantedKey } from './key-words.ts';
import { operator } from './operator.ts';
import { UsageError } from './usage-error.ts';

const MS_PER_SECOND = 1_000;

export const createKey = (
  { config, logger, answer }: CommandContext,
  words: KeyWords & { readonly tenantId: string },
): Promise<void> => {
  const wanted = readWanted(words);
  return withOwnerDatabase(config, logger, async (database) => {
    const issued = await database.transact(words.tenantId, (session) =>
      issue(session, wanted, () => loadKek(config, 'gateway').key),
    );
    tellIssued(answer, issued);
  });
};

export const listKeys = (
  { config, logger, answer }: CommandContext,
  tenantId: string,
  withRevoked: boolean,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const page = { withRevoked, limit: MOST_KEYS, offset: 0 };
    const keys = await createManagedKeyStore(database.session(tenantId)).list(page);
    answer.rows(keys.map(toRow), COLUMNS, `Tenant ${tenantId} has no keys.`);
  });

export const rotateKey = (
  { config, logger, answer }: CommandContext,
  words: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly overlap: string;
    readonly publicKey?: string | undefined;
  },
): Promise<void> => {
  const { tenantId, keyId, overlap } = words;
  if (!/^\d{1,7}$/.test(overlap)) throw new UsageError(`--overlap: ${overlap} are no whole seconds`);
  const overlapMs = parseInt(overlap, 10) * MS_PER_SECOND;
  return withOwnerDatabase(config, logger, async (database) => {
    const issued = await database.transact(tenantId, (session) =>
      rotate(
        session,
        keyId,
        { overlapMs, publicKeyFile: words.publicKey },
        () => loadKek(config, 'gateway').key,
      ),
    );
    tellIssued(answer, issued);
  });
};

export const revokeKey = (
  { config, logger, answer }: CommandContext,
  tenantId: string,
  id: string,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const revoked = await database.transact(tenantId, (session) => revoke(session, id));
    answer.record({ id, revoked }, [revoked ? `Key ${id} is revoked.` : `Key ${id} was revoked before.`]);
  });

const MOST_KEYS = 10_000;

interface Issued {
  readonly key: ManagedKey;
  /** null: the key has none that could be shown. */
  readonly secret: string | null;
}

const issue = async (session: TenantSession, wanted: WantedKey, loadKey: () => Buffer): Promise<Issued> => {
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
  await record(session, 'key.created', issued.key.id);
  return issued;
};

const rotate = async (
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
  await record(session, 'key.rotated', id);
  return { key, secret };
};

/** Also the last key of a tenant: the operator can make another. */
const revoke = async (session: TenantSession, id: string): Promise<boolean> => {
  const store = createManagedKeyStore(session);
  if ((await store.lock(id)) === undefined) throw noKey();
  const wasAlive = await store.revoke(id, isoOf(systemClock.now()));
  if (wasAlive) await record(session, 'key.revoked', id);
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

const record = (session: TenantSession, type: KeyRecord['type'], keyId: string): Promise<void> =>
  recordKeyChange(session, { type, keyId, actor: operator(), requestId: randomUUID() });

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

const toRow = (key: ManagedKey): object => {
  const { keyId, ...rest } = key;
  return { ...rest, apiKey: keyId };
};

const tellIssued = (answer: Answer, { key, secret }: Issued): void =>
  answer.record({ ...toRow(key), apiSecret: secret }, [
    `id          ${key.id}`,
    `Apikey      ${key.keyId}`,
    ...(secret === null ? [] : [`secret      ${secret}   (shown this once)`]),
  ]);
