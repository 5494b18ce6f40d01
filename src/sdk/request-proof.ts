/** The three ways to sign a request; what they sign is written down in the gateway's documentation. */
import { makeNonce, sha256, toBase64, toHex, utf8 } from './bytes.ts';
import type { SigningKey } from './signing-key.ts';

export type Profile = 'legacy' | 'strict' | 'rfc9421';

export type HeaderRecord = Readonly<Record<string, string>>;

/** A request as it goes out, without what proves who sends it. */
export interface UnsignedRequest {
  readonly method: string;
  /** As the `Host` header has it. */
  readonly host: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly body: string | undefined;
  /** Lower-case names. */
  readonly headers: HeaderRecord;
}

export interface Proof {
  /** To be sent besides those of the request. */
  readonly headers: HeaderRecord;
  /** What the signature is over; a body in it is as secret as the body is. undefined: nothing was signed. */
  readonly signedText: string | undefined;
}

/** `now` is in milliseconds since the epoch. */
export type Prove = (request: UnsignedRequest, now: number) => Promise<Proof>;

/** Throws TypeError for an algorithm that the profile does not have. */
export const createProver = (profile: Profile, key: SigningKey): Prove => {
  if (profile === 'legacy' && key.algorithm !== 'hmac-sha256' && key.algorithm !== 'rsa-v1_5-sha256')
    throw new TypeError(`${key.algorithm} cannot sign in the profile legacy: use strict or rfc9421`);
  const prove = PROFILES[profile];
  return (request, now) => prove(key, request, now);
};

type ProveWith = (key: SigningKey, request: UnsignedRequest, now: number) => Promise<Proof>;

/** 3Commas' own: path, query and body, and nothing that tells a repetition. */
const proveLegacy: ProveWith = async (key, { method, target, body }) => {
  // The profile signs no method; the gateway wants it of a DELETE, which else would look like a GET.
  const signedText = `${method === 'DELETE' ? 'DELETE ' : ''}${target}${body ?? ''}`;
  const signature = await key.sign(utf8(signedText));
  const text = key.algorithm === 'hmac-sha256' ? toHex(signature) : toBase64(signature);
  return { headers: { apikey: key.id, signature: text }, signedText };
};

const WINDOW_MS = 5_000;

const proveStrict: ProveWith = async (key, { method, host, target, body, headers }, now) => {
  const nonce = makeNonce();
  const names = Object.keys(headers);
  const lines = [
    'CS2',
    key.algorithm,
    key.id,
    String(now),
    nonce,
    String(WINDOW_MS),
    method,
    host,
    target,
    toHex(await sha256(utf8(body ?? ''))),
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
  ];
  const signedText = lines.map((line) => `${line}\n`).join('');
  const signature = await key.sign(utf8(signedText));
  return {
    headers: {
      apikey: key.id,
      'x-timestamp': String(now),
      'x-nonce': nonce,
      ...(names.length > 0 && { 'x-signed-headers': names.join(',') }),
      signature: `v2=${toBase64(signature)}`,
    },
    signedText,
  };
};

const LIFE_SECONDS = 60;
const MS_PER_SECOND = 1_000;
const DEFAULT_PORTS = /:(?:80|443)$/;

/** HTTP Message Signatures (RFC 9421) over method, authority, path, query and every header of the request. */
const proveMessage: ProveWith = async (key, { method, host, target, body, headers }, now) => {
  const digest: HeaderRecord =
    body === undefined ? {} : { 'content-digest': `sha-256=:${toBase64(await sha256(utf8(body)))}:` };
  const cut = target.indexOf('?');
  const components = {
    '@method': method,
    '@authority': host.toLowerCase().replace(DEFAULT_PORTS, ''),
    '@path': cut === -1 ? target : target.slice(0, cut),
    '@query': cut === -1 ? '?' : target.slice(cut),
    ...headers,
    ...digest,
  };
  const names = Object.keys(components).map((name) => `"${name}"`);
  const created = Math.floor(now / MS_PER_SECOND);
  const parameters = [
    `(${names.join(' ')})`,
    `created=${created}`,
    `expires=${created + LIFE_SECONDS}`,
    `nonce="${makeNonce()}"`,
    `keyid="${key.id}"`,
    `alg="${key.algorithm}"`,
    'tag="countersign"',
  ].join(';');
  const lines = Object.entries(components).map(([name, value]) => `"${name}": ${value}`);
  const signedText = [...lines, `"@signature-params": ${parameters}`].join('\n');
  const signature = await key.sign(utf8(signedText));
  return {
    headers: {
      ...digest,
      'signature-input': `sig=${parameters}`,
      signature: `sig=:${toBase64(signature)}:`,
    },
    signedText,
  };
};

const PROFILES: Readonly<Record<Profile, ProveWith>> = {
  legacy: proveLegacy,
  strict: proveStrict,
  rfc9421: proveMessage,
};
