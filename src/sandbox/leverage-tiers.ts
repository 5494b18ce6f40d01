/** How much leverage a contract allows for a position of which value. */
import type { SpotMarket } from './market-list.ts';

export interface LeverageTier {
  readonly tier: number;
  readonly maxLeverage: number;
  /** Value of the position in the quote, from (exclusive) and up to. */
  readonly floor: number;
  readonly cap: number;
  /** A fraction, as a decimal string. */
  readonly maintenanceRate: string;
  /** Subtracted from notional times rate, so that the margin does not jump between tiers. */
  readonly deduction: string;
}

const LARGE: readonly LeverageTier[] = [
  { tier: 1, maxLeverage: 125, floor: 0, cap: 300_000, maintenanceRate: '0.004', deduction: '0' },
  { tier: 2, maxLeverage: 100, floor: 300_000, cap: 800_000, maintenanceRate: '0.005', deduction: '300' },
  { tier: 3, maxLeverage: 75, floor: 800_000, cap: 3_000_000, maintenanceRate: '0.0065', deduction: '1500' },
  {
    tier: 4,
    maxLeverage: 50,
    floor: 3_000_000,
    cap: 12_000_000,
    maintenanceRate: '0.01',
    deduction: '12000',
  },
  {
    tier: 5,
    maxLeverage: 20,
    floor: 12_000_000,
    cap: 70_000_000,
    maintenanceRate: '0.02',
    deduction: '132000',
  },
];
const SMALL: readonly LeverageTier[] = [
  { tier: 1, maxLeverage: 75, floor: 0, cap: 50_000, maintenanceRate: '0.0065', deduction: '0' },
  { tier: 2, maxLeverage: 50, floor: 50_000, cap: 500_000, maintenanceRate: '0.01', deduction: '175' },
  { tier: 3, maxLeverage: 20, floor: 500_000, cap: 5_000_000, maintenanceRate: '0.025', deduction: '7675' },
];

export const leverageTiers = (market: SpotMarket): readonly LeverageTier[] =>
  market.base.code === 'BTC' || market.base.code === 'ETH' ? LARGE : SMALL;
