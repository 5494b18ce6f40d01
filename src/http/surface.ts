/** A wire dialect as the server sees it: its routes, how it reads parameters, how it writes answers and errors. */
import type { z } from 'zod';
import type { AppError, ErrorCode } from '../shared/errors.ts';
import type { HeaderLists } from '../auth/signed-request.ts';
import type { Route } from './route.ts';

/** Where parameters are read from, untouched. */
export interface ParameterSource {
  /** What follows `?` in the target, without it; empty when there is none. */
  readonly query: string;
  readonly headers: HeaderLists;
  readonly rawBody: Buffer;
}

export type Parameters = Readonly<Record<string, unknown>>;

/** An error as the dialect writes it; the server adds `X-Request-Id`, `Retry-After` and the constant headers. */
interface WireError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** OpenAPI's words for how requests are proven: the schemes, and which of them are enough together. */
export interface ProofDescription {
  readonly schemes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly requirements: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface SurfaceDescription {
  /** Where requests are proven otherwise than by callers, and no answers are kept by Idempotency-Key. */
  readonly ownProof?: ProofDescription;
  /** Media types of request bodies. */
  readonly bodyTypes: readonly string[];
  /** Whether a parameter that may be left out of the query is described as one that may be null. */
  readonly absentIsNull: boolean;
  /** JSON Schemas of error bodies by name, and what they refer to. */
  readonly errorSchemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Status of an error, what tells it from others of that status, and the name of that status' body. */
  describeError(code: ErrorCode): {
    readonly status: number;
    readonly word: string;
    readonly schemaName: string;
  };
}

export interface Surface {
  readonly name: string;
  /** First segment of every route of the dialect, e.g. `/ver1`: unknown paths under it are answered in its words. */
  readonly root: string;
  /** What may stand before `root`, e.g. `['', '/public/api']`; every route is served under each. */
  readonly prefixes: readonly string[];
  readonly routes: readonly Route[];
  /** How the API document describes bodies and errors. */
  readonly description: SurfaceDescription;
  /** Query and body parameters; path parameters are merged over them. Throws AppError. */
  readParameters(source: ParameterSource, route: Route): Parameters;
  /** The dialect's words for parameters that a route's `input` refused. */
  invalidParameters(error: z.ZodError, parameters: Parameters, route: Route): AppError;
  renderError(error: AppError, requestId: string): WireError;
  /** JSON of a handler's answer; exact decimals are printed digit for digit. */
  serialize(value: unknown): string;
}
