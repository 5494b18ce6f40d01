/** Something that the operator does: pending while it runs, its failure kept to be shown, its success announced. */
import { useCallback, useState } from 'react';
import { useAnnounce } from './parts/announcer.tsx';

export interface Action {
  readonly isPending: boolean;
  readonly error: Error | undefined;
  /** Resolves to whether it worked; never rejects. */
  readonly run: (work: () => Promise<string>) => Promise<boolean>;
  readonly forgetError: () => void;
}

/** `work` resolves to the words that are announced. */
export const useAction = (): Action => {
  const announce = useAnnounce();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<Error>();
  const run = useCallback(
    async (work: () => Promise<string>) => {
      setPending(true);
      setError(undefined);
      try {
        announce(await work());
        return true;
      } catch (thrown) {
        setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
        return false;
      } finally {
        setPending(false);
      }
    },
    [announce],
  );
  const forgetError = useCallback(() => setError(undefined), []);
  return { isPending, error, run, forgetError };
};
