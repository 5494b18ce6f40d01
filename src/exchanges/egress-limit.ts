/** How much may be asked of a venue: in no window of time more than it allows. Books the moment of each request. */

export interface EgressLimit {
  /**
   * Books `cost` at the earliest moment the window has room and answers how long to wait for it. Later bookings come
   * after it. When that is more than `patienceMs`, nothing is booked.
   */
  reserve(cost: number, patienceMs: number): Booking;
}

export type Booking =
  | { readonly booked: true; readonly waitMs: number }
  | { readonly booked: false; readonly waitMs: number };

interface Slot {
  readonly atMs: number;
  cost: number;
}

// Requests of one slot count as one entry, so that the memory of a window is bounded.
const SLOTS_PER_WINDOW = 200;

/** `capacity` in the unit of the costs. A single cost above it goes out alone, in an empty window. */
export const createEgressLimit = (options: {
  readonly windowMs: number;
  readonly capacity: number;
  readonly now: () => number;
}): EgressLimit => {
  const { windowMs, capacity, now } = options;
  const slotMs = windowMs / SLOTS_PER_WINDOW;
  /** In the order of time; those that no later booking can meet are dropped from the front. */
  let slots: Slot[] = [];
  let total = 0;

  const findRoom = (cost: number): { atMs: number; dropped: number; left: number } => {
    // Bookings only move on in time, also when the clock does not.
    let atMs = Math.max(now(), slots.at(-1)?.atMs ?? 0);
    let dropped = 0;
    let left = total;
    for (const slot of slots) {
      // A request in the last moment of its slot leaves the window when the whole slot has.
      const leavesMs = slot.atMs + slotMs + windowMs;
      if (leavesMs > atMs && left + cost <= capacity) break;
      atMs = Math.max(atMs, leavesMs);
      dropped += 1;
      left -= slot.cost;
    }
    return { atMs, dropped, left };
  };

  return {
    reserve: (cost, patienceMs) => {
      const { atMs, dropped, left } = findRoom(cost);
      const waitMs = Math.max(0, atMs - now());
      if (waitMs > patienceMs) return { booked: false, waitMs };
      slots = slots.slice(dropped);
      // An empty window sums to nothing; floating-point remains would add up otherwise.
      total = slots.length === 0 ? cost : left + cost;
      const last = slots.at(-1);
      if (last !== undefined && atMs < last.atMs + slotMs) last.cost += cost;
      else slots.push({ atMs, cost });
      return { booked: true, waitMs };
    },
  };
};
