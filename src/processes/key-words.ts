/** The words of `countersign key`: what they may be, and the key that they ask for. */
import { type Scope, SCOPES } from '../auth/actor.ts';
import type { SignatureAlgorithm } from '../auth/caller-key.ts';
import { isAddressRange } from '../auth/ip-allowlist.ts';
import { meetsFloor, type Profile, PROFILES } from '../auth/profile.ts';
import { leastProfile } from '../features/caller-keys/managed-key.ts';
import type { readWords } from './operator.ts';
import { UsageError } from './usage-error.ts';

const ALGORITHMS: readonly SignatureAlgorithm[] = [
  'hmac-sha256',
  'ed25519',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];

export const KEY_USAGE = [
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

export const KEY_OPTIONS = {
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

export interface WantedKey {
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

type Values = ReturnType<typeof readWords<typeof KEY_OPTIONS>>['values'];

/** Throws UsageError for words that make no key. */
export const readWanted = (words: readonly string[], values: Values): WantedKey => {
  const name = words.join(' ').trim();
  if (name === '') throw new UsageError(`The name is missing\n${KEY_USAGE}`);
  if (values.scopes === undefined) throw new UsageError(`--scopes is missing\n${KEY_USAGE}`);
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
