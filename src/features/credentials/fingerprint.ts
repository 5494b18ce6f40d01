/** The keyed hash that tells "this API key is already here" without keeping the key readable. */
import { createHmac, hkdfSync } from 'node:crypto';

export type Fingerprint = (tenantId: string, apiKey: string) => Buffer;

/** HMAC-SHA256 (32 bytes) under a key of its own per tenant, derived from the gateway's key by HKDF-SHA256. */
export const createFingerprint =
  (gatewayKek: Buffer): Fingerprint =>
  (tenantId, apiKey) => {
    const key = Buffer.from(hkdfSync('sha256', gatewayKek, tenantId, 'countersign/fingerprint', 32));
    return createHmac('sha256', key).update(apiKey, 'utf8').digest();
  };
