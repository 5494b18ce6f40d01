/** What is kept of venues' answers: for how long, who waits for a new one, and what a failure costs. */
import { describe, expect, test } from '@jest/globals';
import { type Aged, createAgedCache } from '../../src/features/markets/aged-cache.ts';

const useCache = () => {
  let nowMs = 1_000_000;
  let loads = 0;
  const cache = createAgedCache<string>({
    freshMs: 10_000,
    usableMs: 20_000,
    failureMs: 2_000,
    capacity: 10,
    clock: { now: () => nowMs },
    onStale: () => undefined,
  });
  const answer = (value: string) => (): Promise<Aged<string>> => {
    loads += 1;
    return Promise.resolve({ value, asOfMs: nowMs });
  };
  const fail = (message: string) => (): Promise<Aged<string>> => {
    loads += 1;
    return Promise.reject(new Error(message));
  };
  return {
    cache,
    answer,
    fail,
    never: (): Promise<Aged<string>> => new Promise(() => undefined),
    advance: (ms: number) => {
      nowMs += ms;
    },
    get loads() {
      return loads;
    },
  };
};

describe('get', () => {
  test('loads once for all who ask at a time, and again when the answer is no longer fresh', async () => {
    const kept = useCache();
    const all = await Promise.all([1, 2, 3].map(() => kept.cache.get('a', kept.answer('one'))));
    expect(new Set(all).size).toBe(1);
    kept.advance(9_999);
    expect((await kept.cache.get('a', kept.answer('two'))).value).toBe('one');
    kept.advance(1);
    expect((await kept.cache.get('a', kept.answer('two'))).value).toBe('two');
    expect(kept.loads).toBe(2);
  });

  test('gives out a failure for a while without asking again', async () => {
    const kept = useCache();
    await expect(kept.cache.get('a', kept.fail('down'))).rejects.toThrow('down');
    await expect(kept.cache.get('a', kept.answer('up'))).rejects.toThrow('down');
    expect(kept.loads).toBe(1);
    kept.advance(2_000);
    expect((await kept.cache.get('a', kept.answer('up'))).value).toBe('up');
    expect((await kept.cache.get('a', kept.fail('down'))).value).toBe('up');
  });
});

describe('latest', () => {
  test('waits for the first answer alone', async () => {
    const kept = useCache();
    expect((await kept.cache.latest('a', kept.answer('one'))).value).toBe('one');
    kept.advance(10_000);
    expect((await kept.cache.latest('a', kept.answer('two'))).value).toBe('one');
    expect((await kept.cache.latest('a', kept.never)).value).toBe('two');
  });

  test('does not wait for a venue that hangs', async () => {
    const kept = useCache();
    await kept.cache.latest('a', kept.answer('one'));
    kept.advance(15_000);
    expect((await kept.cache.latest('a', kept.never)).value).toBe('one');
    expect((await kept.cache.latest('a', kept.never)).value).toBe('one');
  });

  test('tells a failure again at once while it asks behind, until the failure is old', async () => {
    const kept = useCache();
    await expect(kept.cache.latest('a', kept.fail('down'))).rejects.toThrow('down');
    kept.advance(2_000);
    await expect(kept.cache.latest('a', kept.answer('up'))).rejects.toThrow('down');
    expect((await kept.cache.latest('a', kept.never)).value).toBe('up');
    await expect(kept.cache.latest('b', kept.fail('down'))).rejects.toThrow('down');
    kept.advance(30_000);
    expect((await kept.cache.latest('b', kept.answer('up'))).value).toBe('up');
  });
});
