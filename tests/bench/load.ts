/** A closed-loop HTTP client on raw sockets: costs a few µs a request, so that it does not measure itself. */
import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** The next request, whole: head and body. */
  readonly next: () => Buffer;
  /** Status that counts; any other is a failure. */
  readonly status: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  readonly failures: number;
}

/** Keeps one request in flight on every connection until the time is over. */
export const runLoad = async (options: LoadOptions): Promise<LoadResult> => {
  const latencies: number[] = [];
  const failures: number[] = [];
  const started = performance.now();
  const end = started + options.durationMs;
  await Promise.all(
    Array.from({ length: options.connections }, () => runConnection(options, end, latencies, failures)),
  );
  const seconds = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  return {
    requestsPerSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    requests: latencies.length,
    failures: failures.length,
  };
};

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

const runConnection = (
  options: LoadOptions,
  end: number,
  latencies: number[],
  failures: number[],
): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let received = '';
    const send = (to: Socket): void => {
      sent = performance.now();
      to.write(options.next());
    };
    socket.once('connect', () => send(socket));
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const status = completeStatus(received);
      if (status === undefined) return;
      received = '';
      const now = performance.now();
      if (status === options.status) latencies.push(now - sent);
      else failures.push(status);
      if (now < end) send(socket);
      else {
        socket.destroy();
        resolve();
      }
    });
  });

/** Behind `HTTP/1.1 `. */
const STATUS_AT = 9;

/** Status of the answer when all of it is there; answers with a body carry Content-Length. */
const completeStatus = (text: string): number | undefined => {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  if (text.startsWith('304', STATUS_AT)) return 304;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined) throw new Error('the answer has no Content-Length');
  return text.length >= headEnd + 4 + Number(length)
    ? Number(text.slice(STATUS_AT, STATUS_AT + 3))
    : undefined;
};
