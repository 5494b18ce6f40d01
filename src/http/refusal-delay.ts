/** Lets those who go too far wait for their refusal: who waits for each answer cannot keep the process busy with them. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when the refusal may be sent. */
export type RefusalDelay = () => Promise<void>;

/** `most`: how many wait at once; more are refused without a wait, so that they take no room from others. */
export const createRefusalDelay = (delayMs: number, most: number): RefusalDelay => {
  let waiting = 0;
  return async () => {
    if (waiting >= most) return;
    waiting += 1;
    await delay(delayMs);
    waiting -= 1;
  };
};
