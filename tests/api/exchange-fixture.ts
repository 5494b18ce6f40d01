/** A gateway whose clock a test can move, and what a test wants to know of the venues behind it; call it at the top of a file. */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

export interface ExchangeFixture {
  readonly gateway: TestGateway;
  readonly caller: TestCaller;
  /** Moves the gateway's clock on for good; custody's and the venues' stay. */
  advance(ms: number): void;
  /** Requests that a sandbox venue got so far. */
  requestsTo(venue: string): Promise<number>;
}

export const useExchanges = (options: { callDeadlineMs?: number } = {}): ExchangeFixture => {
  let gateway: TestGateway;
  let caller: TestCaller;
  let aheadMs = 0;

  beforeAll(async () => {
    gateway = await startTestGateway({ ...options, clock: { now: () => Date.now() + aheadMs } });
    caller = await gateway.newCaller();
  }, 60_000);
  afterEach(() => gateway.sandbox.clearFaults());
  afterAll(() => gateway[Symbol.asyncDispose]());

  return {
    get gateway() {
      return gateway;
    },
    get caller() {
      return caller;
    },
    advance: (ms) => {
      aheadMs += ms;
    },
    requestsTo: async (venue) => {
      const response = await fetch(`${gateway.sandbox.url}/_sandbox/requests?venue=${venue}`);
      const totals = (await response.json()) as Record<string, Record<string, number>>;
      return Object.values(totals[venue] ?? {}).reduce((sum, count) => sum + count, 0);
    },
  };
};
