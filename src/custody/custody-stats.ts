/** How many exchange keys were opened since custody began, and what for: numbers for operators, nothing of whose. */
import type { CustodyStats } from '../exchanges/exchange.ts';

export interface CustodyCounter {
  noteOpening(purpose: string): void;
  noteRefusal(): void;
  read(budgetLeft: number): CustodyStats;
}

export const createCustodyStats = (): CustodyCounter => {
  const openings = new Map<string, number>();
  let refused = 0;
  return {
    noteOpening: (purpose) => {
      openings.set(purpose, (openings.get(purpose) ?? 0) + 1);
    },
    noteRefusal: () => {
      refused += 1;
    },
    read: (budgetLeft) => ({ openings: Object.fromEntries(openings), refused, budgetLeft }),
  };
};
