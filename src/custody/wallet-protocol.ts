/** Custody's methods about BNB fees and dust, with both their shapes. */
import { z } from 'zod';
import type { BnbBurn, DustAsset, DustAssets } from '../exchanges/wallet-port.ts';
import { amount, context, instant, name, ref } from './rpc-fields.ts';

const keyed = z.object({ context, ref, marketCode: name });
const stated = amount.nullable();

const bnbBurn = z.object({
  spot: z.boolean(),
  interest: z.boolean().nullable(),
}) satisfies z.ZodType<BnbBurn>;

const dustAsset = z.object({
  asset: name,
  fullName: z.string().max(256).nullable(),
  free: amount,
  toBtc: stated,
  toTarget: amount,
  toTargetAfterFee: amount,
  fee: amount,
  usdValue: stated,
}) satisfies z.ZodType<DustAsset>;

export const WALLET_METHODS = {
  fetchBnbBurn: { params: keyed, result: bnbBurn },
  setBnbBurn: { params: keyed.extend({ spot: z.boolean() }), result: bnbBurn },
  fetchDustAssets: {
    params: keyed,
    result: z.object({
      targetAsset: name,
      assets: z.array(dustAsset).max(5_000),
      feeRate: stated,
      withinRestrictedTime: z.boolean(),
      minUsd: stated,
      maxUsd: stated,
      asOf: instant,
    }) satisfies z.ZodType<DustAssets>,
  },
} as const;

/** The port's own types; each schema above satisfies the one it stands for. */
export interface WalletResults {
  readonly fetchBnbBurn: BnbBurn;
  readonly setBnbBurn: BnbBurn;
  readonly fetchDustAssets: DustAssets;
}
