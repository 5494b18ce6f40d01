/** A caller key as the verifiers see it, with its secret opened into key objects. */
import type { KeyObject } from 'node:crypto';
import type { AccountMode, ActorUser, Scope } from './actor.ts';
import type { Profile } from './profile.ts';

export type SignatureAlgorithm = 'hmac-sha256' | 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';

export interface CallerKey {
  readonly id: string;
  readonly keyId: string;
  readonly tenantId: string;
  /** null: the whole tenant. */
  readonly user: ActorUser | null;
  readonly algorithm: SignatureAlgorithm;
  /** HMAC secrets (two during rotation) or the registered public key. */
  readonly keys: readonly KeyObject[];
  /** Least profile that the key may sign with; a request cannot lower it. */
  readonly profileFloor: Profile;
  readonly scopes: ReadonlySet<Scope>;
  /** The only accounts that the key reaches; null: all of the tenant. */
  readonly accountIds: readonly number[] | null;
  /** CIDRs; empty: any address. */
  readonly ipAllowlist: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** Our own tokens that were issued before are over: a secret of the key ended then. null: none did. */
  readonly tokensValidFrom: number | null;
  /** Requests a minute of all keys of the tenant; null: as configured. */
  readonly tenantPerMinute: number | null;
  readonly mode: AccountMode;
  /** Whether `POST /api/auth/explain` speaks of it in production. */
  readonly explained: boolean;
}

/** Finds a caller key by the public id that the caller sends; undefined when there is none. */
export type FindCallerKey = (keyId: string) => Promise<CallerKey | undefined>;
