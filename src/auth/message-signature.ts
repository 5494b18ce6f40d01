/** The `rfc9421` profile: HTTP Message Signatures (RFC 9421) with what this gateway demands of them. */
import { createHash } from 'node:crypto';
import { MOST_AHEAD_MS, NONCE_MARGIN_MS } from './nonce-store.ts';
import { SIGNATURE_ALGORITHMS } from './signature-algorithm.ts';
import type { ClaimReading } from './signed-claim.ts';
import { type HeaderLists, type SignedRequest, singleHeader } from './signed-request.ts';
import { type InnerList, readByteSequences, readInnerLists } from './structured-field.ts';

/** The one signature of a request that is meant for us; others may stand beside it. */
export interface MessageSignature {
  readonly label: string;
  readonly keyId: string;
  readonly list: InnerList;
}

const TAG = 'countersign';
const REQUIRED = ['@method', '@authority', '@path', '@query'];
const REQUIRED_WITH_BODY = ['content-digest', 'content-type'];
const NONCE = /^[A-Za-z0-9+/=_-]{22,64}$/;
const FIELD_NAME = /^[a-z0-9-]{1,64}$/;
const LONGEST_LIFE_SECONDS = 300;
/** A caller's clock may be this far ahead. */
const MS_PER_SECOND = 1_000;
const DEFAULT_PORTS = /:(?:80|443)$/;
const DIGESTS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;

/** undefined when `Signature-Input` cannot be read, or holds no or several signatures with our tag. */
export const findMessageSignature = (headers: HeaderLists): MessageSignature | undefined => {
  const lists = readInnerLists(singleHeader(headers, 'signature-input') ?? '');
  const ours = [...(lists ?? [])].filter(([, { parameters }]) => parameters.get('tag') === TAG);
  const [first, ...others] = ours;
  if (first === undefined || others.length > 0) return undefined;
  const [label, list] = first;
  const keyId = list.parameters.get('keyid');
  return typeof keyId === 'string' ? { label, keyId, list } : undefined;
};

export const readMessageClaim = (request: SignedRequest, signature: MessageSignature): ClaimReading => {
  const { label, keyId, list } = signature;
  const [created, expires] = [list.parameters.get('created'), list.parameters.get('expires')];
  if (typeof created !== 'number' || typeof expires !== 'number' || created < 0)
    return problem('created and expires must be whole seconds since 1970');
  const lifeSeconds = expires - created;
  if (lifeSeconds < 1 || lifeSeconds > LONGEST_LIFE_SECONDS)
    return problem('expires must lie 1 to 300 seconds after created');
  const nonce = list.parameters.get('nonce');
  if (typeof nonce !== 'string' || !NONCE.test(nonce))
    return problem('nonce must be 22 to 64 of A-Z a-z 0-9 + / = _ -');
  const algorithm = SIGNATURE_ALGORITHMS.find((name) => name === list.parameters.get('alg'));
  if (algorithm === undefined) return problem(`alg must be one of ${SIGNATURE_ALGORITHMS.join(', ')}`);
  const bytes = readByteSequences(singleHeader(request.headers, 'signature') ?? '')?.get(label);
  if (bytes === undefined) return problem(`Signature must hold ${label}=:base64:`);
  const missing = missingComponents(request, list);
  if (missing.length > 0) return problem(`the signature must cover ${missing.join(', ')}`);
  if (!digestFits(request)) return problem('Content-Digest is not that of the body');
  const base = signatureBase(request, list);
  if (base === undefined)
    return problem('a covered component is not there, is named twice, or is not supported');

  const lifeMs = lifeSeconds * MS_PER_SECOND;
  return {
    claim: {
      profile: 'rfc9421',
      keyId,
      algorithm,
      signedAt: created * MS_PER_SECOND,
      notBefore: created * MS_PER_SECOND - Math.min(lifeMs, MOST_AHEAD_MS),
      notAfter: expires * MS_PER_SECOND - 1,
      nonce,
      keepMs: 2 * lifeMs + NONCE_MARGIN_MS,
      signatures: [bytes],
      textFor: () => base,
    },
  };
};

const problem = (words: string): ClaimReading => ({ problem: words });

const missingComponents = ({ rawBody }: SignedRequest, { items }: InnerList): string[] => {
  const covered = new Set(items.map(({ value }) => value));
  const required = rawBody.length === 0 ? REQUIRED : [...REQUIRED, ...REQUIRED_WITH_BODY];
  return required.filter((name) => !covered.has(name));
};

/** The signature base of section 2.5; undefined when a component has no value here. */
export const signatureBase = (
  request: Pick<SignedRequest, 'method' | 'target' | 'headers'>,
  list: InnerList,
): string | undefined => {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const { value: name, hasParameters } of list.items) {
    // Parameters (`;req`, `;bs`, `;key`...) change what is covered; our profile has no use for them.
    const value = hasParameters || seen.has(name) ? undefined : componentValue(request, name);
    if (value === undefined) return undefined;
    seen.add(name);
    lines.push(`"${name}": ${value}`);
  }
  return [...lines, `"@signature-params": ${list.text}`].join('\n');
};

const componentValue = (
  { method, target, headers }: Pick<SignedRequest, 'method' | 'target' | 'headers'>,
  name: string,
): string | undefined => {
  const cut = target.indexOf('?');
  switch (name) {
    case '@method':
      return method;
    case '@authority':
      return singleHeader(headers, 'host')?.toLowerCase().replace(DEFAULT_PORTS, '');
    case '@path':
      return cut === -1 ? target : target.slice(0, cut);
    case '@query':
      return cut === -1 ? '?' : target.slice(cut);
    case '@request-target':
      return target;
    default:
      return FIELD_NAME.test(name)
        ? headers
            .get(name)
            ?.map((value) => value.trim())
            .join(', ')
        : undefined;
  }
};

/** Every digest that we know must be the body's, and where there is a body one must be there (RFC 9530). */
const digestFits = ({ headers, rawBody }: SignedRequest): boolean => {
  if (!headers.has('content-digest')) return rawBody.length === 0;
  const digests = readByteSequences(singleHeader(headers, 'content-digest') ?? '');
  if (digests === undefined) return false;
  const known = Object.entries(DIGESTS).filter(([name]) => digests.has(name));
  return (
    known.length > 0 &&
    known.every(([name, hash]) => digests.get(name)?.equals(createHash(hash).update(rawBody).digest()))
  );
};
