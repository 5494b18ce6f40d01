/** Fields that many of custody's methods share. */
import { z } from 'zod';
import type { CallContext, CredentialRef } from '../exchanges/exchange-call.ts';
import { isDecimalString } from '../shared/money.ts';

export const id = z.uuid();
export const name = z.string().min(1).max(64);
export const amount = z.string().max(128).refine(isDecimalString, 'not a decimal');
export const instant = z.iso.datetime();

export const context = z.object({
  requestId: z.string().min(1).max(128),
  purpose: z.enum(['connect', 'sync', 'check', 'read', 'change']),
}) satisfies z.ZodType<CallContext>;

export const ref = z.object({
  tenantId: id,
  credentialId: id,
  generation: z.int().min(1),
  sealed: z.exactOptional(
    z
      .string()
      .min(1)
      .max(128 * 1024),
  ),
  testnet: z.exactOptional(z.boolean()),
}) satisfies z.ZodType<CredentialRef>;
