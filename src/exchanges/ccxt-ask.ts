/** Asks a venue inside one call, and asks again where that can help. */
import type { CallScope } from './ccxt-call.ts';
import { isClockSkew } from './ccxt-errors.ts';
import type { VenueDesk } from './ccxt-desks.ts';

/** For reads, and for what changes nothing when it is done twice. */
export type Ask = <T>(request: () => Promise<T>) => Promise<T>;

/** When the venue refuses the time of a request its clock is measured, once; what it failed to answer its gate tries again. */
export const askWith =
  ({ seed, gate }: VenueDesk, scope: CallScope): Ask =>
  async (request) => {
    let measured = false;
    return await gate.retrying(scope, async () => {
      try {
        return await request();
      } catch (error) {
        if (measured || scope.signal.aborted || !seed.mayBeSkewed(error)) throw error;
        measured = true;
        if (!(await seed.adjustClock()) && !isClockSkew(error)) throw error;
        return await request();
      }
    });
  };
