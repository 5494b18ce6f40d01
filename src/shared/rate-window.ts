/** Allows so much in any window of time and no more, by booking a moment for everything that asks. */

export interface RateWindow {
  /**
   * Books `cost` at the earliest moment that has room and answers how long to wait for it; later bookings come after
   * it. Were that longer than `patienceMs`, nothing is booked.
   */
  reserve(cost: number, patienceMs: number): { readonly booked: boolean; readonly waitMs: number };
  /** What could be booked now without a wait. */
  left(): number;
}

interface Slot {
  readonly atMs: number;
  cost: number;
}

// What is booked in one slot counts as one entry, so that the memory of a window is bounded.
const SLOTS = 200;

/** `capacity` in the unit of the costs. A single cost above it waits for an empty window. */
export const createRateWindow = (options: {
  readonly windowMs: number;
  readonly capacity: number;
  readonly now: () => number;
}): RateWindow => {
  const { windowMs, capacity, now } = options;
  const slotMs = windowMs / SLOTS;
  /** In the order of time; those that no later booking can meet are dropped from the front. */
  let slots: Slot[] = [];
  let total = 0;

  const findRoom = (cost: number): { atMs: number; dropped: number; left: number } => {
    // Bookings only move on in time, also when the clock does not.
    let atMs = Math.max(now(), slots.at(-1)?.atMs ?? 0);
    let dropped = 0;
    let left = total;
    for (const slot of slots) {
      // What came last in a slot leaves the window a slot later than what came first.
      const leavesMs = slot.atMs + slotMs + windowMs;
      if (leavesMs > atMs && left + cost <= capacity) break;
      atMs = Math.max(atMs, leavesMs);
      dropped += 1;
      left -= slot.cost;
    }
    return { atMs, dropped, left };
  };

  return {
    left: () => capacity - findRoom(0).left,
    reserve: (cost, patienceMs) => {
      const { atMs, dropped, left } = findRoom(cost);
      const waitMs = Math.max(0, atMs - now());
      if (waitMs > patienceMs) return { booked: false, waitMs };
      slots = slots.slice(dropped);
      // Anew for an empty window: the errors of floating-point sums would add up.
      total = slots.length === 0 ? cost : left + cost;
      const last = slots.at(-1);
      if (last !== undefined && atMs < last.atMs + slotMs) last.cost += cost;
      else slots.push({ atMs, cost });
      return { booked: true, waitMs };
    },
  };
};
