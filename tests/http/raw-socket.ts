/** Sends bytes that no HTTP client would, and collects the answer until the server closes or the answer is whole. */
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; the last value of a repeated header. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly text: string;
}

/** Resolves when the server has closed the connection. `chunks` are written one after another. */
export const exchangeBytes = (port: number, ...chunks: readonly (string | Buffer)[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      for (const chunk of chunks) socket.write(chunk);
    });
    socket.on('data', (data) => received.push(data));
    // A reset after the answer is the server ending a connection that still sends.
    socket.on('error', (error) => (received.length > 0 ? undefined : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
  });

export const sendRaw = async (port: number, ...chunks: readonly (string | Buffer)[]): Promise<RawAnswer> =>
  parseAnswer(await exchangeBytes(port, ...chunks));

/** A request's lines joined, with `Connection: close` so that the answer ends. */
export const lines = (...parts: readonly string[]): string =>
  [parts[0], ...parts.slice(1), 'Connection: close', '', ''].join('\r\n');

const parseAnswer = (text: string): RawAnswer => {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...headerLines] = text.slice(0, end === -1 ? undefined : end).split('\r\n');
  const headers = Object.fromEntries(
    headerLines.map((line) => {
      const cut = line.indexOf(':');
      return [line.slice(0, cut).toLowerCase(), line.slice(cut + 1).trim()] as const;
    }),
  );
  return {
    status: parseInt(statusLine.split(' ')[1] ?? '0', 10),
    headers,
    body: end === -1 ? '' : text.slice(end + 4),
    text,
  };
};
