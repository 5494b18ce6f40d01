/** Real ccxt exchanges pointed at a sandbox, the way custody points them, and a sandbox's admin API. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@jest/globals';
import type { Exchange, MarketInterface, Ticker } from 'ccxt';
import type { Sandbox, SandboxKeys } from '../../src/sandbox/sandbox.ts';

export type VenueName =
  | 'binance'
  | 'binanceus'
  | 'kraken'
  | 'okx'
  | 'bybit'
  | 'kucoin'
  | 'gate'
  | 'coinbase'
  | 'coinbaseexchange'
  | 'bitfinex'
  | 'bitstamp';
type Constructor = new (config: Record<string, unknown>) => Exchange;

const source = join(dirname(createRequire(import.meta.url).resolve('ccxt')), '../js/src');

const load = async (id: string): Promise<Constructor> => {
  const module = (await import(pathToFileURL(join(source, `${id}.js`)).href)) as { default: Constructor };
  return module.default;
};

/** The venue's class with exact strings for numbers; without keys it can only read market data. */
export const connect = async (
  sandbox: Pick<Sandbox, 'url'>,
  venue: VenueName,
  keys?: SandboxKeys,
  options: Record<string, unknown> = {},
): Promise<Exchange> => {
  const Venue = await load(venue);
  return new Venue({
    ...(keys && { apiKey: keys.api_key, secret: keys.secret, password: keys.passphrase }),
    number: String,
    enableRateLimit: false,
    timeout: 3_000,
    fetchImplementation: (url: string, init: RequestInit) => {
      const [, origin = '', host = ''] = /^(https:\/\/([^/?#]+))/.exec(url) ?? [];
      const headers = { ...(init.headers as Record<string, string>), 'x-sandbox-host': host };
      return fetch(sandbox.url + url.slice(origin.length), { ...init, headers });
    },
    ...options,
  });
};

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const admin = async (
  sandbox: Sandbox,
  method: string,
  path: string,
  input?: unknown,
): Promise<AdminAnswer> => {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    ...(input !== undefined && { body: JSON.stringify(input) }),
  });
  return { status: response.status, body: await response.json() };
};

export const openAccount = async (sandbox: Sandbox, input: Record<string, unknown>): Promise<SandboxKeys> => {
  const answer = await admin(sandbox, 'POST', 'accounts', input);
  if (answer.status !== 201) throw new Error(`account not opened: ${JSON.stringify(answer.body)}`);
  return answer.body as SandboxKeys;
};

/** The name of the error that a call ends with. */
export const failure = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'no error';
  } catch (error) {
    // Not `instanceof`: the errors of fetch belong to another realm than the tests.
    return (error as object).constructor.name;
  }
};

/** A call that ccxt makes from its list of endpoints, e.g. `sapiGetAccountApiRestrictions`. */
export const callEndpoint = async (exchange: Exchange, name: string, params = {}): Promise<unknown> => {
  const endpoints = exchange as unknown as Record<string, (params: object) => Promise<unknown>>;
  const endpoint = endpoints[name];
  if (endpoint === undefined) throw new Error(`ccxt has no ${name}`);
  return endpoint.call(exchange, params);
};

export const spotMarkets = (exchange: Exchange): MarketInterface[] =>
  (Object.values(exchange.markets ?? {}) as MarketInterface[]).filter((market) => market.spot);

/** Every spot market has a ticker, its figures are in order, and two ways to one price agree. */
export const checkTickers = async (
  exchange: Exchange,
  cross: readonly [string, string, string],
): Promise<void> => {
  const tickers = (await exchange.fetchTickers()) as Record<string, Ticker>;
  const symbols = spotMarkets(exchange).map((market) => market.symbol);
  expect(symbols.length).toBeGreaterThanOrEqual(200);
  expect(Object.keys(tickers).sort()).toEqual(symbols.sort());
  for (const ticker of Object.values(tickers)) {
    expect(Number(ticker.bid)).toBeGreaterThan(0);
    expect(Number(ticker.bid)).toBeLessThan(Number(ticker.last));
    expect(Number(ticker.last)).toBeLessThan(Number(ticker.ask));
    expect(Number(ticker.low)).toBeLessThanOrEqual(Number(ticker.last));
    expect(Number(ticker.high)).toBeGreaterThanOrEqual(Number(ticker.last));
  }
  const [first, second, direct] = cross.map((symbol) => Number(tickers[symbol]?.last));
  expect(((first ?? 0) * (second ?? 0)) / (direct ?? 0)).toBeCloseTo(1, 3);
};

/** Class of the error that a signed balance call ends with, and the venue's own words. */
export const refusal = async (exchange: Exchange, loaded: Exchange): Promise<string> => {
  exchange.setMarketsFromExchange(loaded);
  try {
    await exchange.fetchBalance();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Error)) return typeof error;
    return `${error.constructor.name} ${error.message.slice(error.message.indexOf('{'))}`;
  }
};
