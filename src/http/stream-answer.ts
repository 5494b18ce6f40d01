/** What a handler answers with in place of a value when the answer goes on for as long as the caller listens. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

const MARK = Symbol('stream answer');

/** Text as it comes. It ends by itself, or soon after the signal aborts: the caller has gone, or the server closes. */
type OpenStream = (signal: AbortSignal) => AsyncIterable<string>;

export interface StreamAnswer {
  readonly [MARK]: true;
  readonly open: OpenStream;
}

export const streamAnswer = (open: OpenStream): StreamAnswer => ({ [MARK]: true, open });

export const isStreamAnswer = (answer: unknown): answer is StreamAnswer =>
  typeof answer === 'object' && answer !== null && MARK in answer;

/** Asks for more only once the caller has taken what there was, so that nothing piles up here. */
export const sendStream = async (
  response: ServerResponse,
  { open }: StreamAnswer,
  signal: AbortSignal,
): Promise<void> => {
  for await (const text of open(signal)) {
    if (signal.aborted) break;
    if (!response.write(text)) await once(response, 'drain', { signal }).catch(() => undefined);
  }
};
