/** A tenant as operators see it. */

export const TENANT_STATUSES = ['active', 'suspended', 'deleted'] as const;
export const WITHDRAWAL_POLICIES = ['refuse', 'warn', 'allow'] as const;

export type TenantStatus = (typeof TENANT_STATUSES)[number];
/** What becomes of exchange keys that can withdraw, at intake. */
export type WithdrawalPolicy = (typeof WITHDRAWAL_POLICIES)[number];

export interface TenantRecord extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly withdrawalPolicy: WithdrawalPolicy;
  /** Of all its keys; null: as configured. */
  readonly requestsPerMinute: number | null;
  /** Exchange keys that custody opens for it; null: as configured. */
  readonly openingsPerMinute: number | null;
  /** Connected ones. */
  readonly accounts: number;
  /** Those that are not revoked. */
  readonly callerKeys: number;
  readonly createdAt: Date;
}

/** What is undefined stays as it is. */
export interface TenantChange {
  readonly name?: string | undefined;
  /** A suspended tenant's keys are refused everywhere, and nothing is done for it. */
  readonly status?: 'active' | 'suspended' | undefined;
  readonly withdrawalPolicy?: WithdrawalPolicy | undefined;
  readonly requestsPerMinute?: number | null | undefined;
  readonly openingsPerMinute?: number | null | undefined;
}
