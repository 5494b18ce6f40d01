// The circuit of one venue on a test clock: when it opens, how it tries, what closes it.
import { beforeEach, expect, test } from '@jest/globals';
import { createEgressCircuit, type EgressCircuit, type Verdict } from '../../src/exchanges/egress-circuit.ts';

let nowMs: number;
let changes: string[];
let circuit: EgressCircuit;

beforeEach(() => {
  nowMs = 1_000_000;
  changes = [];
  circuit = createEgressCircuit({
    threshold: 3,
    openMs: 5_000,
    clock: { now: () => nowMs },
    onChange: (state) => changes.push(state),
  });
});

const answer = () =>
  circuit.run(
    () => Promise.resolve('answer'),
    () => 'fails',
  );

const end = (verdict: Verdict) =>
  circuit.run(
    () => Promise.reject(new Error(verdict)),
    () => verdict,
  );

const fail = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) await expect(end('fails')).rejects.toThrow('fails');
};

test('failures in a row open it; refusals show that the venue works and count from the start', async () => {
  await fail(2);
  await expect(end('works')).rejects.toThrow('works');
  await fail(2);
  expect(circuit).toMatchObject({ state: 'closed', failures: 2 });
  expect(circuit.retryAfterMs()).toBeUndefined();
  await fail(1);
  expect(circuit.state).toBe('open');
  expect(circuit.retryAfterMs()).toBe(5_000);
});

test('a request that shows nothing changes nothing', async () => {
  await fail(2);
  for (let time = 0; time < 10; time += 1) await expect(end('unknown')).rejects.toThrow('unknown');
  expect(circuit).toMatchObject({ state: 'closed', failures: 2 });
  await answer();
  expect(circuit.failures).toBe(0);
});

test('after its time one request tries, the others are sent back, and its answer closes the circuit', async () => {
  await fail(3);
  nowMs += 4_999;
  expect(circuit.retryAfterMs()).toBe(1);
  nowMs += 1;
  expect(circuit.retryAfterMs()).toBeUndefined();
  let release: () => void = () => undefined;
  const trial = circuit.run(
    () => new Promise<void>((resolve) => (release = resolve)),
    () => 'fails',
  );
  expect(circuit.state).toBe('half_open');
  expect(circuit.retryAfterMs()).toBeGreaterThan(0);
  release();
  await trial;
  expect(circuit.state).toBe('closed');
  expect(changes).toEqual(['open', 'half_open', 'closed']);
});

test('trials that fail, or show nothing, open it for longer each time, up to a bound', async () => {
  await fail(3);
  const waits: (number | undefined)[] = [];
  for (let trial = 0; trial < 6; trial += 1) {
    waits.push(circuit.retryAfterMs());
    nowMs += circuit.retryAfterMs() ?? 0;
    await expect(end(trial % 2 === 0 ? 'fails' : 'unknown')).rejects.toThrow();
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 80_000]);
  nowMs += 80_000;
  await answer();
  await fail(3);
  expect(circuit.retryAfterMs()).toBe(5_000);
});

test('a refusal is as good a trial as an answer', async () => {
  await fail(3);
  nowMs += 5_000;
  await expect(end('works')).rejects.toThrow('works');
  expect(circuit.state).toBe('closed');
});
