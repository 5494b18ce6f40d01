/** Keeps a sign-in that is under way in a cookie of the browser, sealed under the gateway's key: any gateway can finish it. */
import { CompactEncrypt, compactDecrypt } from 'jose';
import { z } from 'zod';
import type { OidcFlow } from '../../auth/oidc-provider.ts';

const DOMAIN = 'oidc-flow';
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';

const flowSchema = z.strictObject({ state: z.string(), nonce: z.string(), verifier: z.string() });
const headerSchema = z.object({ dom: z.literal(DOMAIN), exp: z.number() });

/** `key` is 32 bytes; `endsAt` is in milliseconds since the epoch. */
export const sealFlow = (key: Buffer, flow: OidcFlow, endsAt: number): Promise<string> =>
  new CompactEncrypt(Buffer.from(JSON.stringify(flow)))
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, dom: DOMAIN, exp: endsAt })
    .encrypt(key);

/** undefined for what was not sealed here, or is over. */
export const openFlow = async (key: Buffer, sealed: string, now: number): Promise<OidcFlow | undefined> => {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
    });
    const { exp } = headerSchema.parse(protectedHeader);
    return now < exp ? flowSchema.parse(JSON.parse(Buffer.from(plaintext).toString('utf8'))) : undefined;
  } catch {
    return undefined;
  }
};
