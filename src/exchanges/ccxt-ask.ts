/** Asks a venue inside one call, and asks again where that can help. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CallScope } from './ccxt-call.ts';
import { isClockSkew } from './ccxt-errors.ts';
import type { VenueDesk } from './ccxt-desks.ts';

/** For reads, and for what changes nothing when it is done twice. */
export type Ask = <T>(request: () => Promise<T>) => Promise<T>;

/** After a refused time the venue's clock is measured, once; what the venue failed to answer is tried again as its gate says. */
export const askWith =
  ({ seed, gate }: VenueDesk, scope: CallScope): Ask =>
  async (request) => {
    let measured = false;
    let retries = 0;
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (scope.signal.aborted) throw error;
        if (!measured && seed.mayBeSkewed(error)) {
          measured = true;
          if (!(await seed.adjustClock()) && !isClockSkew(error)) throw error;
          continue;
        }
        retries += 1;
        const waitMs = gate.retryDelayMs(scope, error, retries);
        if (waitMs === undefined) throw error;
        await delay(waitMs, undefined, { signal: scope.signal });
      }
    }
  };
