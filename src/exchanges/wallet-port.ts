/** The part of the exchange port about what few venues offer: fees paid in BNB, and balances too small to trade. */
import type { DecimalString } from '../shared/money.ts';
import type { CallContext, CredentialRef } from './exchange-call.ts';

export interface BnbBurn {
  /** Fees of spot trades are paid in BNB. */
  readonly spot: boolean;
  /** Interest on margin loans is paid in BNB; null: the venue does not say. */
  readonly interest: boolean | null;
}

/** A balance that the venue would convert into the target asset. What it does not tell is null. */
export interface DustAsset {
  readonly asset: string;
  readonly fullName: string | null;
  readonly free: DecimalString;
  readonly toBtc: DecimalString | null;
  /** In the target asset: before the fee, after it, and the fee. */
  readonly toTarget: DecimalString;
  readonly toTargetAfterFee: DecimalString;
  readonly fee: DecimalString;
  readonly usdValue: DecimalString | null;
}

export interface DustAssets {
  readonly targetAsset: string;
  /** Without the target asset itself, in the venue's order. */
  readonly assets: readonly DustAsset[];
  /** As a fraction; null: not stated. */
  readonly feeRate: DecimalString | null;
  /** The last conversion was too short a time ago for another one. */
  readonly withinRestrictedTime: boolean;
  /** What a balance must be worth in US dollars to be converted; null: not stated. */
  readonly minUsd: DecimalString | null;
  readonly maxUsd: DecimalString | null;
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

/** not_supported where the venue's file does not declare the extra. `marketCode`: any of the credential's venue. */
export interface WalletPort {
  fetchBnbBurn(context: CallContext, ref: CredentialRef, marketCode: string): Promise<BnbBurn>;
  /** Answers what then holds. */
  setBnbBurn(context: CallContext, ref: CredentialRef, marketCode: string, spot: boolean): Promise<BnbBurn>;
  fetchDustAssets(context: CallContext, ref: CredentialRef, marketCode: string): Promise<DustAssets>;
}
