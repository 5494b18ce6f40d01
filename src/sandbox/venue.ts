/** What a simulated venue is: a declaration of routes, a signature check and the wording of its errors. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Permission, SandboxAccount } from './ledger.ts';
import type { VenueId } from './venue-keys.ts';

/** One request as it came, with everything that a signature covers left untouched. */
export interface VenueRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Raw query without `?`; empty when there is none. */
  readonly query: string;
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** The venue's clock: the sandbox's, shifted by a clock fault. */
  readonly nowMs: number;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PublicVenueRoute {
  readonly security: 'public';
  handle(request: VenueRequest): Answer;
}

export interface SignedVenueRoute {
  readonly security: 'signed';
  /** null: any valid key. */
  readonly permission: Permission | null;
  /** `account` carries the rights in force now, faults included. */
  handle(request: VenueRequest, account: SandboxAccount): Answer;
}

export type VenueRoute = PublicVenueRoute | SignedVenueRoute;

export interface Venue {
  readonly id: VenueId;
  /** Real host names, each with the path prefixes that it serves. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** By `METHOD /path`; names in braces stand for any segment: `GET /products/{id}/book`. */
  readonly routes: ReadonlyMap<string, VenueRoute>;
  /** The key that a request names, before anything is checked. */
  apiKeyOf(request: VenueRequest): string | undefined;
  /** The account that signed, or the venue's refusal. */
  authenticate(request: VenueRequest): SandboxAccount | Answer;
  /** Called ahead of every signed handler: fills the account's orders that prices have crossed. */
  settle?(account: SandboxAccount, nowMs: number): void;
  readonly errors: VenueErrors;
}

export interface VenueErrors {
  invalidKey(): Answer;
  permissionDenied(): Answer;
  notFound(request: VenueRequest): Answer;
  rateLimited(retryAfterSeconds: number): Answer;
  unavailable(status: number): Answer;
  // A venue that has no words of its own for one of these answers the nearest of those above.
  /** The address has asked too much for too long. */
  banned?(untilMs: number, nowMs: number): Answer;
  maintenance?(): Answer;
  expiredKey?(): Answer;
  ipNotAllowed?(): Answer;
}

export const isAnswer = (value: SandboxAccount | Answer): value is Answer => 'status' in value;

export const json = (status: number, value: unknown, headers?: Record<string, string>): Answer => {
  const body = Buffer.from(JSON.stringify(value));
  return headers === undefined ? { status, body } : { status, body, headers };
};

export const publicRoute = (handle: (request: VenueRequest) => Answer): PublicVenueRoute => ({
  security: 'public',
  handle,
});

export const signedRoute = (
  permission: Permission | null,
  handle: (request: VenueRequest, account: SandboxAccount) => Answer,
): SignedVenueRoute => ({ security: 'signed', permission, handle });

/** Parameters of the query or of a form body; of a repeated name the last counts. */
export const parameters = (text: string): ReadonlyMap<string, string> => new Map(new URLSearchParams(text));

/** The first value of a header that venues send once. */
export const header = (request: VenueRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Keeps one rendered answer as long as `version` stays the same. */
export const cachedAnswer = (render: (nowMs: number) => Answer, version: (nowMs: number) => number) => {
  let kept: { readonly version: number; readonly answer: Answer } | undefined;
  return (request: VenueRequest): Answer => {
    const now = version(request.nowMs);
    if (kept?.version !== now) kept = { version: now, answer: render(request.nowMs) };
    return kept.answer;
  };
};
