/** Verifies signatures of every profile against the caller's key, and says what stands against the request. */
import type { Clock } from '../shared/clock.ts';
import type { CallerKey, FindCallerKey } from './caller-key.ts';
import { createDecoyKeys } from './decoy-keys.ts';
import { type AddressList, createAddressList } from './ip-allowlist.ts';
import { verifyLegacySignature } from './legacy-signature.ts';
import { readMessageClaim } from './message-signature.ts';
import type { SignaturePresented } from './presented.ts';
import { meetsFloor } from './profile.ts';
import { algorithmsOf, verifySignature } from './signature-algorithm.ts';
import { type ClaimReading, isTimely, type SignedClaim } from './signed-claim.ts';
import { type SignedRequest, singleHeader } from './signed-request.ts';
import { readStrictClaim } from './strict-signature.ts';

export interface CallerVerifierDeps {
  readonly findCallerKey: FindCallerKey;
  /** Takes as long as `findCallerKey` for an id that there is not. */
  readonly probeCallerKey: (keyId: string) => Promise<void>;
  readonly clock: Clock;
}

/** Why a request with a good signature is refused all the same. */
export type KeyProblem =
  | 'revoked'
  | 'not_yet_valid'
  | 'expired'
  | 'address_not_allowed'
  | 'profile_below_floor'
  | 'out_of_time';

export interface Judgement {
  /** undefined: there is no such key. */
  readonly key: CallerKey | undefined;
  /** There is a key, and the signature is its. */
  readonly isSigned: boolean;
  /** What stands against the request beside the signature; a stranger must not learn it. */
  readonly problems: readonly KeyProblem[];
  /** With the profiles that have one. */
  readonly claim: SignedClaim | undefined;
}

export interface CallerVerifier {
  /** What the headers say must be signed; `legacy` has no such claim. */
  readClaim(request: SignedRequest, presented: SignaturePresented): ClaimReading | undefined;
  /** Takes the same time for an unknown key as for a wrong signature. */
  judge(request: SignedRequest, presented: SignaturePresented): Promise<Judgement>;
  /** What stands against the key itself, whoever proved to have it. */
  keyProblems(key: CallerKey, ip: string): KeyProblem[];
}

export const createCallerVerifier = (deps: CallerVerifierDeps): CallerVerifier => {
  const { findCallerKey, probeCallerKey, clock } = deps;
  const decoys = createDecoyKeys();
  const allowlists = createAllowlists();

  const readClaim = (request: SignedRequest, presented: SignaturePresented): ClaimReading | undefined => {
    switch (presented.kind) {
      case 'legacy':
        return undefined;
      case 'strict':
        return readStrictClaim(request, presented.keyId);
      case 'rfc9421':
        return readMessageClaim(request, presented.signature);
    }
  };

  const verifyLegacy = (request: SignedRequest, key: CallerKey | undefined): boolean => {
    const signature = singleHeader(request.headers, 'signature') ?? '';
    const { target, rawBody, method } = request;
    // The profile has two algorithms; a key of another one costs what they cost.
    const isOurs = key?.algorithm === HMAC || key?.algorithm === RSA;
    const used = isOurs ? key : decoys[signature.length <= HMAC_HEX_LENGTH ? HMAC : RSA];
    return verifyLegacySignature(used, signature, target, rawBody, method);
  };

  const verifyClaim = (claim: SignedClaim, key: CallerKey | undefined): boolean => {
    const guess = claim.algorithm ?? algorithmsOf(claim.signatures)[0] ?? HMAC;
    const used = key ?? decoys[guess];
    const isNamed = claim.algorithm === undefined || claim.algorithm === used.algorithm;
    return verifySignature(used, claim.textFor(used.algorithm), claim.signatures) && isNamed;
  };

  const keyProblems = (key: CallerKey, ip: string): KeyProblem[] => {
    const now = clock.now();
    const problems: KeyProblem[] = [];
    // Revoked is revoked, whatever the time in the column: the clock that wrote it may run ahead of ours.
    if (key.revokedAt !== null) problems.push('revoked');
    if (key.notBefore !== null && now < key.notBefore) problems.push('not_yet_valid');
    if (key.expiresAt !== null && now >= key.expiresAt) problems.push('expired');
    if (!allowlists.allow(key, ip)) problems.push('address_not_allowed');
    return problems;
  };

  const judge = async (request: SignedRequest, presented: SignaturePresented): Promise<Judgement> => {
    const reading = readClaim(request, presented);
    // Decided by the headers alone: it tells nothing of any key.
    if (reading !== undefined && 'problem' in reading) return NO_CLAIM;
    const claim = reading?.claim;
    const key = await findCallerKey(presented.keyId);
    const fits = claim === undefined ? verifyLegacy(request, key) : verifyClaim(claim, key);
    if (key === undefined) return { ...NO_CLAIM, claim };
    const problems = keyProblems(key, request.ip);
    if (!meetsFloor(presented.kind, key.profileFloor)) problems.push('profile_below_floor');
    if (claim !== undefined && !isTimely(claim, clock.now())) problems.push('out_of_time');
    // A known key comes from memory; looking for an unknown one takes a query.
    if (!fits || problems.length > 0) await probeCallerKey(presented.keyId);
    return { key, isSigned: fits, problems, claim };
  };

  return { readClaim, judge, keyProblems };
};

const HMAC = 'hmac-sha256';
const RSA = 'rsa-v1_5-sha256';
const HMAC_HEX_LENGTH = 64;

const NO_CLAIM: Judgement = { key: undefined, isSigned: false, problems: [], claim: undefined };

/** Parsed allow-lists, kept as long as the key record that they came with. */
const createAllowlists = (): { allow(key: CallerKey, ip: string): boolean } => {
  const parsed = new WeakMap<readonly string[], AddressList>();
  return {
    allow: (key, ip) => {
      if (key.ipAllowlist.length === 0) return true;
      let list = parsed.get(key.ipAllowlist);
      if (list === undefined) {
        list = createAddressList(key.ipAllowlist);
        parsed.set(key.ipAllowlist, list);
      }
      return list.contains(ip);
    },
  };
};
