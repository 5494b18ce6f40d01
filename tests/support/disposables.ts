/** Undoes what was set up, last first: Node 20 has no AsyncDisposableStack. */
export interface Disposables {
  defer(dispose: () => unknown): void;
  dispose(): Promise<void>;
}

export const createDisposables = (): Disposables => {
  const steps: (() => unknown)[] = [];
  return {
    defer: (step) => void steps.push(step),
    async dispose() {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step();
    },
  };
};
