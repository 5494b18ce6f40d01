/** How an account is kept at its target portfolio. Pure. */
import type { DecimalString } from '../../shared/money.ts';

/** `time`: every period; `currency_change`: when an asset's share has moved away by the limit. */
export type AutobalanceMethod = 'time' | 'currency_change';

export interface AutobalanceSettings {
  readonly enabled: boolean;
  readonly portfolioId: number | null;
  /** Whole hours between runs. */
  readonly periodHours: number;
  readonly method: AutobalanceMethod | null;
  /** Percent, for the method `currency_change`. */
  readonly currencyChangeLimit: DecimalString | null;
}

export interface Autobalance extends AutobalanceSettings {
  readonly accountId: number;
  /** Why the last run failed, or that there was none; null while disabled. */
  readonly error: string | null;
  readonly lastRunAt: Date | null;
}

export const DEFAULT_PERIOD_HOURS = 24;
/** A year. */
export const LONGEST_PERIOD_HOURS = 8_760;

/** Settings that enabling cannot do without, each with what is said of it when it is missing. */
export const findMissingSettings = (
  settings: Pick<AutobalanceSettings, 'enabled' | 'portfolioId' | 'method' | 'currencyChangeLimit'>,
): readonly (readonly [field: 'portfolioId' | 'method' | 'currencyChangeLimit', problem: string])[] => {
  const { enabled, portfolioId, method, currencyChangeLimit } = settings;
  return [
    ...(enabled && portfolioId === null
      ? [['portfolioId', 'is needed to balance automatically'] as const]
      : []),
    ...(enabled && method === null ? [['method', 'is needed to balance automatically'] as const] : []),
    ...(method === 'currency_change' && currencyChangeLimit === null
      ? [['currencyChangeLimit', 'is needed for the method currency_change'] as const]
      : []),
  ];
};
