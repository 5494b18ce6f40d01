/** The Idempotency-Key of a request that changes something: read here, kept by whoever stores the answers. */
import { createHash } from 'node:crypto';
import type { Actor } from '../auth/actor.ts';
import type { HeaderLists } from '../auth/signed-request.ts';
import { AppError } from '../shared/errors.ts';
import type { Answer } from './response-writer.ts';
import type { Route } from './route.ts';

export interface IdempotentRequest {
  readonly actor: Actor;
  readonly key: string;
  /** SHA-256 of all that makes the request this one. */
  readonly hash: Buffer;
  /** The answer shows a secret this once: it is not to be kept in clear. */
  readonly showsSecret: boolean;
}

export interface GivenAnswer {
  readonly answer: Answer;
  /** Whether it was given before. */
  readonly isReplay: boolean;
}

/** How the work of signed requests is done. */
export interface RequestWork {
  /** Runs `work` so that it reaches no accounts but those of the actor. */
  withinReach<T>(actor: Actor, work: () => Promise<T>): Promise<T>;
  /**
   * Answers what was answered to the same request under the same key, or runs `answer` and keeps what it gives together
   * with what it changed. An error is kept, as `toAnswer` renders it, only when something was changed and it is not one
   * that passes (429, 5xx); it is thrown in any case. Throws idempotency_key_reused for another request, request_in_progress while the first still runs.
   */
  once(
    request: IdempotentRequest,
    answer: () => Promise<Answer>,
    toAnswer: (error: unknown) => Answer,
  ): Promise<GivenAnswer>;
}

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,255}$/;

/** undefined: the request has none, or does not change anything. Throws malformed_request. */
export const readIdempotencyKey = (route: Route, headers: HeaderLists): string | undefined => {
  const values = headers.get(HEADER);
  if (values === undefined || !changesSomething(route)) return undefined;
  const [key = ''] = values;
  if (values.length > 1 || !KEY.test(key))
    throw new AppError(
      'malformed_request',
      'Idempotency-Key is one value of 1 to 255 visible ASCII characters',
    );
  return key;
};

export const changesSomething = (route: Route): boolean =>
  route.security === 'signed' && route.method !== 'GET' && route.changesNothing !== true;

/**
 * Real and paper accounts are other accounts: the mode is part of what is asked. So is what may be done: a token with
 * some of a key's scopes must not be told what the key, or another token, was answered.
 */
export const hashRequest = (actor: Actor, method: string, target: string, rawBody: Buffer): Buffer => {
  const may = actor.provenBy === 'bearer' ? [...actor.scopes].sort().join(' ') : 'signed';
  return createHash('sha256')
    .update(`${method}\n${target}\n${actor.mode}\n${may}\n`)
    .update(rawBody)
    .digest();
};

export const REPLAYED = { 'Idempotency-Replayed': 'true' } as const;
