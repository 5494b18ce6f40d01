/** Seals exchange keys to a tenant. The gateway does this; it has no means to open what it sealed. */
import { CompactEncrypt, type CryptoKey, importJWK } from 'jose';
import type { ExchangeKeys, SealingKey } from '../exchanges/exchange.ts';
import { SEALING_ALG, type SealedPlace, sealedHeader } from './sealed-header.ts';

/** A tenant's public key, read once: reading it is a quarter of what sealing costs. */
export interface ReadSealingKey {
  readonly keyId: string;
  readonly key: CryptoKey;
}

export const readSealingKey = async ({ keyId, publicJwk }: SealingKey): Promise<ReadSealingKey> => ({
  keyId,
  key: await importJWK(publicJwk, SEALING_ALG),
});

/** Answers a compact JWE that opens only as `place` says: that tenant, that record, that generation, that venue. */
export const sealWith = async (
  publicKey: ReadSealingKey,
  place: SealedPlace,
  keys: ExchangeKeys,
): Promise<string> => {
  const { apiKey, secret, passphrase, customerId, subaccountName } = keys;
  const payload = { v: 1, keys: { apiKey, secret, passphrase, customerId, subaccountName } };
  return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader(sealedHeader(place, publicKey.keyId))
    .encrypt(publicKey.key);
};

/** The same with a public key that is used once. */
export const sealKeys = async (
  publicKey: SealingKey,
  place: SealedPlace,
  keys: ExchangeKeys,
): Promise<string> => sealWith(await readSealingKey(publicKey), place, keys);
