/** What a handler answers with in place of a value when many callers get the same document. */
import type { PreparedDocument } from './prepared-document.ts';

const MARK = Symbol('shared answer');

export interface SharedAnswer<T> {
  readonly [MARK]: true;
  readonly document: PreparedDocument;
  /** What the document says, to be held against the route's declaration. */
  readonly value: () => T;
}

export const shareAnswer = <T>(document: PreparedDocument, value: () => T): SharedAnswer<T> => ({
  [MARK]: true,
  document,
  value,
});

export const isSharedAnswer = (answer: unknown): answer is SharedAnswer<unknown> =>
  typeof answer === 'object' && answer !== null && MARK in answer;
