/** A caller as 3Commas clients are: signs what it sends and reads JSON. */
import { createHmac } from 'node:crypto';

export interface CallerIdentity {
  readonly baseUrl: string;
  readonly tenantId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** How it proves who it is; without it by the legacy profile. */
  readonly signer?: (request: RawRequest) => Readonly<Record<string, string>>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Text as sent. */
  readonly text: string;
  /** Parsed JSON; numbers through floats. */
  readonly body: unknown;
}

export interface TestCaller extends CallerIdentity {
  get(target: string): Promise<TestAnswer>;
  /** `parameters` go as a JSON body. */
  post(target: string, parameters?: Readonly<Record<string, unknown>>): Promise<TestAnswer>;
  /** The same with PUT. */
  put(target: string, parameters: Readonly<Record<string, unknown>>): Promise<TestAnswer>;
  delete(target: string): Promise<TestAnswer>;
  /** Any request; headers replace those of the signer. */
  send(request: RawRequest): Promise<TestAnswer>;
}

export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const createTestCaller = (identity: CallerIdentity): TestCaller => {
  const send = async ({ method, target, body, headers }: RawRequest): Promise<TestAnswer> => {
    const proof = (identity.signer ?? legacySigner(identity))({
      method,
      target,
      ...(body !== undefined && { body }),
      ...(headers !== undefined && { headers }),
    });
    const response = await fetch(identity.baseUrl + target, {
      method,
      headers: { ...proof, ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return {
    ...identity,
    send,
    get: (target) => send({ method: 'GET', target }),
    delete: (target) => send({ method: 'DELETE', target }),
    put: (target, parameters) =>
      send({
        method: 'PUT',
        target,
        body: JSON.stringify(parameters),
        headers: { 'Content-Type': 'application/json' },
      }),
    post: (target, parameters) =>
      send({
        method: 'POST',
        target,
        ...(parameters !== undefined && {
          body: JSON.stringify(parameters),
          headers: { 'Content-Type': 'application/json' },
        }),
      }),
  };
};

const legacySigner =
  ({ apiKey, apiSecret }: CallerIdentity) =>
  ({ method, target, body }: RawRequest): Readonly<Record<string, string>> => ({
    Apikey: apiKey,
    Signature: createHmac('sha256', apiSecret)
      .update(method === 'DELETE' ? `DELETE ${target}` : target)
      .update(body ?? '')
      .digest('hex'),
  });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
