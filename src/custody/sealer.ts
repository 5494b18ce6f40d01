/** The gateway's side of sealing: fetches a tenant's public key from custody once in a while and seals to it. */
import type { ExchangeKeys, SealingKeyIssuer } from '../exchanges/exchange.ts';
import { createBoundedCache } from '../shared/bounded-cache.ts';
import type { Clock } from '../shared/clock.ts';
import { type ReadSealingKey, readSealingKey, sealWith } from './seal.ts';
import type { SealedPlace } from './sealed-header.ts';

// A rotated sealing key is used within this time, even when the word of it is lost; the one before it still opens.
const FRESH_MS = 60_000;
const KEPT_KEYS = 10_000;

export interface Sealer {
  (
    place: SealedPlace,
    keys: ExchangeKeys,
  ): Promise<{ readonly sealed: string; readonly sealingKeyId: string }>;
  /** The tenant has another sealing key. */
  forgetTenant(tenantId: string): void;
}

export const createSealer = (issuer: SealingKeyIssuer, clock: Clock): Sealer => {
  const kept = createBoundedCache<{ readonly key: ReadSealingKey; readonly until: number }>(KEPT_KEYS);

  const keyOf = async (tenantId: string): Promise<ReadSealingKey> => {
    const known = kept.get(tenantId);
    if (known !== undefined && known.until > clock.now()) return known.key;
    const key = await readSealingKey(await issuer.ensureTenantKey(tenantId));
    kept.set(tenantId, { key, until: clock.now() + FRESH_MS });
    return key;
  };

  const seal = async (place: SealedPlace, keys: ExchangeKeys) => {
    const key = await keyOf(place.tenantId);
    return { sealed: await sealWith(key, place, keys), sealingKeyId: key.keyId };
  };
  return Object.assign(seal, { forgetTenant: (tenantId: string) => kept.delete(tenantId) });
};
