/** A map that forgets what was used longest ago. */

export interface BoundedCache<V> {
  get(key: string): V | undefined;
  /** Answers the value it was given. */
  set(key: string, value: V): V;
  delete(key: string): void;
  clear(): void;
}

export const createBoundedCache = <V>(bound: number): BoundedCache<V> => {
  const entries = new Map<string, V>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (entries.size <= bound) break;
        entries.delete(oldest);
      }
      return value;
    },
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
  };
};
