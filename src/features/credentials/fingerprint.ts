/** The keyed hash that tells "this API key is already here" without keeping the key readable. */
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { createBoundedCache } from '../../shared/bounded-cache.ts';

export type Fingerprint = (tenantId: string, apiKey: string) => Buffer;

const KEPT_KEYS = 10_000;

/** HMAC-SHA256 (32 bytes) under a key of its own per tenant, derived from the gateway's key by HKDF-SHA256. */
export const createFingerprint = (gatewayKek: Buffer): Fingerprint => {
  const keys = createBoundedCache<KeyObject>(KEPT_KEYS);
  const derive = (tenantId: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', gatewayKek, tenantId, 'countersign/fingerprint', 32)));
  return (tenantId, apiKey) => {
    const key = keys.get(tenantId) ?? keys.set(tenantId, derive(tenantId));
    return createHmac('sha256', key).update(apiKey, 'utf8').digest();
  };
};
