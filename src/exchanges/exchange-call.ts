/** What every call of the port says: whose keys, for which request, and why. */

/** Names one sealed credential. `sealed` travels along only while the record is not stored yet. */
export interface CredentialRef {
  readonly tenantId: string;
  readonly credentialId: string;
  /** Grows by one whenever the keys of the credential are replaced; a blob opens at its own generation only. */
  readonly generation: number;
  /** Compact JWE of the exchange keys, sealed to the tenant's public key. */
  readonly sealed?: string;
}

/** Why a secret is opened and for which request: recorded by custody with every opening. */
export interface CallContext {
  readonly requestId: string;
  readonly purpose: 'connect' | 'sync' | 'check' | 'read';
}
