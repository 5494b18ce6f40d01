/**
 * Tells a caller why a request is refused: which texts were tried, and where its own differs. It speaks of what the
 * request itself holds; of the key it speaks to its owner alone, whom the signature shows.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../shared/errors.ts';
import type { Clock } from '../shared/clock.ts';
import type { AccessTokens } from './access-token.ts';
import type { FindCallerKey, SignatureAlgorithm } from './caller-key.ts';
import type { CallerVerifier, Judgement, KeyProblem } from './caller-verifier.ts';
import { signedHeads } from './legacy-signature.ts';
import { readPresented, type SignaturePresented } from './presented.ts';
import type { Profile } from './profile.ts';
import { algorithmsOf } from './signature-algorithm.ts';
import { isTimely, type SignedClaim } from './signed-claim.ts';
import type { SignedRequest } from './signed-request.ts';
import { firstDifference, type TextDifference } from './text-difference.ts';
import type { TokenText } from './token-text.ts';

/** What the caller signed, or its SHA-256 in hex. */
export interface OwnText {
  readonly text: string | undefined;
  readonly sha256: string | undefined;
}

export interface TriedText {
  /** What the text is, without its parameters, which may hold secrets. */
  readonly name: string;
  readonly algorithm: SignatureAlgorithm | null;
  /** Hex, of the text as Latin-1 with the body as sent. */
  readonly sha256: string;
  readonly bytes: number;
  /** null: the caller said nothing of its own text. */
  readonly isYours: boolean | null;
  readonly difference: TextDifference | undefined;
}

export interface Explanation {
  /** How the headers ask to be verified; null: they hold no proof. */
  readonly profile: Profile | 'bearer' | null;
  /** There is such a key and the signature is its. */
  readonly signatureFits: boolean;
  /** Why the request is refused, as far as the caller may know. */
  readonly problems: readonly string[];
  readonly tried: readonly TriedText[];
}

export interface Explainer {
  /** Throws `not_found` where nothing is explained: in production, unless the key is one that may be. */
  explain(request: SignedRequest, own: OwnText): Promise<Explanation>;
}

export interface ExplainerDeps {
  readonly verifier: CallerVerifier;
  readonly findCallerKey: FindCallerKey;
  readonly tokens: Pick<AccessTokens, 'issuer' | 'audience'>;
  readonly clock: Clock;
  readonly explainsAlways: boolean;
}

export const EXPLAIN_PATH = '/api/auth/explain';

export const createExplainer = (deps: ExplainerDeps): Explainer => ({
  async explain(request, own) {
    const presented = readPresented(request.headers);
    const keyId = 'keyId' in presented ? presented.keyId : undefined;
    if (!deps.explainsAlways) await refuseUnlessExplained(deps.findCallerKey, keyId);
    switch (presented.kind) {
      case 'nothing':
        return refusal(null, 'There is neither an Authorization header nor a usable Apikey');
      case 'unusable':
        return presented.proof === 'token'
          ? refusal('bearer', 'Authorization is no single Bearer token, or stands beside a signature')
          : refusal(
              'rfc9421',
              'Signature-Input holds no single signature with tag="countersign" and a keyid',
            );
      case 'bearer':
        return { ...refusal('bearer'), problems: tokenProblems(presented.text, deps) };
      case 'legacy':
      case 'strict':
      case 'rfc9421':
        return explainSignature(request, presented, own, deps);
    }
  },
});

const refuseUnlessExplained = async (
  findCallerKey: FindCallerKey,
  keyId: string | undefined,
): Promise<void> => {
  const key = keyId === undefined ? undefined : await findCallerKey(keyId);
  if (key?.explained !== true) throw new AppError('not_found', 'Not Found');
};

const refusal = (profile: Explanation['profile'], ...problems: readonly string[]): Explanation => ({
  profile,
  signatureFits: false,
  problems,
  tried: [],
});

