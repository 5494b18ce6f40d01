/** Writes every answer of the server: constant headers, request id, limits, body; one call, nothing set before it. */
import type { ServerResponse } from 'node:http';
import type { NamedVerdict, RequestContext } from './request-context.ts';
import { readSecurityHeaders } from './security-headers.ts';

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  /** Beside or in place of the defaults; `Content-Type` is `application/json`, `Cache-Control` is `no-store`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ResponseWriter {
  /** Does nothing when the caller is gone or has been answered. */
  write(context: RequestContext, response: ServerResponse, answer: Answer): void;
  /** Begins an answer that goes on; the caller writes the rest and ends it. false: the caller is gone. */
  begin(context: RequestContext, response: ServerResponse, contentType: string): boolean;
  /** The same bytes for a connection whose request could not even be parsed; the connection ends with them. */
  format(requestId: string, statusLine: string, body: string): string;
}

const JSON_HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];
const POLICY_HEADER = 'Content-Security-Policy';
const MS_PER_SECOND = 1_000;

export const createResponseWriter = (windowMs: number): ResponseWriter => {
  const security = readSecurityHeaders();
  const usual = [...security, ...JSON_HEADERS];
  // Pages load and run what they need, and say so themselves: two policies would both hold.
  const policyAt = security.indexOf(POLICY_HEADER);
  const securityOfPages = security.filter((_, at) => at !== policyAt && at !== policyAt + 1);
  const windowSeconds = windowMs / MS_PER_SECOND;

  const withSecurity = (headers: Readonly<Record<string, string>>): string[] => [
    ...(POLICY_HEADER in headers ? securityOfPages : security),
    ...withDefaults(headers),
  ];

  // A flat array goes to the socket as it is; Express's res.json costs twice the whole rest of an answer.
  const write: ResponseWriter['write'] = (context, response, { status, body, headers }) => {
    if (response.headersSent || response.destroyed) return;
    const all = headers === undefined ? [...usual] : withSecurity(headers);
    all.push('X-Request-Id', context.requestId);
    if (context.verdict !== undefined) pushLimit(all, context.verdict, windowSeconds);
    if (context.closeConnection) all.push('Connection', 'close');
    if (status === 204 || status === 304) {
      response.writeHead(status, all);
      response.end();
      return;
    }
    all.push('Content-Length', String(Buffer.byteLength(body)));
    response.writeHead(status, all);
    response.end(body);
  };

  const begin: ResponseWriter['begin'] = (context, response, contentType) => {
    if (response.headersSent || response.destroyed) return false;
    // Proxies that gather answers before they pass them on would hold this one back for ever.
    const all = withSecurity({ 'Content-Type': contentType, 'X-Accel-Buffering': 'no' });
    all.push('X-Request-Id', context.requestId);
    if (context.verdict !== undefined) pushLimit(all, context.verdict, windowSeconds);
    response.writeHead(200, all);
    response.flushHeaders();
    return true;
  };

  const format: ResponseWriter['format'] = (requestId, statusLine, body) => {
    const all = [...usual, 'X-Request-Id', requestId, 'Content-Length', String(Buffer.byteLength(body))];
    let text = `HTTP/1.1 ${statusLine}\r\nConnection: close\r\n`;
    for (let at = 0; at + 1 < all.length; at += 2) text += `${all[at] ?? ''}: ${all[at + 1] ?? ''}\r\n`;
    return `${text}\r\n${body}`;
  };

  return { write, begin, format };
};

const withDefaults = (headers: Readonly<Record<string, string>>): string[] => {
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const flat = Object.entries(headers).flat();
  for (let at = 0; at + 1 < JSON_HEADERS.length; at += 2) {
    const [name, value] = [JSON_HEADERS[at] ?? '', JSON_HEADERS[at + 1] ?? ''];
    if (!named.has(name.toLowerCase())) flat.push(name, value);
  }
  return flat;
};

// draft-ietf-httpapi-ratelimit-headers-08: q = quota, w = window, r = remaining, t = seconds until it is whole again.
const pushLimit = (headers: string[], verdict: NamedVerdict, windowSeconds: number): void => {
  headers.push(
    'RateLimit-Policy',
    `"${verdict.policy}";q=${verdict.limit};w=${windowSeconds}`,
    'RateLimit',
    `"${verdict.policy}";r=${verdict.remaining};t=${Math.ceil(verdict.resetMs / MS_PER_SECOND)}`,
  );
};
