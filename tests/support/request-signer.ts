/** Signs requests as callers of the profiles `strict` and `rfc9421` do, from the written rules and with none of the gateway's code. */
import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

export type Algorithm = 'hmac-sha256' | 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';

export const ALGORITHMS: readonly Algorithm[] = [
  'hmac-sha256',
  'ed25519',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];

/** What a caller signs with: an HMAC secret as text, or a private key. */
export type SigningKey = string | KeyObject;

export interface Signer {
  readonly keyId: string;
  readonly algorithm: Algorithm;
  readonly key: SigningKey;
}

export interface Unsigned {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sets what is otherwise the time and chance of the moment. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now?: number;
  readonly nonce?: string;
}

/** A new key pair, or secret, of the algorithm: what signs, and what the gateway is given. */
export const newSigningKey = (
  algorithm: Algorithm,
): { key: SigningKey; publicKey: KeyObject | undefined } => {
  if (algorithm === 'hmac-sha256') return { key: randomBytes(32).toString('hex'), publicKey: undefined };
  const { privateKey, publicKey } =
    algorithm === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { key: privateKey, publicKey };
};

export const signText = (algorithm: Algorithm, key: SigningKey, text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1');
  if (typeof key === 'string') return createHmac('sha256', key).update(bytes).digest();
  switch (algorithm) {
    case 'rsa-pss-sha512':
      return sign('sha512', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 });
    case 'rsa-v1_5-sha256':
      return sign('sha256', bytes, key);
    case 'ed25519':
    case 'hmac-sha256':
      return sign(null, bytes, key);
  }
};

export const newNonce = (): string => randomBytes(18).toString('base64url');

const sha256 = (body: string | Buffer): Buffer => createHash('sha256').update(body).digest();

export interface StrictOptions extends Moment {
  readonly windowMs?: number;
  readonly signedHeaders?: readonly string[];
  readonly encoding?: 'hex' | 'base64';
}

/** Headers to send besides those of the request. */
export const signStrict = (
  { keyId, algorithm, key }: Signer,
  request: Unsigned,
  {
    now = Date.now(),
    nonce = newNonce(),
    windowMs,
    signedHeaders = [],
    encoding = 'hex',
  }: StrictOptions = {},
): Record<string, string> => {
  const text = strictText({ keyId, algorithm }, request, { now, nonce, windowMs, signedHeaders });
  return {
    Apikey: keyId,
    'X-Timestamp': String(now),
    'X-Nonce': nonce,
    ...(windowMs !== undefined && { 'X-Recv-Window': String(windowMs) }),
    ...(signedHeaders.length > 0 && { 'X-Signed-Headers': signedHeaders.join(',') }),
    Signature: `v2=${signText(algorithm, key, text).toString(encoding)}`,
  };
};

export const strictText = (
  { keyId, algorithm }: Omit<Signer, 'key'>,
  { method, target, host, body = '', headers = {} }: Unsigned,
  {
    now,
    nonce,
    windowMs,
    signedHeaders = [],
  }: { now: number; nonce: string; windowMs?: number | undefined; signedHeaders?: readonly string[] },
): string => {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const head = ['CS2', algorithm, keyId, now, nonce, windowMs ?? 5_000, method, host, target];
  const lines = signedHeaders.map((name) => `${name}:${byName.get(name) ?? ''}`);
  return [...head, sha256(body).toString('hex'), ...lines].map((line) => `${line}\n`).join('');
};

export interface MessageOptions extends Moment {
  readonly lifeSeconds?: number;
  readonly components?: readonly string[];
  readonly tag?: string;
  readonly label?: string;
  /** Names left out of the parameters. */
  readonly without?: readonly string[];
}

export const signMessage = (
  { keyId, algorithm, key }: Signer,
  request: Unsigned,
  options: MessageOptions = {},
): Record<string, string> => {
  const { now = Date.now(), nonce = newNonce(), lifeSeconds = 60, tag = 'countersign' } = options;
  const { label = 'sig1', without = [] } = options;
  const created = Math.floor(now / 1_000);
  const digest = `sha-256=:${sha256(request.body ?? '').toString('base64')}:`;
  const added = request.body === undefined ? {} : { 'Content-Digest': digest };
  const usual = ['@method', '@authority', '@path', '@query'];
  const components =
    options.components ?? (request.body === undefined ? usual : [...usual, 'content-digest', 'content-type']);
  const parameters = Object.entries({
    created: String(created),
    expires: String(created + lifeSeconds),
    nonce: `"${nonce}"`,
    keyid: `"${keyId}"`,
    alg: `"${algorithm}"`,
    tag: `"${tag}"`,
  })
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => `;${name}=${value}`);
  const list = `(${components.map((name) => `"${name}"`).join(' ')})${parameters.join('')}`;
  const headers = { ...request.headers, ...added };
  const lines = components.map((name) => `"${name}": ${componentOf(name, { ...request, headers })}`);
  const base = [...lines, `"@signature-params": ${list}`].join('\n');
  return {
    ...added,
    'Signature-Input': `${label}=${list}`,
    Signature: `${label}=:${signText(algorithm, key, base).toString('base64')}:`,
  };
};

const componentOf = (name: string, { method, target, host, headers = {} }: Unsigned): string => {
  const [path = '', ...query] = target.split('?');
  switch (name) {
    case '@method':
      return method;
    case '@authority':
      return host;
    case '@path':
      return path;
    case '@query':
      return `?${query.join('?')}`;
    default:
      return Object.entries(headers).find(([header]) => header.toLowerCase() === name)?.[1] ?? '';
  }
};
