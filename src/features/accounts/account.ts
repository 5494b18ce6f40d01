/** An account: a connected market code of a venue, with what is stored about it. */
import type { AccountMode } from '../../auth/actor.ts';
import type { DecimalString } from '../../shared/money.ts';

export interface Account {
  readonly id: number;
  readonly credentialId: string | null;
  readonly marketCode: string;
  readonly name: string;
  readonly mode: AccountMode;
  /** First and last four characters of the API key; null for accounts without one. */
  readonly keyPrefix: string | null;
  readonly keySuffix: string | null;
  readonly address: string | null;
  readonly customerId: string | null;
  readonly subaccountName: string | null;
  readonly hedgeModeEnabled: boolean;
  readonly autobalanceEnabled: boolean;
  /** Hours. */
  readonly autoBalancePeriod: number;
  readonly autoBalancePortfolioId: number | null;
  readonly autoBalanceMethod: 'time' | 'currency_change' | null;
  readonly autoBalanceCurrencyChangeLimit: DecimalString | null;
  readonly autoBalanceError: string | null;
  readonly lastAutoBalance: Date | null;
  readonly isLocked: boolean;
  readonly lockReason: string | null;
  readonly apiKeyInvalid: boolean;
  readonly apiKeysState: 'ok' | 'expired' | 'expire_soon';
  readonly includeInSummary: boolean;
  readonly btcAmount: DecimalString;
  readonly usdAmount: DecimalString;
  /** Profit since 00:00 UTC, over 30 days and since the first snapshot; percentages are of the base (12.5 is 12.5 %). */
  readonly dayProfitBtc: DecimalString;
  readonly dayProfitUsd: DecimalString;
  readonly dayProfitBtcPercentage: DecimalString;
  readonly dayProfitUsdPercentage: DecimalString;
  readonly btcProfit: DecimalString;
  readonly usdProfit: DecimalString;
  readonly btcProfitPercentage: DecimalString;
  readonly usdProfitPercentage: DecimalString;
  readonly totalBtcProfit: DecimalString;
  readonly totalUsdProfit: DecimalString;
  /** Snapshot that the profits were computed at; null: none was. */
  readonly profitAsOf: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Where an account's keys are, for the exchange port. */
export interface AccountCredential {
  readonly kind: 'credential';
  readonly id: number;
  readonly marketCode: string;
  readonly credentialId: string;
  readonly generation: number;
  /** false: the keys are switched off, and custody does not open them. */
  readonly isActive: boolean;
  /** Deposits and withdrawals from then on may be unknown yet. */
  readonly transfersSince: Date;
}

/** What a synced account is read with. */
export type AccountOrigin =
  | AccountCredential
  | {
      readonly kind: 'address';
      readonly id: number;
      readonly marketCode: string;
      readonly address: string;
    };
