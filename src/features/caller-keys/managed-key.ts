/** A caller key as those see it who manage keys, and the rule that nobody grants what he lacks. Pure. */
import type { AccountMode, Scope } from '../../auth/actor.ts';
import type { SignatureAlgorithm } from '../../auth/caller-key.ts';
import { meetsFloor, type Profile } from '../../auth/profile.ts';

export interface ManagedKey {
  readonly id: string;
  /** What the caller sends as `Apikey`. */
  readonly keyId: string;
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  readonly profileFloor: Profile;
  readonly scopes: readonly Scope[];
  /** CIDRs; empty: any address. */
  readonly ipAllowlist: readonly string[];
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** null: all of the tenant. */
  readonly allowedAccountIds: readonly number[] | null;
  /** The tenant's own id of the user whose the key's doings are said to be; a label, no limit. null: the whole tenant. */
  readonly userExternalId: string | null;
  readonly mode: AccountMode;
  /** Its refused requests are explained in production too. */
  readonly explained: boolean;
  /** SPKI PEM; null for HMAC. */
  readonly publicKey: string | null;
  /** Until when the secret or public key before the last rotation works; it may be over. */
  readonly previousEndsAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a key may do, and how safely it has to prove itself. */
export type Powers = Pick<ManagedKey, 'scopes' | 'profileFloor' | 'expiresAt' | 'allowedAccountIds'>;

/** In what `wanted` goes beyond `own`, in words for the caller; empty when it does not. */
export const findExcess = (own: Powers, wanted: Powers): string[] => {
  const excess: string[] = [];
  const scopes = wanted.scopes.filter((scope) => !own.scopes.includes(scope));
  if (scopes.length > 0) excess.push(`scopes: it lacks ${scopes.join(', ')}`);
  if (!meetsFloor(wanted.profileFloor, own.profileFloor))
    excess.push(`profile_floor: its own is ${own.profileFloor}`);
  if (own.expiresAt !== null && (wanted.expiresAt === null || wanted.expiresAt > own.expiresAt))
    excess.push(`expires_at: its own is ${own.expiresAt.toISOString()}`);
  if (!isWithin(wanted.allowedAccountIds, own.allowedAccountIds))
    excess.push('allowed_account_ids: it reaches fewer accounts');
  return excess;
};

const isWithin = (wanted: readonly number[] | null, own: readonly number[] | null): boolean =>
  own === null || (wanted !== null && wanted.every((id) => own.includes(id)));

/** The least profile under which a key of the algorithm can sign at all. */
export const leastProfile = (algorithm: SignatureAlgorithm): Profile =>
  algorithm === 'hmac-sha256' || algorithm === 'rsa-v1_5-sha256' ? 'legacy' : 'strict';

/** The safer of two. */
export const higherProfile = (a: Profile, b: Profile): Profile => (meetsFloor(a, b) ? a : b);
