/** Seals callers' own HMAC secrets under the gateway's key: another domain and another key than exchange secrets. */
import { CompactEncrypt, compactDecrypt } from 'jose';

const DOMAIN = 'caller-secret';
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';

/** Where the blob belongs; it opens nowhere else. */
export interface CallerSecretPlace {
  readonly tenantId: string;
  readonly callerKeyId: string;
}

/** `key` is 32 bytes. Answers a compact JWE. */
export const sealCallerSecret = (key: Buffer, place: CallerSecretPlace, secret: string): Promise<string> =>
  new CompactEncrypt(Buffer.from(secret, 'utf8'))
    .setProtectedHeader({
      alg: ALGORITHM,
      enc: ENCRYPTION,
      dom: DOMAIN,
      tid: place.tenantId,
      rid: place.callerKeyId,
    })
    .encrypt(key);

/** Throws when the blob was changed or belongs to another row, tenant or domain. */
export const openCallerSecret = async (
  key: Buffer,
  place: CallerSecretPlace,
  sealed: string,
): Promise<Buffer> => {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [ENCRYPTION],
  });
  const { dom, tid, rid } = protectedHeader;
  if (dom !== DOMAIN || tid !== place.tenantId || rid !== place.callerKeyId) {
    throw new Error('the sealed caller secret belongs to another place');
  }
  return Buffer.from(plaintext);
};
