/** A venue that is played in this very process: ccxt's requests are answered by a function and never leave. */
import type { FetchImplementation, FetchRequest, FetchResponse } from './ccxt-exchange.ts';
import type { CallRunner } from './ccxt-call.ts';

/** `credential` names whose call it is, as the keyed call does; undefined: a call without keys. */
export type LocalVenue = (
  url: string,
  request: FetchRequest,
  credential: string | undefined,
) => Promise<FetchResponse>;

export const localFetch =
  (venue: LocalVenue, calls: CallRunner): FetchImplementation =>
  (url, request) =>
    venue(url, request, calls.current()?.credential);
