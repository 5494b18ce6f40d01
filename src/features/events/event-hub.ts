/** Wakes those who wait for events: one connection hears of all of them, and each stream hears of its own. */

export interface EventHub {
  /** Something happened to the topic, e.g. a tenant's id. */
  wake(topic: string): void;
  /** Something may have happened unheard. */
  wakeAll(): void;
  /** To be disposed of. Wakes that come while nobody waits count for the next wait. */
  listen(topics: readonly string[]): Listener;
}

export interface Listener extends Disposable {
  /** Resolves at the next wake, after `ms`, or when the signal aborts; true: woken. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
}

export const createEventHub = (): EventHub => {
  const listeners = new Map<string, Set<() => void>>();

  const add = (topic: string, wake: () => void): void => {
    const known = listeners.get(topic) ?? new Set();
    listeners.set(topic, known.add(wake));
  };
  const remove = (topic: string, wake: () => void): void => {
    const known = listeners.get(topic);
    known?.delete(wake);
    if (known?.size === 0) listeners.delete(topic);
  };
  const wakeEach = (wakes: Iterable<() => void>): void => {
    for (const wake of wakes) wake();
  };

  return {
    wake: (topic) => wakeEach(listeners.get(topic) ?? []),
    wakeAll: () => {
      for (const wakes of listeners.values()) wakeEach(wakes);
    },
    listen: (topics) => {
      let isWoken = false;
      let resume: (() => void) | undefined;
      const wake = (): void => {
        isWoken = true;
        resume?.();
      };
      for (const topic of topics) add(topic, wake);
      return {
        wait: async (ms, signal) => {
          if (!isWoken && !signal.aborted) await wakeOrTime(ms, signal, (done) => (resume = done));
          resume = undefined;
          const was = isWoken;
          isWoken = false;
          return was;
        },
        [Symbol.dispose]: () => {
          for (const topic of topics) remove(topic, wake);
        },
      };
    },
  };
};

const wakeOrTime = (ms: number, signal: AbortSignal, give: (done: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    give(done);
  });
