/** The name under which a credential's calls and instances go inside custody. */
import type { CredentialRef } from '../exchanges/exchange-call.ts';

type Place = Pick<CredentialRef, 'tenantId' | 'credentialId'>;

export const credentialName = ({ tenantId, credentialId }: Place): string => `${tenantId}:${credentialId}`;

/** What the names of all credentials of a tenant begin with. */
export const credentialPrefix = (tenantId: string): string => `${tenantId}:`;

export const readCredentialName = (name: string): Place => {
  const [tenantId = '', credentialId = ''] = name.split(':');
  return { tenantId, credentialId };
};
