/** What every call of the port says: whose keys, for which request, and why. */

/** Names one sealed credential. `sealed` travels along only while the record is not stored yet. */
export interface CredentialRef {
  readonly tenantId: string;
  readonly credentialId: string;
  /** Grows by one whenever the keys of the credential are replaced; a blob opens at its own generation only. */
  readonly generation: number;
  /** Compact JWE of the exchange keys, sealed to the tenant's public key. */
  readonly sealed?: string;
  /**
   * Whether the keys are for the venue's test network. A stored credential says so itself (`metadata.testnet`): given
   * here, it is meant for keys that are only tried.
   */
  readonly testnet?: boolean;
}

/** Why a secret is opened and for which request: recorded by custody with every opening. */
export interface CallContext {
  readonly requestId: string;
  readonly purpose: 'connect' | 'sync' | 'check' | 'read' | 'change';
}
