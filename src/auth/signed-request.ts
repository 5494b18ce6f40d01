/** A request as the verifiers see it: what came over the wire, untouched, before any route or parameter is read. */

/** Lower-case header name → every value sent under it, in order; Node's own record joins or drops repeats. */
export type HeaderLists = ReadonlyMap<string, readonly string[]>;

export interface SignedRequest {
  readonly method: string;
  /** The request target as sent, e.g. `/ver1/accounts?page=1`; ASCII, never decoded. */
  readonly target: string;
  readonly headers: HeaderLists;
  /** The body as sent, before any parsing. */
  readonly rawBody: Buffer;
  /** Address of the caller, IPv4-mapped IPv6 already unwrapped. */
  readonly ip: string;
  readonly requestId: string;
}

/** The value of a header that was sent exactly once; undefined when it is missing or repeated. */
export const singleHeader = (headers: HeaderLists, name: string): string | undefined => {
  const values = headers.get(name);
  return values?.length === 1 ? values[0] : undefined;
};