const explainSignature = async (
  request: SignedRequest,
  presented: SignaturePresented,
  own: OwnText,
  { verifier, clock }: ExplainerDeps,
): Promise<Explanation> => {
  const reading = verifier.readClaim(request, presented);
  if (reading !== undefined && 'problem' in reading) return refusal(presented.kind, reading.problem);
  const judgement = await verifier.judge(request, presented);
  const claim = reading?.claim;
  const texts = claim === undefined ? legacyTexts(request) : claimTexts(claim, judgement);
  const problems = signatureProblems(judgement, texts.length);
  if (claim !== undefined && !isTimely(claim, clock.now())) problems.push(timeProblem(claim, clock.now()));
  return {
    profile: presented.kind,
    signatureFits: judgement.isSigned,
    problems,
    tried: texts.map((text) => compareTexts(text, own)),
  };
};

const WORDS: Readonly<Record<Exclude<KeyProblem, 'out_of_time'>, string>> = {
  revoked: 'The key is revoked, or its tenant is suspended',
  not_yet_valid: 'The key is not valid yet',
  expired: 'The key has expired',
  address_not_allowed: 'The address that the request came from is not on the list of the key',
  profile_below_floor: 'The key may not sign with so weak a profile',
};

/** What stands against the key is told to those who have it. */
const signatureProblems = ({ isSigned, problems }: Judgement, textCount: number): string[] => {
  if (textCount === 0) return ['The parameters could be read in two ways; send them in the query or as JSON'];
  if (!isSigned) return ['There is no such key, or the signature is not its signature of any text below'];
  return problems.filter((problem) => problem !== 'out_of_time').map((problem) => WORDS[problem]);
};

const timeProblem = ({ signedAt, notBefore }: SignedClaim, now: number): string =>
  now < notBefore
    ? `The request was signed ${signedAt - now} ms after the time of the gateway`
    : `The request was signed ${now - signedAt} ms ago, which is more than it allows`;

interface SignedText {
  readonly name: string;
  readonly algorithm: SignatureAlgorithm | null;
  /** Latin-1. */
  readonly text: string;
}

/** By the path alone: parameters may be exchange keys. */
const legacyTexts = ({ target, rawBody, method }: SignedRequest): SignedText[] =>
  signedHeads(target, rawBody, method).map((head) => {
    const cut = head.indexOf('?');
    const path = cut === -1 ? head : `${head.slice(0, cut)}?`;
    return { name: `${path} ...`, algorithm: null, text: head + rawBody.toString('latin1') };
  });

const claimTexts = (claim: SignedClaim, { key, isSigned }: Judgement): SignedText[] => {
  const named = claim.algorithm ?? (isSigned ? key?.algorithm : undefined);
  const algorithms = named === undefined ? algorithmsOf(claim.signatures) : [named];
  return algorithms.map((algorithm) => ({
    name: claim.profile === 'strict' ? `CS2 ${algorithm}` : 'signature base',
    algorithm,
    text: claim.textFor(algorithm),
  }));
};

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

const compareTexts = ({ name, algorithm, text }: SignedText, own: OwnText): TriedText => {
  const hash = sha256(text);
  // As its UTF-8 bytes, one letter each: so a character that takes several is found where it stands.
  const ownText = own.text === undefined ? undefined : Buffer.from(own.text, 'utf8').toString('latin1');
  const ownHash = ownText === undefined ? own.sha256?.toLowerCase() : sha256(ownText);
  return {
    name,
    algorithm,
    sha256: hash,
    bytes: text.length,
    isYours: ownHash === undefined ? null : ownHash === hash,
    difference: ownText === undefined ? undefined : firstDifference(text, ownText),
  };
};

/** What anybody can read in the token; whether its signature is good is not among it. */
const tokenProblems = ({ header, claims }: TokenText, { tokens, clock }: ExplainerDeps): string[] => {
  const now = clock.now() / 1_000;
  const { iss, aud, exp, nbf } = claims;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const checks: readonly (readonly [boolean, string])[] = [
    [header.alg === 'EdDSA' && header.typ === 'at+jwt', 'The header is not alg EdDSA with typ at+jwt'],
    [iss === tokens.issuer, `iss is not ${tokens.issuer}`],
    [audiences.includes(tokens.audience), `aud is not ${tokens.audience}`],
    [typeof exp === 'number' && now < exp, 'exp is over, or missing'],
    [typeof nbf === 'number' && now >= nbf, 'nbf lies ahead, or is missing'],
  ];
  return checks.filter(([holds]) => !holds).map(([, words]) => words);
};
