/** Sends a request until it is answered: proves each try anew, waits between them, and gives up at the deadline. */
import { type ApiError, NoAnswerError, toApiError } from './api-error.ts';
import type { HeaderRecord, Proof, UnsignedRequest } from './request-proof.ts';
import { isPassing, waitBefore } from './retry-policy.ts';
import type { WireRequest } from './wire-request.ts';

export interface CallOptions {
  /** Ends the call; what it was given as its reason is thrown. */
  readonly signal?: AbortSignal;
  /** In place of the client's. */
  readonly timeoutMs?: number;
  /**
   * Names a change, so that it happens once however often it is sent within 24 hours. The client makes one for each
   * call and keeps it over its own retries; an own one makes the retries of a restarted program safe too.
   */
  readonly idempotencyKey?: string;
}

/** One try, as it went out; for finding out why a signature is refused. Holds all secrets that the request holds. */
export interface Attempt {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderRecord;
  readonly body: string | undefined;
  readonly signedText: string | undefined;
  /** undefined: there was no answer. */
  readonly answer: { readonly status: number; readonly headers: Headers } | undefined;
}

/** How requests prove who sends them. */
export interface Credentials {
  prove(request: UnsignedRequest, now: number): Promise<Proof>;
  /** Told of a 401; true when another try would send another proof than the one that was refused. */
  renew(refused: Proof): boolean;
}

export interface SenderOptions {
  readonly credentials: Credentials;
  /** Sent with every request, and signed; lower-case names. */
  readonly headers: HeaderRecord;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly retries: number;
  readonly parse: (text: string) => unknown;
  readonly onAttempt: ((attempt: Attempt) => void) | undefined;
}

export type Send = (request: WireRequest, options: CallOptions) => Promise<unknown>;

export const createSender = (settings: SenderOptions): Send => {
  const { credentials, now } = settings;

  return async (request, options) => {
    const timeoutMs = options.timeoutMs ?? settings.timeoutMs;
    const endsAt = now() + timeoutMs;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
    const headers = headersOf(request, settings.headers, options.idempotencyKey);
    let hasRenewed = false;

    for (let attempt = 1; ; attempt += 1) {
      const outcome = await tryOnce(request, headers, signal, settings).catch((error: unknown) => {
        throw error === deadline.reason ? tooLate(request, timeoutMs) : error;
      });
      options.signal?.throwIfAborted();
      if ('value' in outcome) return outcome.value;
      const { error, proof } = outcome;
      const isRefused = error instanceof NoAnswerError ? false : error.status === 401;
      if (isRefused && !hasRenewed && credentials.renew(proof)) {
        hasRenewed = true;
        continue;
      }
      const mayPass = error instanceof NoAnswerError || isPassing(error);
      if (!mayPass || attempt > settings.retries) throw error;
      const retryAfterMs = error instanceof NoAnswerError ? undefined : error.retryAfterMs;
      const waitMs = waitBefore(attempt, retryAfterMs, Math.random());
      if (now() + waitMs >= endsAt) throw error;
      await wait(waitMs, signal).catch(() => {
        options.signal?.throwIfAborted();
        throw error;
      });
    }
  };
};

const tooLate = ({ method, path }: WireRequest, timeoutMs: number): NoAnswerError =>
  new NoAnswerError(`no answer within ${timeoutMs} ms`, method, path);

type Outcome =
  | { readonly value: unknown }
  | { readonly error: ApiError | NoAnswerError; readonly proof: Proof };

const tryOnce = async (
  request: WireRequest,
  headers: HeaderRecord,
  signal: AbortSignal,
  settings: SenderOptions,
): Promise<Outcome> => {
  const { method, path, url, body } = request;
  const { credentials, now, attemptTimeoutMs, parse } = settings;
  const unsigned = { method, host: url.host, target: url.pathname + url.search, body, headers };
  const proof = await abortable(credentials.prove(unsigned, now()), signal);
  const sent = { ...headers, ...proof.headers };
  const tell = (answer: Attempt['answer']): void =>
    settings.onAttempt?.({
      method,
      url: url.href,
      headers: sent,
      body,
      signedText: proof.signedText,
      answer,
    });
  const lost = (cause?: unknown): Outcome => ({
    error: new NoAnswerError('no answer that could be read', method, path, cause),
    proof,
  });
  let response: Response;
  let text: string;
  try {
    response = await settings.fetch(url.href, {
      method,
      headers: sent,
      // A signature is for one target: following elsewhere would only show it to somebody else.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]),
      ...(body !== undefined && { body }),
    });
    text = await response.text();
  } catch (cause) {
    tell(undefined);
    return lost(cause);
  }
  tell(response);
  const { status, headers: answered, ok } = response;
  if (!ok) return { error: toApiError(method, path, { status, headers: answered, text }, now()), proof };
  try {
    return { value: text === '' ? undefined : parse(text) };
  } catch {
    // What a reader says of bad JSON quotes it, and answers can hold secrets.
    return lost();
  }
};

const headersOf = (
  { method, body }: WireRequest,
  always: HeaderRecord,
  idempotencyKey: string = crypto.randomUUID(),
): HeaderRecord => ({
  ...always,
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...(method !== 'GET' && { 'idempotency-key': idempotencyKey }),
});

/** Throws the signal's reason. */
export const wait = (ms: number, signal: AbortSignal): Promise<void> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return abortable(over, signal).finally(() => {
    clearTimeout(timer);
  });
};

/** The work, or the signal's reason when that is sooner; the work itself goes on. */
export const abortable = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
};
