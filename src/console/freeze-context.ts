/** Whether everything is frozen: asked once for the banner of all pages and for the page with the switch. */
import { createContext, useContext } from 'react';
import type { AnswerOf } from './admin-client.ts';
import type { Live } from './use-answer.ts';

type LiveFreeze = Live<AnswerOf<'GET /api/admin/freeze'>>;

export const FreezeContext = createContext<LiveFreeze>({
  answer: undefined,
  error: undefined,
  reload: () => undefined,
});

export const useFreeze = (): LiveFreeze => useContext(FreezeContext);
