/**
 * Lanes that are left alone for a while: an exchange that is down, or custody that is away, would else be asked by every
 * job that waits for it. The first job after the rest goes alone; when it ends well, the others follow.
 */
import type { Clock } from '../shared/clock.ts';

export interface LaneRests {
  /** Leaves the lane alone, at least for so long. */
  rest(lane: string, leastMs: number): void;
  /** Something in the lane works. */
  end(lane: string): void;
  /** Those that are left alone now. */
  resting(): string[];
  /** Whether only one job may try. */
  isOnTrial(lane: string): boolean;
}

interface Rest {
  untilMs: number;
  count: number;
}

const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;

export const createLaneRests = (clock: Clock): LaneRests => {
  const rests = new Map<string, Rest>();
  return {
    rest: (lane, leastMs) => {
      const known = rests.get(lane);
      // Jobs that were under way together say the same thing at once.
      if (known !== undefined && known.untilMs > clock.now()) return;
      const count = (known?.count ?? 0) + 1;
      const ms = Math.max(leastMs, Math.min(FIRST_REST_MS * 2 ** (count - 1), LONGEST_REST_MS));
      rests.set(lane, { untilMs: clock.now() + ms, count });
    },
    end: (lane) => {
      rests.delete(lane);
    },
    resting: () => [...rests].filter(([, { untilMs }]) => untilMs > clock.now()).map(([lane]) => lane),
    isOnTrial: (lane) => rests.has(lane),
  };
};
