/**
 * The HTTP client under ccxt, one per venue: bounded answers, requests that really abort, and the switch to the sandbox.
 * With a sandbox URL no request can leave for a real venue, whatever ccxt asks for.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Clock } from '../shared/clock.ts';
import type { CallRunner } from './ccxt-call.ts';
import {
  badResponse,
  type FetchImplementation,
  type FetchRequest,
  type FetchResponse,
} from './ccxt-exchange.ts';

/** The part of undici that is used; ccxt brings the package, so there is one copy of one version. */
interface Undici {
  Agent: new (options: object) => UndiciAgent;
}

interface UndiciAgent {
  /** Takes origin and path apart and sends the path as it is; undici's own `request(url)` would normalise it. */
  request(options: {
    readonly origin: string;
    readonly path: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
    readonly signal: AbortSignal;
  }): Promise<UndiciResponse>;
  destroy(): Promise<void>;
}

interface UndiciResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
}

export interface CcxtTransport {
  readonly fetch: FetchImplementation;
  close(): Promise<void>;
}

interface TransportOptions {
  readonly calls: CallRunner;
  readonly clock: Clock;
  /** Origin of the sandbox, without a trailing slash; undefined: the real venues. */
  readonly sandboxUrl?: string | undefined;
}

const inflate = promisify(gunzip);
// The longest ban of Binance is three days.
export const LONGEST_BAN_MS = 3 * 86_400_000;

const loadUndici = async (): Promise<Undici> => {
  const fromCcxt = createRequire(createRequire(import.meta.url).resolve('ccxt'));
  const loaded: unknown = await import(pathToFileURL(fromCcxt.resolve('undici')).href);
  return loaded as Undici;
};

export const createCcxtTransport = async (options: TransportOptions): Promise<CcxtTransport> => {
  const undici = await loadUndici();
  // One agent for all instances of a venue: an agent each opened a socket each (100 instances, 100 sockets).
  const agent = new undici.Agent({
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    autoSelectFamily: true,
  });

  const fetch: FetchImplementation = async (url, request) => {
    const scope = options.calls.current();
    // ccxt's own signal only repeats the deadline; outside of a call nothing may be sent at all.
    if (scope === undefined) throw new Error('an exchange request outside of a call');
    const { origin, path, host } = splitUrl(url);
    const response = await agent.request({
      origin: options.sandboxUrl ?? origin,
      path,
      method: request.method,
      headers: headersOf(request, options.sandboxUrl === undefined ? undefined : host),
      body: request.body ?? null,
      signal: scope.signal,
    });
    scope.retryAfterMs = parseRetryAfter(response.headers['retry-after'], options.clock);
    const text = await readText(response, scope.limitBytes);
    return {
      status: response.statusCode,
      statusText: '',
      headers: response.headers,
      text: () => Promise.resolve(text),
    } satisfies FetchResponse;
  };

  return { fetch, close: () => agent.destroy() };
};

/** Cuts as text: `new URL` may normalise path and query, and the signature is over the text. */
const splitUrl = (url: string): { origin: string; path: string; host: string } => {
  const hostStart = url.indexOf('://') + 3;
  const pathStart = url.indexOf('/', hostStart);
  const end = pathStart === -1 ? url.length : pathStart;
  return { origin: url.slice(0, end), path: url.slice(end) || '/', host: url.slice(hostStart, end) };
};

const headersOf = (request: FetchRequest, host: string | undefined): Record<string, string> => ({
  ...request.headers,
  'accept-encoding': 'gzip',
  ...(host === undefined ? {} : { 'x-sandbox-host': host }),
});

const readText = async (response: UndiciResponse, limitBytes: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > limitBytes) throw badResponse();
    chunks.push(chunk);
  }
  const [only, ...more] = chunks;
  const bytes = only !== undefined && more.length === 0 ? only : Buffer.concat(chunks);
  if (response.headers['content-encoding'] !== 'gzip') return bytes.toString('utf8');
  try {
    return (await inflate(bytes, { maxOutputLength: limitBytes })).toString('utf8');
  } catch {
    throw badResponse();
  }
};

/** Seconds or an HTTP date; nonsense and more than the longest ban are ignored. */
const parseRetryAfter = (header: string | string[] | undefined, clock: Clock): number | undefined => {
  if (typeof header !== 'string') return undefined;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number.parseInt(header, 10) * 1_000 : undefined;
  const wait = seconds ?? Date.parse(header) - clock.now();
  return Number.isFinite(wait) && wait >= 0 && wait <= LONGEST_BAN_MS ? wait : undefined;
};
