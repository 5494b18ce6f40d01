/** What a request of the profiles `strict` and `rfc9421` claims: who signed, when, and what must have been signed. */
import type { SignatureAlgorithm } from './caller-key.ts';

export interface SignedClaim {
  readonly profile: 'strict' | 'rfc9421';
  readonly keyId: string;
  /** As the request names it; undefined: the request does not, the key decides. */
  readonly algorithm: SignatureAlgorithm | undefined;
  /** Milliseconds since the epoch, as all moments here. */
  readonly signedAt: number;
  /** First and last moment at which the request counts. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly nonce: string;
  /** How long the nonce has to be remembered. */
  readonly keepMs: number;
  /** Readings of the signature's text. */
  readonly signatures: readonly Buffer[];
  /** The text that was signed, Latin-1, if the request is what the caller sent. */
  textFor(algorithm: SignatureAlgorithm): string;
}

/** Either the claim, or why there is none, in words for the caller. */
export type ClaimReading = { readonly claim: SignedClaim } | { readonly problem: string };

export const isTimely = ({ notBefore, notAfter }: SignedClaim, now: number): boolean =>
  now >= notBefore && now <= notAfter;

/** What a nonce may be: enough letters to be unique, and few enough to be kept. */
export const STRICT_NONCE = /^[A-Za-z0-9_-]{22,64}$/;
