/** What the server knows of a request from its first byte on; every step of the way adds to it. */
import type { Actor } from '../auth/actor.ts';
import type { HeaderLists } from '../auth/signed-request.ts';
import type { ClientAddress } from './client-address.ts';
import type { Verdict } from './rate-limiter.ts';

/** A limiter's answer with the name that `RateLimit` headers give it. */
export interface NamedVerdict extends Verdict {
  readonly policy: string;
}

export interface RequestContext {
  /** Made here, never taken from the caller: audit rows rely on it being unique. */
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly headers: HeaderLists;
  readonly address: ClientAddress;
  /** Pattern of the route, for the log: a real path carries ids, a query carries more. */
  route: string | undefined;
  /** The operation that the route declares, for counts. */
  operation: { readonly operationId: string; readonly method: string } | undefined;
  actor: Actor | undefined;
  /** The limit that the answer reports. */
  verdict: NamedVerdict | undefined;
  /** The rest of the request is not worth reading, or not safe to read: the connection ends with the answer. */
  closeConnection: boolean;
}

declare module 'express-serve-static-core' {
  interface Request {
    context: RequestContext;
  }
}
