/** Caller keys on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import { SCOPES } from '../../auth/actor.ts';
import { isAddressRange } from '../../auth/ip-allowlist.ts';
import { PROFILES } from '../../auth/profile.ts';
import type { KeyChange, KeyIntake, Rotation } from '../../features/caller-keys/caller-key-administration.ts';
import type { ManagedKey } from '../../features/caller-keys/managed-key.ts';
import { integer, moment, text, timestamp, truth } from './api-fields.ts';

const ALGORITHMS = ['hmac-sha256', 'ed25519', 'rsa-pss-sha512', 'rsa-v1_5-sha256'] as const;
const MODES = ['real', 'paper'] as const;
const LONGEST_NAME = 100;
const LONGEST_USER_ID = 255;
// The PEM of an 8192-bit RSA key has 1.5 KB.
const LONGEST_PEM = 4_096;
const MOST_RANGES = 100;
const MOST_ACCOUNTS = 1_000;
const MS_PER_SECOND = 1_000;
const DAY_SECONDS = 86_400;
const LONGEST_OVERLAP_SECONDS = 30 * DAY_SECONDS;

const USER_ID =
  "The tenant's own id of the user that the key is for: a label in answers and records, no limit. " +
  'The key reaches what every key of the tenant reaches; allowed_account_ids limits it';

const atMost = (count: number) => (items: readonly unknown[]) => items.length <= count;

const name = () => text({ least: 1, most: LONGEST_NAME });
const scopes = () => z.array(z.enum(SCOPES)).describe('What the key may do: scopes of the key that signs');
const profileFloor = () => z.enum(PROFILES).describe('Least profile that the key may sign with');
const ipAllowlist = () =>
  z
    .array(
      z
        .string()
        .refine((entry) => isAddressRange(entry) && !entry.includes('%'), 'must be an address or a CIDR'),
    )
    .refine(atMost(MOST_RANGES), `must have ${MOST_RANGES} entries at most`)
    .describe('Addresses and CIDRs that may use the key; none: any');
const allowedAccountIds = () =>
  z
    .array(integer({ least: 1 }))
    .refine(atMost(MOST_ACCOUNTS), `must have ${MOST_ACCOUNTS} entries at most`)
    .nullable()
    .describe('The only accounts that the key reaches; null: all of the tenant');
const publicKey = () =>
  z
    .union([z.string().max(LONGEST_PEM), z.record(z.string(), z.unknown())])
    .nullish()
    .transform((material) => material ?? null)
    .describe('PEM or JWK, for every algorithm but hmac-sha256');
const explained = () =>
  truth().describe('Whether POST /api/auth/explain explains its refused requests in production too');
export const keyIdInPath = z.object({ key_id: z.string() });

export const keyParameters = z.object({
  name: name(),
  scopes: scopes(),
  algorithm: z.enum(ALGORITHMS).default('hmac-sha256'),
  public_key: publicKey(),
  profile_floor: profileFloor().optional(),
  ip_allowlist: ipAllowlist().optional(),
  not_before: moment().nullish(),
  expires_at: moment().nullish(),
  allowed_account_ids: allowedAccountIds().optional(),
  user_id: text({ least: 1, most: LONGEST_USER_ID }).nullish().describe(USER_ID),
  mode: z.enum(MODES).default('real'),
  explained: explained().default(false),
  timestamp: timestamp(),
});

export const keyChangeParameters = keyIdInPath.extend({
  name: name().optional(),
  scopes: scopes().optional(),
  profile_floor: profileFloor().optional(),
  ip_allowlist: ipAllowlist().optional(),
  not_before: moment().nullish(),
  expires_at: moment().nullish(),
  allowed_account_ids: allowedAccountIds().optional(),
  mode: z.enum(MODES).optional(),
  explained: explained().optional(),
  timestamp: timestamp(),
});

export const rotationParameters = keyIdInPath.extend({
  overlap_seconds: integer({ least: 0, most: LONGEST_OVERLAP_SECONDS })
    .default(DAY_SECONDS)
    .describe(
      'How long what was used before works on; when it ends, access tokens issued until then end too',
    ),
  public_key: publicKey(),
  timestamp: timestamp(),
});

const DEFAULT_LIMIT = 100;
const GREATEST_LIMIT = 500;

export const keyPageParameters = z.object({
  include_revoked: truth().default(false),
  limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
  offset: integer({ least: 0, most: 1_000_000 }).default(0),
});

const time = () => z.iso.datetime();

const keyShape = {
  id: z.uuid(),
  api_key: z.string().describe('What the caller sends as Apikey'),
  name: z.string(),
  algorithm: z.enum(ALGORITHMS),
  profile_floor: z.enum(PROFILES),
  scopes: z.array(z.string()),
  ip_allowlist: z.array(z.string()),
  not_before: time().nullable(),
  expires_at: time().nullable(),
  revoked_at: time().nullable(),
  allowed_account_ids: z.array(z.int()).nullable(),
  user_id: z.string().nullable().describe(USER_ID),
  mode: z.enum(MODES),
  explained: z.boolean(),
  public_key: z.string().nullable(),
  previous_ends_at: time().nullable().describe('Until when what was used before the last rotation works'),
  last_used_at: time().nullable(),
  created_at: time(),
  updated_at: time(),
};

export const keySchema = z.strictObject(keyShape).meta({ id: 'CallerKey' });

export const issuedKeySchema = z
  .strictObject({
    ...keyShape,
    api_secret: z.string().nullable().describe('HMAC secret, told this once; null for a public key'),
  })
  .meta({ id: 'IssuedCallerKey' });

export const keyListSchema = z.strictObject({ keys: z.array(keySchema), total_count: z.int() });

export const toIntake = (sent: z.output<typeof keyParameters>): KeyIntake => ({
  name: sent.name,
  algorithm: sent.algorithm,
  publicKey: sent.public_key,
  scopes: sent.scopes,
  profileFloor: sent.profile_floor,
  ipAllowlist: sent.ip_allowlist,
  notBefore: sent.not_before ?? null,
  expiresAt: sent.expires_at,
  allowedAccountIds: sent.allowed_account_ids,
  userId: sent.user_id,
  mode: sent.mode,
  explained: sent.explained,
  askedAt: sent.timestamp,
});

export const toChange = (sent: z.output<typeof keyChangeParameters>): KeyChange => ({
  name: sent.name,
  scopes: sent.scopes,
  profileFloor: sent.profile_floor,
  ipAllowlist: sent.ip_allowlist,
  notBefore: sent.not_before,
  expiresAt: sent.expires_at,
  allowedAccountIds: sent.allowed_account_ids,
  mode: sent.mode,
  explained: sent.explained,
  askedAt: sent.timestamp,
});

export const toRotation = (sent: z.output<typeof rotationParameters>): Rotation => ({
  overlapMs: sent.overlap_seconds * MS_PER_SECOND,
  publicKey: sent.public_key,
  askedAt: sent.timestamp,
});

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toKeyWire = (key: ManagedKey): z.input<typeof keySchema> => ({
  id: key.id,
  api_key: key.keyId,
  name: key.name,
  algorithm: key.algorithm,
  profile_floor: key.profileFloor,
  scopes: [...key.scopes],
  ip_allowlist: [...key.ipAllowlist],
  not_before: iso(key.notBefore),
  expires_at: iso(key.expiresAt),
  revoked_at: iso(key.revokedAt),
  allowed_account_ids: key.allowedAccountIds === null ? null : [...key.allowedAccountIds],
  user_id: key.userExternalId,
  mode: key.mode,
  explained: key.explained,
  public_key: key.publicKey,
  previous_ends_at: iso(key.previousEndsAt),
  last_used_at: iso(key.lastUsedAt),
  created_at: key.createdAt.toISOString(),
  updated_at: key.updatedAt.toISOString(),
});
