/** Gives the focus back to where it was before a dialog opened. */
import { useEffect, useState } from 'react';

/** For what is rendered only as long as it is open. */
export const useReturnFocus = (): void => {
  // While the dialog renders for the first time it has not taken the focus yet.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
      // What opened it may be gone: a row that was deleted, or a dialog before this one.
      const target = isThere ? before : document.querySelector<HTMLElement>('#main');
      target?.focus({ preventScroll: true });
    },
    [before],
  );
};
