/** A caller key that signs, on WebCrypto. The secret stays in closures: nothing that is printed or thrown holds it. */
import { type Bytes, fromBase64, utf8 } from './bytes.ts';

export type PrivateKeyAlgorithm = 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256';

export type Algorithm = 'hmac-sha256' | PrivateKeyAlgorithm;

/** As WebCrypto holds keys; the type has no name that Node and browsers share. */
export type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A key that the gateway gave with its secret. */
export interface SecretKey {
  /** What goes out as `Apikey`. */
  readonly id: string;
  readonly algorithm?: 'hmac-sha256';
  readonly secret: string;
}

/** A key whose public half the gateway knows. */
export interface PrivateKey {
  readonly id: string;
  readonly algorithm: PrivateKeyAlgorithm;
  /** PKCS #8 as PEM, a JWK, or a key of WebCrypto that may sign. */
  readonly privateKey: string | Readonly<Record<string, unknown>> | WebCryptoKey;
}

export type ClientKey = SecretKey | PrivateKey;

export interface SigningKey {
  readonly id: string;
  readonly algorithm: Algorithm;
  /** Throws TypeError when the key cannot be read as one of its algorithm. */
  sign(text: Bytes): Promise<Bytes>;
}

const IMPORT = {
  'hmac-sha256': { name: 'HMAC', hash: 'SHA-256' },
  ed25519: { name: 'Ed25519' },
  'rsa-pss-sha512': { name: 'RSA-PSS', hash: 'SHA-512' },
  'rsa-v1_5-sha256': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;

// RFC 9421, 3.3.1: the salt is as long as the hash. The other algorithms take no notice.
const SALT_BYTES = 64;

export const createSigningKey = (key: ClientKey): SigningKey => {
  const algorithm = key.algorithm ?? 'hmac-sha256';
  let imported: Promise<WebCryptoKey> | undefined;
  return {
    id: key.id,
    algorithm,
    sign: async (text) => {
      imported ??= importKey(algorithm, key);
      const parameters = { name: IMPORT[algorithm].name, saltLength: SALT_BYTES };
      return new Uint8Array(await crypto.subtle.sign(parameters, await imported, text));
    },
  };
};

const importKey = async (algorithm: Algorithm, key: ClientKey): Promise<WebCryptoKey> => {
  const how = IMPORT[algorithm];
  try {
    if ('secret' in key) return await crypto.subtle.importKey('raw', utf8(key.secret), how, false, ['sign']);
    const { privateKey } = key;
    if (typeof privateKey === 'string')
      return await crypto.subtle.importKey('pkcs8', readPem(privateKey), how, false, ['sign']);
    if (isWebCryptoKey(privateKey)) return privateKey;
    return await crypto.subtle.importKey('jwk', privateKey, how, false, ['sign']);
  } catch {
    // What WebCrypto says may quote the key.
    throw new TypeError(
      `The private key cannot be read: ${algorithm} takes a PKCS #8 PEM, a JWK or a CryptoKey`,
    );
  }
};

const PEM = /^\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----\s*$/;

const readPem = (pem: string): Bytes => fromBase64((PEM.exec(pem)?.[1] ?? '').replaceAll(/\s/g, ''));

const isWebCryptoKey = (key: object): key is WebCryptoKey =>
  Object.prototype.toString.call(key) === '[object CryptoKey]';
