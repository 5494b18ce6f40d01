/** Plants a canary: a credential like any other, with made-up keys, that freezes custody when it is to be opened. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { Venue } from '../exchanges/venue.ts';
import { CAME_WITH_ACCOUNT, createCredentialStore } from '../features/credentials/credential-store.ts';
import { AppError } from '../shared/errors.ts';
import { createCanaryStore } from '../custody/canary-store.ts';
import { sealKeys } from '../custody/seal.ts';

const RIGHTS = {
  canRead: true,
  canTrade: true,
  canWithdraw: false,
  ipRestricted: true,
  expiresAt: null,
  source: 'exchange',
} as const;

/** Answers the id of the credential. Throws not_found when the tenant has no sealing key yet: nothing was ever connected. */
export const plantCanary = async (
  database: TenantDatabase,
  options: { readonly tenantId: string; readonly venue: Venue; readonly at: string },
): Promise<string> => {
  const { tenantId, venue } = options;
  const key = await createCanaryStore(database.session(tenantId)).findSealingKey();
  if (key === undefined)
    throw new AppError('not_found', 'The tenant has no sealing key: connect an account of it first');
  const credentialId = randomUUID();
  const apiKey = madeUp();
  const hasPassphrase = venue.requiredFields.includes('passphrase');
  const keys = { apiKey, secret: madeUp(), ...(hasPassphrase && { passphrase: madeUp().slice(0, 12) }) };
  const sealed = await sealKeys(key, { tenantId, credentialId, generation: 1, venueId: venue.id }, keys);
  await database.transact(tenantId, async (session) => {
    await createCredentialStore(session).insert({
      ...CAME_WITH_ACCOUNT,
      id: credentialId,
      venueId: venue.id,
      name: venue.displayName,
      sealed,
      sealingKeyId: key.keyId,
      fingerprint: randomBytes(32),
      keyPrefix: apiKey.slice(0, 4),
      keySuffix: apiKey.slice(-4),
      hasPassphrase,
      rights: RIGHTS,
      at: options.at,
    });
    await createCanaryStore(session).insert(credentialId);
  });
  return credentialId;
};

/** 64 letters and digits. */
const madeUp = (): string => randomBytes(64).toString('base64').replaceAll(/[+/=]/g, 'x').slice(0, 64);
