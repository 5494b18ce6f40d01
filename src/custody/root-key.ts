/** Wraps private keys under a root key, each for its own place, and opens them. */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

/** Root keys by id, 32 bytes each; what is new is wrapped by the primary one. */
export interface RootKeys {
  readonly primary: string;
  readonly keys: Readonly<Record<string, Buffer>>;
}

/** What the header says beside the root key: the blob opens in this place only. */
export type WrapPlace = Readonly<Record<string, string>> & { readonly domain: string };

const WRAP_ALG = 'dir';
const WRAP_ENC = 'A256GCM';

export const assertRootKeys = (rootKeys: RootKeys): void => {
  if (rootKeys.keys[rootKeys.primary] === undefined) throw new Error('the primary root key is missing');
  for (const key of Object.values(rootKeys.keys)) {
    if (key.length !== 32) throw new Error('a root key is not 32 bytes long');
  }
};

const headerOf = (place: WrapPlace, kekId: string) => ({
  ...place,
  alg: WRAP_ALG,
  enc: WRAP_ENC,
  kid: kekId,
});

/** Under the primary root key; answers a compact JWE. */
export const wrapKey = async (rootKeys: RootKeys, place: WrapPlace, jwk: object): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(jwk)))
    .setProtectedHeader(headerOf(place, rootKeys.primary))
    .encrypt(rootKeys.keys[rootKeys.primary] ?? new Uint8Array());

/** Answers the JWK. Throws for a blob of another place, one that was changed, and one under a root key that is not here. */
export const unwrapKey = async (rootKeys: RootKeys, place: WrapPlace, wrapped: string): Promise<unknown> => {
  const header: Readonly<Record<string, unknown>> = decodeProtectedHeader(wrapped);
  const kekId = typeof header['kid'] === 'string' ? header['kid'] : '';
  const kek = Object.hasOwn(rootKeys.keys, kekId) ? rootKeys.keys[kekId] : undefined;
  if (kek === undefined) throw new Error('the root key is not here');
  for (const [name, expected] of Object.entries(headerOf(place, kekId))) {
    if (header[name] !== expected) throw new Error('the wrapped key belongs to another place');
  }
  const { plaintext } = await compactDecrypt(wrapped, kek, {
    keyManagementAlgorithms: [WRAP_ALG],
    contentEncryptionAlgorithms: [WRAP_ENC],
  });
  return JSON.parse(new TextDecoder().decode(plaintext)) as unknown;
};
