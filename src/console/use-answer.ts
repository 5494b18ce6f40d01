/** What a route answers, asked again and again while the page is looked at. */
import { useCallback, useEffect, useState } from 'react';
import type { AnswerOf, OperationName, Parameters } from './admin-client.ts';
import { useClient } from './client-context.ts';

export interface Live<Answer> {
  /** Undefined until the first answer to these parameters. */
  readonly answer: Answer | undefined;
  /** Of the last question; the answer before it stays. */
  readonly error: Error | undefined;
  /** Asks at once. */
  readonly reload: () => void;
}

interface Told<Answer> {
  readonly key: string;
  readonly answer: Answer | undefined;
  readonly error: Error | undefined;
}

const POLL_MS = 5_000;
/** For what changes while one waits for it. */
export const FAST_POLL_MS = 1_000;

/** `everyMs` null: only at first, and by `reload`. A hidden tab asks nothing until it is looked at again. */
export const useAnswer = <Name extends OperationName>(
  name: Name,
  parameters: Parameters<Name>,
  everyMs: number | null = POLL_MS,
): Live<AnswerOf<Name>> => {
  const client = useClient();
  const [told, setTold] = useState<Told<AnswerOf<Name>>>();
  const [round, setRound] = useState(0);
  // Objects are new at each rendering; their text says whether the question is another one.
  const key = `${name} ${JSON.stringify(parameters)}`;

  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const asked = JSON.parse(key.slice(name.length + 1)) as Parameters<Name>;
    const ask = async (): Promise<void> => {
      try {
        const answer = await client.ask(name, asked, ended.signal);
        setTold({ key, answer, error: undefined });
      } catch (error) {
        if (ended.signal.aborted) return;
        setTold((last) => ({
          key,
          answer: last?.key === key ? last.answer : undefined,
          error: error instanceof Error ? error : new Error(String(error)),
        }));
      }
      if (everyMs !== null && !ended.signal.aborted) timer = setTimeout(askWhenSeen, everyMs);
    };
    const askWhenSeen = (): void => {
      if (!document.hidden) void ask();
      else document.addEventListener('visibilitychange', askWhenSeen, { once: true, signal: ended.signal });
    };
    void ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [client, name, key, everyMs, round]);

  const reload = useCallback(() => setRound((last) => last + 1), []);
  const current = told?.key === key ? told : undefined;
  return { answer: current?.answer, error: current?.error, reload };
};
