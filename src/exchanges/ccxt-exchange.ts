/** The part of a ccxt exchange instance that this program uses, typed so that nothing of it flows on as `any`. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '../shared/errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface FetchRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly signal?: AbortSignal;
}

/** What ccxt reads of an answer; `headers` is a plain object with lower-case names. */
export interface FetchResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  text(): Promise<string>;
}

export type FetchImplementation = (url: string, request: FetchRequest) => Promise<FetchResponse>;

export interface CcxtExchange {
  readonly id: string;
  apiKey?: string;
  secret?: string;
  password?: string;
  uid?: string;
  markets: Readonly<Record<string, JsonObject>> | undefined;
  options: Record<string, unknown>;
  readonly has: Readonly<Record<string, unknown>>;
  readonly features: JsonObject | undefined;
  /** Milliseconds that a request of cost 1 uses up of what the venue allows. */
  readonly rateLimit: number;
  throttler: unknown;
  fetchImplementation: FetchImplementation | undefined;
  /** ccxt's attempt to import proxy agents, which it makes once per instance unless this is set. */
  proxiesModulesLoading?: Promise<void>;
  last_request_url?: unknown;
  last_request_headers?: unknown;
  last_request_body?: unknown;
  milliseconds: () => number;
  seconds: () => number;
  nonce: () => number;
  /** undefined: not an error of the venue's own form, go on with the HTTP status. */
  handleErrors(
    status: number,
    reason: string,
    url: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    parsed: unknown,
    requestHeaders: unknown,
    requestBody: unknown,
  ): unknown;
  /** Sends a signed request and reads its answer. */
  fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown>;
  handleHttpStatusCode(status: number, reason: string, url: string, method: string, body: string): void;
  sign(...request: unknown[]): JsonObject;
  parseJson(text: string): unknown;
  describe(): JsonObject;
  loadMarkets(reload?: boolean): Promise<unknown>;
  setMarketsFromExchange(source: CcxtExchange): unknown;
  loadTimeDifference(): Promise<unknown>;
  fetchBalance(parameters?: JsonObject): Promise<unknown>;
  cancelOrder(id: string, symbol?: string, parameters?: JsonObject): Promise<unknown>;
  fetchTickers(symbols?: readonly string[], parameters?: JsonObject): Promise<unknown>;
  fetchStatus(): Promise<unknown>;
  fetchTime(): Promise<unknown>;
}

export interface CcxtClass {
  new (config: JsonObject): CcxtExchange;
}

// ccxt exports only ".", and importing that costs a second and 80 MB; its files by URL cost 30 ms for the base.
const sourceFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('ccxt')), '..', 'js', 'src');

const importSource = async (file: string): Promise<JsonObject> =>
  (await import(pathToFileURL(join(sourceFolder(), file)).href)) as JsonObject;

/** `ccxtId` comes from the catalog, never from a caller. */
export const loadCcxtClass = async (ccxtId: string): Promise<CcxtClass> =>
  (await importSource(`${ccxtId}.js`))['default'] as CcxtClass;

/** Loads what every venue is built on, so that the first call of a process does not pay for it. */
export const loadCcxtBase = async (): Promise<void> => {
  await importSource('base/Exchange.js');
};

/** Calls an implicit endpoint method such as `sapiGetAccountApiRestrictions`. */
export const callEndpoint = async (
  exchange: CcxtExchange,
  method: string,
  parameters: JsonObject = {},
): Promise<unknown> => {
  const endpoint: unknown = Reflect.get(exchange, method);
  if (typeof endpoint !== 'function')
    throw new AppError('not_supported', 'The exchange has no such operation');
  return await (Reflect.apply(endpoint, exchange, [parameters]) as Promise<unknown>);
};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectAt = (value: unknown, key: string | number): JsonObject | undefined => {
  const inner = typeof value === 'object' && value !== null ? (value as JsonObject)[key] : undefined;
  return isObject(inner) ? inner : undefined;
};

export const badResponse = (): AppError =>
  new AppError('bad_response', 'The exchange sent an answer that cannot be read');
