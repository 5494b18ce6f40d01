/** One declaration per route: what it takes, who may call it, what it answers. OpenAPI is derived from it. */
import type { z } from 'zod';
import type { Actor, Scope } from '../auth/actor.ts';
import type { SignedRequest } from '../auth/signed-request.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { SharedAnswer } from './shared-answer.ts';
import type { StreamAnswer } from './stream-answer.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What every handler gets. */
interface HandlerContext<Input> {
  readonly input: Input;
  readonly requestId: string;
  /** For the answer of success, e.g. `Age` of what comes out of a cache. */
  readonly setHeader: (name: string, value: string) => void;
}

/** What the handler of a public route gets besides. */
interface PublicContext<Input> extends HandlerContext<Input> {
  /** The request as it came, for what is about requests. */
  readonly sent: SignedRequest;
}

/** What the handler of a signed route gets besides. */
interface SignedContext<Input> extends HandlerContext<Input> {
  readonly actor: Actor;
}

interface RouteBase<I extends z.ZodType, O extends z.ZodType> {
  readonly method: HttpMethod;
  /** OpenAPI form, without the surface's optional prefix: `/ver1/accounts/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Path, query and body parameters, merged by the surface's own reader. */
  readonly input: I;
  /** Parameters that a route with a body takes from the query, on surfaces that keep the two apart. */
  readonly inQuery?: readonly string[];
  /** Query parameters that may be sent several times: lists. */
  readonly repeated?: readonly string[];
  /** Parameters that a header gives, by name: `{ last_event_id: 'Last-Event-ID' }`. */
  readonly inHeader?: Readonly<Record<string, string>>;
  readonly output: O;
  /** Media type of an answer that goes on: the handler gives a StreamAnswer, and `output` is what it is made of. */
  readonly streams?: 'text/event-stream' | 'application/x-ndjson';
  /** Status of success. */
  readonly status: 200 | 201 | 204;
  /** A POST that only reads: sent again it does no harm, so its answers are not kept for retries. */
  readonly changesNothing?: true;
  /** The answer shows a secret that is shown once. */
  readonly showsSecret?: true;
  /** Errors beside those that every route of its security kind can give. */
  readonly errors: readonly ErrorCode[];
}

export interface PublicRoute<I extends z.ZodType, O extends z.ZodType> extends RouteBase<I, O> {
  readonly security: 'public';
  /** A 401 of it counts as a failed authentication. */
  readonly signsIn?: true;
  handle(context: PublicContext<z.output<I>>): Promise<z.input<O> | SharedAnswer<z.input<O>>>;
}

export interface SignedRoute<I extends z.ZodType, O extends z.ZodType> extends RouteBase<I, O> {
  readonly security: 'signed';
  /** Of several one is enough; null: any authenticated caller. */
  readonly scope: Scope | readonly [Scope, ...Scope[]] | null;
  handle(context: SignedContext<z.output<I>>): Promise<z.input<O> | SharedAnswer<z.input<O>> | StreamAnswer>;
}

// Method syntax in the interfaces above makes `handle` bivariant, so that routes of any input fit this type.
export type Route = PublicRoute<z.ZodType, z.ZodType> | SignedRoute<z.ZodType, z.ZodType>;

export const definePublicRoute = <I extends z.ZodType, O extends z.ZodType>(
  route: Omit<PublicRoute<I, O>, 'security'>,
): Route => ({ ...route, security: 'public' });

export const defineSignedRoute = <I extends z.ZodType, O extends z.ZodType>(
  route: Omit<SignedRoute<I, O>, 'security'>,
): Route => ({ ...route, security: 'signed' });

/** The scopes of which a caller needs one; none: any caller will do. */
export const acceptedScopes = (route: Route): readonly Scope[] => {
  if (route.security === 'public' || route.scope === null) return [];
  return typeof route.scope === 'string' ? [route.scope] : route.scope;
};
