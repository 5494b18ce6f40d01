/** Seals answers that show a secret under the gateway's key, each for its own request alone. */
import { CompactEncrypt, compactDecrypt } from 'jose';

const DOMAIN = 'kept-answer';
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';

/** Where the blob belongs; it opens nowhere else. */
export interface AnswerPlace {
  readonly tenantId: string;
  readonly callerKeyId: string;
  /** SHA-256 of the request. */
  readonly hash: Buffer;
}

/** `key` is 32 bytes. Answers the bytes of a compact JWE. */
export const sealAnswer = async (key: Buffer, place: AnswerPlace, body: string): Promise<Buffer> => {
  const jwe = await new CompactEncrypt(Buffer.from(body, 'utf8'))
    .setProtectedHeader({
      alg: ALGORITHM,
      enc: ENCRYPTION,
      dom: DOMAIN,
      tid: place.tenantId,
      rid: place.callerKeyId,
      req: place.hash.toString('base64url'),
    })
    .encrypt(key);
  return Buffer.from(jwe, 'latin1');
};

/** Throws when the blob was changed or belongs to another request, key, tenant or domain. */
export const openAnswer = async (key: Buffer, place: AnswerPlace, sealed: Buffer): Promise<string> => {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed.toString('latin1'), key, {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [ENCRYPTION],
  });
  const { dom, tid, rid, req } = protectedHeader;
  const isHere =
    dom === DOMAIN &&
    tid === place.tenantId &&
    rid === place.callerKeyId &&
    req === place.hash.toString('base64url');
  if (!isHere) throw new Error('the sealed answer belongs to another request');
  return Buffer.from(plaintext).toString('utf8');
};
