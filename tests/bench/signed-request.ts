/** Requests as 3Commas clients sign them, whole, for the benchmark's client. */
import { createHmac } from 'node:crypto';
import type { BenchCaller } from './bench-data.ts';

export const signedRequest = (caller: BenchCaller, method: string, target: string, body = ''): Buffer => {
  const signature = createHmac('sha256', caller.apiSecret)
    .update(target + body)
    .digest('hex');
  const head = [
    `${method} ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Apikey: ${caller.apiKey}`,
    `Signature: ${signature}`,
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
};
