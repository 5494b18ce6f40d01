/** Signs a request of the page as the client library signs its own. */
import type { HeaderRecord, Prove } from '../sdk/request-proof.ts';

/** What Swagger UI is about to send. */
export interface TriedRequest {
  url: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** It asks for the API document itself. */
  readonly loadSpec?: boolean;
}

const NO_CHANGE = new Set(['GET', 'HEAD']);

/** What is signed is what is sent: the address as the browser will spell it, and the body as text. */
export const signRequest = async (request: TriedRequest, prove: Prove): Promise<TriedRequest> => {
  const url = new URL(request.url, location.href);
  const method = (request.method ?? 'GET').toUpperCase();
  const body = NO_CHANGE.has(method) || request.body === undefined ? undefined : toText(request.body);
  const headers: HeaderRecord = Object.fromEntries(
    Object.entries(request.headers ?? {})
      // Without a body the browser sends no type of it.
      .filter(([name]) => body !== undefined || name.toLowerCase() !== 'content-type')
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
  const unsigned = { method, host: url.host, target: url.pathname + url.search, body, headers };
  const proof = await prove(unsigned, Date.now());
  return {
    ...request,
    url: url.href,
    method,
    ...(body !== undefined && { body }),
    headers: { ...headers, ...proof.headers },
  };
};

const toText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));
