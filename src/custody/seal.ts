/** Seals exchange keys to a tenant. The gateway does this; it has no means to open what it sealed. */
import { CompactEncrypt, importJWK } from 'jose';
import type { ExchangeKeys, SealingKey } from '../exchanges/exchange.ts';
import { SEALING_ALG, type SealedPlace, sealedHeader } from './sealed-header.ts';

/** Answers a compact JWE that opens only as `place` says: that tenant, that record, that generation, that venue. */
export const sealKeys = async (
  publicKey: SealingKey,
  place: SealedPlace,
  keys: ExchangeKeys,
): Promise<string> => {
  const { apiKey, secret, passphrase, customerId, subaccountName } = keys;
  const payload = { v: 1, keys: { apiKey, secret, passphrase, customerId, subaccountName } };
  return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader(sealedHeader(place, publicKey.keyId))
    .encrypt(await importJWK(publicKey.publicJwk, SEALING_ALG));
};
