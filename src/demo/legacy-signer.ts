/** Signs requests as 3Commas clients do; used by the demo, which is an outside caller. */
import { createHmac } from 'node:crypto';

export interface SignedCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the signature is over: path, `?` and query where there is one, and the body. */
  readonly signedString: string;
}

export interface CallerCredentials {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** `target` is path and query, e.g. `/ver1/accounts?page=1`; `body` is sent as JSON. */
export const signCall = (
  caller: CallerCredentials,
  method: 'GET' | 'POST',
  target: string,
  parameters?: Readonly<Record<string, unknown>>,
): SignedCall => {
  const body = parameters === undefined ? '' : JSON.stringify(parameters);
  const signedString = target + body;
  const signature = createHmac('sha256', caller.apiSecret).update(signedString).digest('hex');
  return {
    method,
    url: caller.baseUrl + target,
    headers: {
      Apikey: caller.apiKey,
      Signature: signature,
      ...(body !== '' && { 'Content-Type': 'application/json' }),
    },
    body,
    signedString,
  };
};
