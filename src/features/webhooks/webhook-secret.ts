/** What deliveries are signed with: made here, sealed under the gateway's key in a domain of its own, and opened to sign. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { SignatureKind } from './webhook-endpoint.ts';

const DOMAIN = 'webhook-secret';
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
const SECRET_BYTES = 32;

/** Where the blob belongs; it opens nowhere else. */
export interface WebhookSecretPlace {
  readonly tenantId: string;
  readonly endpointId: string;
}

export interface WebhookKey {
  readonly signature: SignatureKind;
  /** hmac: the secret; ed25519: PKCS #8 DER of the private key. */
  readonly bytes: Buffer;
}

export interface NewWebhookSecret {
  /** `whsec_...`, shown once; null for ed25519, whose private half nobody sees. */
  readonly secret: string | null;
  /** `whpk_...`; null for hmac. */
  readonly publicKey: string | null;
  readonly secretJwe: string;
}

export const makeWebhookSecret = async (
  gatewayKek: Buffer,
  place: WebhookSecretPlace,
  signature: SignatureKind,
): Promise<NewWebhookSecret> => {
  if (signature === 'hmac') {
    const bytes = randomBytes(SECRET_BYTES);
    return {
      secret: `whsec_${bytes.toString('base64')}`,
      publicKey: null,
      secretJwe: await seal(gatewayKek, place, { signature, bytes }),
    };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    secret: null,
    publicKey: `whpk_${Buffer.from(x, 'base64url').toString('base64')}`,
    secretJwe: await seal(gatewayKek, place, { signature, bytes }),
  };
};

const seal = (kek: Buffer, place: WebhookSecretPlace, { signature, bytes }: WebhookKey): Promise<string> =>
  new CompactEncrypt(bytes)
    .setProtectedHeader({
      alg: ALGORITHM,
      enc: ENCRYPTION,
      dom: DOMAIN,
      tid: place.tenantId,
      rid: place.endpointId,
      sig: signature,
    })
    .encrypt(kek);

/** Throws when the blob was changed or belongs to another row, tenant or domain. */
export const openWebhookSecret = async (
  gatewayKek: Buffer,
  place: WebhookSecretPlace,
  sealed: string,
): Promise<WebhookKey> => {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, gatewayKek, {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [ENCRYPTION],
  });
  const { dom, tid, rid, sig } = protectedHeader;
  const isKnown = sig === 'hmac' || sig === 'ed25519';
  if (dom !== DOMAIN || tid !== place.tenantId || rid !== place.endpointId || !isKnown)
    throw new Error('the sealed webhook secret belongs to another place');
  return { signature: sig, bytes: Buffer.from(plaintext) };
};

export const toPrivateKey = ({ bytes }: WebhookKey) =>
  createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
