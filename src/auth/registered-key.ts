/** Reads the public key that a caller registers, PEM or JWK, and refuses what is weak or should never have been sent. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AppError } from '../shared/errors.ts';
import type { SignatureAlgorithm } from './caller-key.ts';
import { checkRsaKey, readRsaPublicKey } from './rsa-public-key.ts';

export type PublicKeyAlgorithm = Exclude<SignatureAlgorithm, 'hmac-sha256'>;

/** PEM text (SPKI; PKCS #1 for RSA), a JWK, or a JWK as JSON text. */
export type KeyMaterial = string | Readonly<Record<string, unknown>>;

/** Throws `record_invalid` with words for the one who registers the key; they never quote it. */
export const readRegisteredKey = (algorithm: PublicKeyAlgorithm, material: KeyMaterial): KeyObject => {
  const form = toForm(material);
  refusePrivate(form);
  return algorithm === 'ed25519' ? readEd25519(form) : readRsa(form);
};

type Form = string | Readonly<Record<string, unknown>>;

const toForm = (material: KeyMaterial): Form => {
  if (typeof material !== 'string' || !material.trimStart().startsWith('{')) return material;
  try {
    return JSON.parse(material) as Readonly<Record<string, unknown>>;
  } catch {
    throw refused('The key is neither PEM nor a JWK');
  }
};

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const refusePrivate = (form: Form): void => {
  const isPrivate =
    typeof form === 'string'
      ? form.includes('PRIVATE KEY')
      : PRIVATE_MEMBERS.some((member) => Object.hasOwn(form, member));
  if (isPrivate)
    throw refused(
      'This is a private key: it is not kept, and should not be used any more. Send its public half',
    );
};

const readRsa = (form: Form): KeyObject => {
  if (typeof form === 'string') return readRsaPublicKey(form);
  if (form['kty'] !== 'RSA') throw refused('The key is not an RSA key');
  return checkRsaKey(parseJwk({ kty: 'RSA', n: member(form, 'n'), e: member(form, 'e') }));
};

const SPKI_PEM = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;

const readEd25519 = (form: Form): KeyObject => {
  const key = typeof form === 'string' ? parsePem(form) : parseEd25519Jwk(form);
  if (key.asymmetricKeyType !== 'ed25519') throw refused('The key is not an Ed25519 key');
  if (!isSoundPoint(rawEd25519(key))) throw refused('The Ed25519 key is a weak point of the curve');
  return key;
};

const parsePem = (pem: string): KeyObject => {
  if (!SPKI_PEM.test(pem)) throw refused('The key is not a public key in PEM form');
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw refused('The key cannot be read', cause);
  }
};

const parseEd25519Jwk = (jwk: Readonly<Record<string, unknown>>): KeyObject => {
  if (jwk['kty'] !== 'OKP' || jwk['crv'] !== 'Ed25519') throw refused('The key is not an Ed25519 key');
  const x = member(jwk, 'x');
  if (Buffer.from(x, 'base64url').toString('base64url') !== x) throw refused('The key cannot be read');
  return parseJwk({ kty: 'OKP', crv: 'Ed25519', x });
};

const member = (jwk: Readonly<Record<string, unknown>>, name: string): string => {
  const value = jwk[name];
  if (typeof value !== 'string' || value === '') throw refused('The key cannot be read');
  return value;
};

const parseJwk = (jwk: JsonWebKey): KeyObject => {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw refused('The key cannot be read', cause);
  }
};

const RAW_BYTES = 32;

const rawEd25519 = (key: KeyObject): Buffer =>
  key.export({ type: 'spki', format: 'der' }).subarray(-RAW_BYTES);

// y coordinates of the points of order 1, 2, 4 and 8 (RFC 8032, section 5.1): whoever registers one of them could have
// any text signed. Little endian, without the sign of x.
const SMALL_ORDER = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);
const FIELD_PRIME = 2n ** 255n - 19n;

// RFC 8032, section 5.1: the curve is -x^2 + y^2 = 1 + d x^2 y^2.
const CURVE_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** On the curve, of large order, and in its one canonical spelling. */
const isSoundPoint = (raw: Buffer): boolean => {
  const bytes = Buffer.from(raw);
  bytes[RAW_BYTES - 1] = (bytes[RAW_BYTES - 1] ?? 0) & 0x7f;
  if (SMALL_ORDER.has(bytes.toString('hex'))) return false;
  const y = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  return y < FIELD_PRIME && hasPoint(y);
};

/** x^2 = (y^2 - 1) / (d y^2 + 1): there is an x where that is a square, that is where the product of the two is one. */
const hasPoint = (y: bigint): boolean => {
  const square = (y * y) % FIELD_PRIME;
  const product = ((square - 1n) * (CURVE_D * square + 1n)) % FIELD_PRIME;
  return power((product + FIELD_PRIME) % FIELD_PRIME, (FIELD_PRIME - 1n) / 2n) === 1n;
};

const power = (base: bigint, exponent: bigint): bigint => {
  let [result, factor] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % FIELD_PRIME;
    factor = (factor * factor) % FIELD_PRIME;
  }
  return result;
};

const refused = (message: string, cause?: unknown): AppError =>
  new AppError('record_invalid', message, cause === undefined ? {} : { cause });
