/** A reader of the event stream that signs its requests as test callers do, and takes what comes one by one. */
import { createHmac } from 'node:crypto';
import type { EventEnvelope } from '../../src/features/events/event-envelope.ts';
import { readSentEvents, type SentEvent } from '../../src/sdk/server-sent-events.ts';
import type { TestCaller } from '../support/test-caller.ts';

export interface StreamReader {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; undefined: the stream has ended. */
  next(): Promise<EventEnvelope | undefined>;
  /** So many events. */
  take(count: number): Promise<EventEnvelope[]>;
  /** Also what comes without an event: the places of quiet times. */
  nextFrame(): Promise<SentEvent | undefined>;
  close(): void;
}

export interface StreamOpening {
  readonly query?: string;
  readonly lastEventId?: number;
  readonly baseUrl?: string;
  /** In place of a signature. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const openStream = async (
  { baseUrl, apiKey, apiSecret }: TestCaller,
  opening: StreamOpening = {},
): Promise<StreamReader> => {
  const target = `/api/events/stream${opening.query === undefined ? '' : `?${opening.query}`}`;
  const stop = new AbortController();
  const response = await fetch((opening.baseUrl ?? baseUrl) + target, {
    headers: {
      ...(opening.headers ?? {
        Apikey: apiKey,
        Signature: createHmac('sha256', apiSecret).update(target).digest('hex'),
      }),
      ...(opening.lastEventId !== undefined && { 'Last-Event-ID': String(opening.lastEventId) }),
    },
    signal: stop.signal,
  });
  const frames = readSentEvents(textOf(response));
  const nextFrame = async (): Promise<SentEvent | undefined> => (await frames.next()).value ?? undefined;
  const next = async (): Promise<EventEnvelope | undefined> => {
    for (;;) {
      const frame = await nextFrame();
      if (frame === undefined) return undefined;
      if (frame.data === '') continue;
      const event = JSON.parse(frame.data) as EventEnvelope;
      if (frame.id !== String(event.sequence)) throw new Error(`${frame.id} is not the id of ${frame.data}`);
      return event;
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    nextFrame,
    next,
    take: async (count) => {
      const taken: EventEnvelope[] = [];
      while (taken.length < count) {
        const event = await next();
        if (event === undefined) throw new Error(`the stream ended after ${taken.length} of ${count}`);
        taken.push(event);
      }
      return taken;
    },
    close: () => stop.abort(),
  };
};

async function* textOf(response: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? [])
      yield decoder.decode(bytes as Uint8Array, { stream: true });
  } catch {
    // Closed by the reader, or lost: either way there is no more.
  }
}
