// The gate of one venue: stops, circuit, crowding and limits, on a test clock.
import { beforeEach, expect, test } from '@jest/globals';
import type { CallScope } from '../../src/exchanges/ccxt-call.ts';
import { createEgressGate, type EgressGate } from '../../src/exchanges/egress-gate.ts';
import { AppError, type ErrorCode } from '../../src/shared/errors.ts';
import { createRateWindow } from '../../src/shared/rate-window.ts';
import { createRecordingLogger } from './recording-logger.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
let nowMs: number;
let gate: EgressGate;
let asked: number;

beforeEach(() => {
  nowMs = START_MS;
  asked = 0;
  gate = createEgressGate({
    venue: 'binance',
    policy: { maxCalls: 3, circuitFailures: 4, circuitOpenMs: 5_000 },
    patienceMs: 5_000,
    clock: { now: () => nowMs },
    logger: createRecordingLogger(),
  });
});

const aScope = (change: Partial<CallScope> = {}): CallScope => ({
  signal: new AbortController().signal,
  expiresAtMs: nowMs + 10_000,
  limitBytes: 1_000,
  retryAfterMs: undefined,
  ...change,
});

const pass = (outcome: () => Promise<unknown>, scope = aScope()) =>
  gate.pass(scope, () => {
    asked += 1;
    return outcome();
  });

const refuse = (code: ErrorCode) => () => Promise.reject(new AppError(code, code));
const answer = () => Promise.resolve('answer');

const times = async (count: number, work: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < count; time += 1) await work().catch(() => undefined);
};

test.each<ErrorCode>([
  'invalid_credentials',
  'permission_denied',
  'ip_not_whitelisted',
  'clock_skew',
  'exchange_refused',
  'exchange_rate_limited',
  'not_supported',
  'exchange_error',
])('any number of %s leaves the venue open to others', async (code) => {
  await times(50, () => pass(refuse(code)));
  expect(gate.state).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
  await expect(pass(answer)).resolves.toBe('answer');
});

test.each<ErrorCode>(['exchange_unavailable', 'exchange_timeout', 'bad_response'])(
  '%s four times in a row cuts the venue off, without asking it, until its time is over',
  async (code) => {
    await times(4, () => pass(refuse(code)));
    expect(gate.state.circuit).toBe('open');
    for (const call of [() => pass(answer), () => gate.admit(answer)]) {
      await expect(call()).rejects.toMatchObject({
        code: 'exchange_unavailable',
        details: { retryAfterMs: 5_000 },
      });
    }
    expect(asked).toBe(4);
    nowMs += 5_000;
    await expect(gate.admit(() => pass(answer))).resolves.toBe('answer');
    expect(gate.state.circuit).toBe('closed');
  },
);

test('an error of the parser says nothing of the venue', async () => {
  await times(50, () => pass(() => Promise.reject(new TypeError('x'))));
  expect(gate.state).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
});

test('silence counts when it was long, not when the call had no time left or its caller went away', async () => {
  const scope = aScope({ signal: AbortSignal.abort() });
  const silentFor = (ms: number) => () => {
    nowMs += ms;
    return Promise.reject(new AppError('exchange_timeout', 'silence'));
  };
  await times(20, () => pass(silentFor(4_999), scope));
  expect(gate.state.consecutiveFailures).toBe(0);
  await times(4, () => pass(silentFor(5_000), scope));
  expect(gate.state.circuit).toBe('open');
});

test('a venue that wants to be left alone is, by everybody, until then', async () => {
  gate.stopUntil(nowMs + 60_000);
  gate.stopUntil(nowMs + 1_000);
  const stopped = { code: 'exchange_rate_limited', details: { retryAfterMs: 60_000 } };
  await expect(pass(answer)).rejects.toMatchObject(stopped);
  await expect(gate.admit(() => pass(answer))).rejects.toMatchObject(stopped);
  expect(asked).toBe(0);
  expect(gate.state.stoppedUntilMs).toBe(START_MS + 60_000);
  nowMs += 60_000;
  await expect(gate.admit(() => pass(answer))).resolves.toBe('answer');
  expect(gate.state.stoppedUntilMs).toBeUndefined();
});

test('a stop in the middle of a call ends it before its next request', async () => {
  const call = gate.admit(async () => {
    await pass(answer);
    gate.stopUntil(nowMs + 1_000);
    return await pass(answer);
  });
  await expect(call).rejects.toMatchObject({ code: 'exchange_rate_limited' });
  expect(asked).toBe(1);
});

test('more calls at once than a venue may have are refused, and taken again when there is room', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const calls = Array.from({ length: 3 }, () => gate.admit(() => held));
  expect(gate.state.callsInFlight).toBe(3);
  await expect(gate.admit(answer)).rejects.toMatchObject({
    code: 'exchange_unavailable',
    details: { retryAfterMs: 1_000 },
  });
  release();
  await Promise.all(calls);
  await expect(gate.admit(answer)).resolves.toBe('answer');
  expect(gate.state.callsInFlight).toBe(0);
});

test('a request whose turn comes after its deadline is told when to come back, and takes no place', async () => {
  const limit = createRateWindow({ windowMs: 60_000, capacity: 2, now: () => nowMs });
  await gate.throttle(aScope(), limit, 2);
  await expect(gate.throttle(aScope(), limit, 1)).rejects.toMatchObject({
    code: 'exchange_rate_limited',
    details: { retryAfterMs: expect.any(Number) },
  });
  nowMs += 61_000;
  await expect(gate.throttle(aScope(), limit, 2)).resolves.toBeUndefined();
});

test('the state tells when the venue last answered, how fast, and when it last did not', async () => {
  expect(gate.state).toMatchObject({ lastSuccessMs: undefined, lastFailureMs: undefined });
  await pass(() => {
    nowMs += 40;
    return answer();
  });
  nowMs += 1_000;
  await times(1, () => pass(refuse('exchange_unavailable')));
  expect(gate.state).toMatchObject({
    lastSuccessMs: START_MS + 40,
    latencyMs: 40,
    lastFailureMs: START_MS + 1_040,
    consecutiveFailures: 1,
  });
});

test('an error of no meaning is no success, and cuts nobody off', async () => {
  await times(50, () => pass(refuse('exchange_error')));
  expect(gate.state).toMatchObject({ circuit: 'closed', lastSuccessMs: undefined, lastFailureMs: undefined });
  await times(1, () => pass(refuse('invalid_credentials')));
  expect(gate.state).toMatchObject({ lastSuccessMs: START_MS });
});

test('a read is run again while its failure may pass, and never for a caller that is gone', async () => {
  // Named as ccxt's class is: only the name is looked at.
  class NetworkError extends Error {}
  let runs = 0;
  const read = (failures: number) => () => {
    runs += 1;
    return runs <= failures ? Promise.reject(new NetworkError()) : Promise.resolve('answer');
  };
  await expect(gate.retrying(aScope(), read(2))).resolves.toBe('answer');
  runs = 0;
  await expect(gate.retrying(aScope(), read(3))).rejects.toBeInstanceOf(NetworkError);
  expect(runs).toBe(3);
  runs = 0;
  await expect(gate.retrying(aScope({ signal: AbortSignal.abort() }), read(1))).rejects.toThrow();
  expect(runs).toBe(1);
});
