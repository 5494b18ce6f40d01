/** Tells what has been done: read out by screen readers, and seen for a while in the corner. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

const AnnounceContext = createContext<(words: string) => void>(() => undefined);

const SHOWN_MS = 8_000;

/** The function that announces; the same one for the whole life of the page. */
export const useAnnounce = (): ((words: string) => void) => useContext(AnnounceContext);

export const Announcer = ({ children }: { readonly children: ReactNode }) => {
  const [said, setSaid] = useState<{ readonly words: string }>();
  const announce = useCallback((words: string) => setSaid({ words }), []);
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="announcer" role="status">
        {said !== undefined && <div className="announcement">{said.words}</div>}
      </div>
    </AnnounceContext>
  );
};
