/** One HTTP client per chain: bounded answers, failures in our words, and a pause when the node asks for one. */
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';

export interface ChainHttp {
  /** Answers the text of a 2xx; throws AppError for everything else. A read that found no connection is tried twice. */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<string>;
}

// The largest answer is a multicall of a hundred tokens, 20 KB.
const ANSWER_LIMIT_BYTES = 1024 * 1024;
const DEFAULT_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;

export const badAnswer = (): AppError =>
  new AppError('bad_response', 'The chain sent an answer that cannot be read');

export const createChainHttp = (clock: Clock): ChainHttp => {
  let pausedUntil = 0;

  const refuseWhilePaused = (): void => {
    const retryAfterMs = pausedUntil - clock.now();
    if (retryAfterMs > 0) throw limited(retryAfterMs);
  };

  return {
    post: async (url, headers, body, signal) => {
      refuseWhilePaused();
      const response = await send(url, headers, body, signal);
      if (response.status === 429) {
        const retryAfterMs = pauseOf(response.headers.get('retry-after'));
        pausedUntil = clock.now() + retryAfterMs;
        await response.body?.cancel();
        throw limited(retryAfterMs);
      }
      const text = await readText(response);
      if (response.ok) return text;
      throw response.status >= 500
        ? new AppError('exchange_unavailable', 'The chain is not available')
        : new AppError('exchange_error', 'The chain answered with an error');
    },
  };
};

const limited = (retryAfterMs: number): AppError =>
  new AppError('exchange_rate_limited', 'The chain limits our requests', { details: { retryAfterMs } });

const send = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Response> => {
  const attempt = (): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal,
      // A node that moved away could otherwise send us anywhere.
      redirect: 'error',
    });
  try {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw error;
      return await attempt();
    }
  } catch (error) {
    // What fetch says of a failure holds the URL; only that there was none is told.
    if (signal.aborted) throw error;
    throw new AppError('exchange_unavailable', 'The chain cannot be reached');
  }
};

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Node's own type of a body's chunks; the DOM's has no iterator.
  const body = response.body as AsyncIterable<Uint8Array> | null;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > ANSWER_LIMIT_BYTES) throw badAnswer();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('exchange_error', 'The connection to the chain broke');
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Whole seconds, as nodes send them. */
const pauseOf = (header: string | null): number => {
  if (header === null || !/^\d{1,6}$/.test(header.trim())) return DEFAULT_PAUSE_MS;
  return Math.min(Number.parseInt(header, 10) * 1_000, LONGEST_PAUSE_MS);
};
