/** Follows the events of the gateway over as many connections as it takes: none is missed, none comes twice. */
import { ApiError, NoAnswerError, toApiError } from './api-error.ts';
import type { Events } from './api-types.ts';
import type { Bytes } from './bytes.ts';
import type { HeaderRecord } from './request-proof.ts';
import { isPassing, waitBefore } from './retry-policy.ts';
import { abortable, type SenderOptions, wait } from './sender.ts';
import { readSentEvents } from './server-sent-events.ts';
import { toWireRequest, type WireRequest } from './wire-request.ts';

/** What happened; `type` tells what `data` holds. */
export type GatewayEvent = Events[keyof Events];

export interface StreamOptions {
  /** `sequence` of the last event that was seen, to go on after it; without it from now on. */
  readonly lastEventId?: number;
  /** Only these: `account.connected`, `account.*`. */
  readonly types?: readonly string[];
  readonly account_id?: number;
  /** Ends the stream; its reason is thrown. */
  readonly signal?: AbortSignal;
}

const OPERATION = 'GET /api/events/stream';
// The gateway says something every 15 seconds.
const SILENCE_MS = 45_000;
const UNAUTHENTICATED = 401;

type Settings = Pick<SenderOptions, 'credentials' | 'headers' | 'fetch' | 'now' | 'onAttempt'>;

/**
 * Goes on until the caller stops reading or the signal aborts. Throws ApiError for what another try would not mend, e.g.
 * a key without the scope, or events that are no longer kept.
 */
export async function* streamEvents(
  baseUrl: URL,
  settings: Settings,
  { lastEventId, types, account_id, signal = new AbortController().signal }: StreamOptions,
): AsyncGenerator<GatewayEvent, void, undefined> {
  const request = toWireRequest(baseUrl, OPERATION, { types, account_id });
  let place = lastEventId === undefined ? undefined : String(lastEventId);
  for (let failures = 0; ; ) {
    // Ends with the connection, also when the reader stops in its middle.
    const connection = new AbortController();
    try {
      const ended = AbortSignal.any([signal, connection.signal]);
      const response = await open(request, place, settings, ended);
      for await (const { id, data } of readSentEvents(readText(response, connection))) {
        failures = 0;
        place = id ?? place;
        if (data !== '') yield JSON.parse(data) as GatewayEvent;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error)) throw error;
    } finally {
      connection.abort();
    }
    failures += 1;
    await wait(waitBefore(failures, undefined, Math.random()), signal);
  }
}

const mayPass = (error: unknown): boolean =>
  error instanceof NoAnswerError || (error instanceof ApiError && isPassing(error));

/** Throws ApiError and NoAnswerError. */
const open = async (
  request: WireRequest,
  place: string | undefined,
  settings: Settings,
  signal: AbortSignal,
): Promise<Response> => {
  const headers: HeaderRecord = {
    ...settings.headers,
    accept: 'text/event-stream',
    ...(place !== undefined && { 'last-event-id': place }),
  };
  for (let hasRenewed = false; ; hasRenewed = true) {
    const { response, error, renew } = await tryOnce(request, headers, settings, signal);
    if (response !== undefined) return response;
    if (error.status !== UNAUTHENTICATED || hasRenewed || !renew()) throw error;
  }
};

const tryOnce = async (
  { method, path, url, body }: WireRequest,
  headers: HeaderRecord,
  { credentials, fetch, now, onAttempt }: Settings,
  signal: AbortSignal,
) => {
  const unsigned = { method, host: url.host, target: url.pathname + url.search, body, headers };
  const proof = await abortable(credentials.prove(unsigned, now()), signal);
  const sent = { ...headers, ...proof.headers };
  const tell = (answer: Response | undefined): void =>
    onAttempt?.({ method, url: url.href, headers: sent, body, signedText: proof.signedText, answer });
  const response = await fetch(url.href, { method, headers: sent, redirect: 'manual', signal }).catch(
    (cause: unknown) => {
      tell(undefined);
      throw new NoAnswerError('no answer', method, path, cause);
    },
  );
  tell(response);
  if (response.ok) return { response };
  const answer = { status: response.status, headers: response.headers, text: await textOf(response) };
  return { error: toApiError(method, path, answer, now()), renew: () => credentials.renew(proof) };
};

const textOf = (response: Response): Promise<string> => response.text().catch(() => '');

/** Ends where the connection does, however it does: the next one goes on from there. */
async function* readText(
  response: Response,
  connection: AbortController,
): AsyncGenerator<string, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  for (;;) {
    const timer = setTimeout(() => {
      connection.abort();
    }, SILENCE_MS);
    const { done, value } = (await reader.read().catch(() => END)) as Read;
    clearTimeout(timer);
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

interface Read {
  readonly done: boolean;
  readonly value?: Bytes | undefined;
}

const END: Read = { done: true };
