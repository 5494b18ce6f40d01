/** `countersign key create|list|rotate|revoke`: caller keys in the hands of the operator, who stands above all of them. */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { type Scope, SCOPES } from '../auth/actor.ts';
import type { SignatureAlgorithm } from '../auth/caller-key.ts';
import { isAddressRange } from '../auth/ip-allowlist.ts';
import { meetsFloor, type Profile, PROFILES } from '../auth/profile.ts';
import { readRegisteredKey } from '../auth/registered-key.ts';
import { loadKek } from '../config/secrets.ts';
import type { TenantDatabase, TenantSession } from '../db/tenant-database.ts';
import { createAuditStore } from '../features/audit/audit-store.ts';
import { issueManagedKey, makeSecret, registerPublicKey } from '../features/caller-keys/caller-key-issuer.ts';
import { sealCallerSecret } from '../features/caller-keys/caller-secret.ts';
import { leastProfile, type ManagedKey } from '../features/caller-keys/managed-key.ts';
import { createManagedKeyStore } from '../features/caller-keys/managed-key-store.ts';
import { createTenantStore } from '../features/tenants/tenant-store.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { noSuchVerb, operator, type OperatorCommand, readId, readWords, say, tell } from './operator.ts';
import { withOwnerDatabase } from './owner-database.ts';
import { UsageError } from './usage-error.ts';

const ALGORITHMS: readonly SignatureAlgorithm[] = [
  'hmac-sha256',
  'ed25519',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];

const USAGE = [
  'Usage: countersign key create <tenant id> <name> --scopes <scope,...> [options]',
  '       countersign key list <tenant id> [--all]',
  '       countersign key rotate <tenant id> <key id> [--overlap <seconds>] [--public-key <file>]',
  '       countersign key revoke <tenant id> <key id>',
  '  --json            answer JSON',
  `  --scopes          of ${SCOPES.join(', ')}`,
  `  --algorithm       ${ALGORITHMS.join(', ')}; the first unless said`,
  '  --public-key      file with the PEM or JWK, for every algorithm but the first',
  `  --profile-floor   ${PROFILES.join(', ')}`,
  '  --allow-ip        addresses and CIDRs, with commas',
  '  --not-before      moment in ISO 8601 from which on the key works',
  '  --expires         moment in ISO 8601 at which it ends',
  '  --explain         explain its refused requests in production too',
  '  --accounts        ids of the only accounts that the key reaches, with commas',
  '  --user            your own id of the user that the key is for: a label, no limit',
  '  --overlap         how long the secret before works on, 86400 seconds unless said',
].join('\n');

const OPTIONS = {
  json: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  scopes: { type: 'string' },
  algorithm: { type: 'string', default: 'hmac-sha256' },
  'public-key': { type: 'string' },
  'profile-floor': { type: 'string' },
  'allow-ip': { type: 'string', default: '' },
  'not-before': { type: 'string' },
  expires: { type: 'string' },
  explain: { type: 'boolean', default: false },
  accounts: { type: 'string' },
  user: { type: 'string' },
  overlap: { type: 'string', default: '86400' },
} as const;

const VERBS: ReadonlySet<string> = new Set(['create', 'list', 'rotate', 'revoke']);

const MS_PER_SECOND = 1_000;

export const runKey = (command: OperatorCommand): Promise<void> => {
  const { positionals, values } = readWords(command.words, OPTIONS, USAGE);
  const [verb, tenant, ...rest] = positionals;
  if (verb === undefined || !VERBS.has(verb)) throw noSuchVerb(verb, USAGE);
  const tenantId = readId(tenant, 'tenant', USAGE);
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
      const id = readId(rest[0], 'key', USAGE);
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
      const id = readId(rest[0], 'key', USAGE);
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
      throw noSuchVerb(verb, USAGE);
  }
};

const MOST_KEYS = 10_000;

interface Wanted {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly algorithm: SignatureAlgorithm;
  readonly publicKeyFile: string | undefined;
  readonly profileFloor: Profile;
  readonly ipAllowlist: readonly string[];
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly explained: boolean;
  readonly allowedAccountIds: readonly number[] | null;
  readonly userExternalId: string | undefined;
}

type Values = ReturnType<typeof readWords<typeof OPTIONS>>['values'];

const readWanted = (words: readonly string[], values: Values): Wanted => {
  const name = words.join(' ').trim();
  if (name === '') throw new UsageError(`The name is missing\n${USAGE}`);
  if (values.scopes === undefined) throw new UsageError(`--scopes is missing\n${USAGE}`);
  const algorithm = oneOf(ALGORITHMS, values.algorithm, '--algorithm');
  const profileFloor = oneOf(PROFILES, values['profile-floor'] ?? leastProfile(algorithm), '--profile-floor');
  if (!meetsFloor(profileFloor, leastProfile(algorithm)))
    throw new UsageError(`${algorithm} cannot sign under ${profileFloor}`);
  const ranges = split(values['allow-ip']);
  if (!ranges.every(isAddressRange)) throw new UsageError('--allow-ip: needs addresses and CIDRs');
  const accounts = values.accounts === undefined ? null : split(values.accounts);
  if (accounts?.every((id) => /^[1-9]\d{0,9}$/.test(id)) === false)
    throw new UsageError('--accounts: needs ids of accounts');
  const notBefore = readMoment(values['not-before'], '--not-before');
  const expiresAt = readMoment(values.expires, '--expires');
  if (notBefore !== null && expiresAt !== null && notBefore >= expiresAt)
    throw new UsageError('--expires: must be after --not-before');
  return {
    name,
    scopes: split(values.scopes).map((scope) => oneOf(SCOPES, scope, '--scopes')),
    algorithm,
    publicKeyFile: values['public-key'],
    profileFloor,
    ipAllowlist: ranges,
    notBefore,
    expiresAt,
    explained: values.explain,
    allowedAccountIds: accounts?.map((id) => parseInt(id, 10)) ?? null,
    userExternalId: values.user,
  };
};

const readMoment = (text: string | undefined, option: string): Date | null => {
  if (text === undefined) return null;
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()))
    throw new UsageError(`${option}: needs a moment such as 2027-01-31T12:00:00Z`);
  return moment;
};

const split = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const oneOf = <Word extends string>(words: readonly Word[], word: string, option: string): Word => {
  const found = words.find((each) => each === word);
  if (found === undefined) throw new UsageError(`${option}: ${word} is none of ${words.join(', ')}`);
  return found;
};

interface Issued {
  readonly key: ManagedKey;
  /** null: the key has none that could be shown. */
  readonly secret: string | null;
}

const createKey = async (session: TenantSession, wanted: Wanted, loadKey: () => Buffer): Promise<Issued> => {
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
