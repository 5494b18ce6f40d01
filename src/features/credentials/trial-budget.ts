/**
 * Bounds how often a tenant has exchange keys tried that are not stored: whoever holds a caller key could else try out
 * stolen exchange keys, and spend what custody opens for all.
 */
import type { ExchangePort } from '../../exchanges/exchange.ts';
import { statusOf } from './stored-credential.ts';

export interface TrialBudget {
  /** Counts a trial. Throws `rate_limited` for one too many, and while the tenant is paused. */
  admit(tenantId: string): Promise<void>;
  /** Counts keys that the exchange refused; too many of them pause the tenant. */
  noteRefusal(tenantId: string): Promise<void>;
}

/** The same port; `connect` of keys that travel along with the call takes from the budget of their tenant. */
export const limitTrials = <Port extends Pick<ExchangePort, 'connect'>>(
  exchanges: Port,
  budget: TrialBudget,
): Port => {
  const connect: ExchangePort['connect'] = async (context, ref, marketCodes) => {
    // Stored keys were counted when they came; those of paper accounts are nobody's.
    const isTrial = ref.sealed !== undefined && !marketCodes.includes('paper_trading');
    if (!isTrial) return exchanges.connect(context, ref, marketCodes);
    await budget.admit(ref.tenantId);
    try {
      return await exchanges.connect(context, ref, marketCodes);
    } catch (error) {
      if (statusOf(error) === 'invalid') await budget.noteRefusal(ref.tenantId);
      throw error;
    }
  };
  return new Proxy(exchanges, {
    get: (target, name): unknown => (name === 'connect' ? connect : Reflect.get(target, name)),
  });
};
