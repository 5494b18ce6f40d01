/** The key that the words of `countersign key create` ask for. */
import { type Scope, SCOPES } from '../auth/actor.ts';
import type { SignatureAlgorithm } from '../auth/caller-key.ts';
import { isAddressRange } from '../auth/ip-allowlist.ts';
import { meetsFloor, type Profile } from '../auth/profile.ts';
import { leastProfile } from '../features/caller-keys/managed-key.ts';
import { UsageError } from './usage-error.ts';

export const ALGORITHMS = [
  'hmac-sha256',
  'ed25519',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
] as const satisfies readonly SignatureAlgorithm[];

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

/** As they were typed. */
export interface KeyWords {
  readonly name: readonly string[];
  readonly scopes: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey?: string | undefined;
  readonly profileFloor?: Profile | undefined;
  readonly allowIp: string;
  readonly notBefore?: string | undefined;
  readonly expires?: string | undefined;
  readonly explain: boolean;
  readonly accounts?: string | undefined;
  readonly user?: string | undefined;
}

/** Throws UsageError for words that make no key. */
export const readWanted = (words: KeyWords): WantedKey => {
  const { algorithm } = words;
  const name = words.name.join(' ').trim();
  if (name === '') throw new UsageError('The name is empty');
  const profileFloor = words.profileFloor ?? leastProfile(algorithm);
  if (!meetsFloor(profileFloor, leastProfile(algorithm)))
    throw new UsageError(`${algorithm} cannot sign under ${profileFloor}`);
  const ranges = split(words.allowIp);
  const wrong = ranges.find((range) => !isAddressRange(range));
  if (wrong !== undefined) throw new UsageError(`--allow-ip: ${wrong} is no address and no CIDR`);
  const accounts = words.accounts === undefined ? null : split(words.accounts);
  const noId = accounts?.find((id) => !/^[1-9]\d{0,9}$/.test(id));
  if (noId !== undefined) throw new UsageError(`--accounts: ${noId} is no id of an account`);
  const notBefore = readMoment(words.notBefore, '--not-before');
  const expiresAt = readMoment(words.expires, '--expires');
  if (notBefore !== null && expiresAt !== null && notBefore >= expiresAt)
    throw new UsageError('--expires: must be after --not-before');
  return {
    name,
    scopes: split(words.scopes).map((scope) => oneOf(SCOPES, scope, '--scopes')),
    algorithm,
    publicKeyFile: words.publicKey,
    profileFloor,
    ipAllowlist: ranges,
    notBefore,
    expiresAt,
    explained: words.explain,
    allowedAccountIds: accounts?.map((id) => parseInt(id, 10)) ?? null,
    userExternalId: words.user,
  };
};

const readMoment = (text: string | undefined, option: string): Date | null => {
  if (text === undefined) return null;
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()))
    throw new UsageError(`${option}: ${text} is no moment such as 2027-01-31T12:00:00Z`);
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
