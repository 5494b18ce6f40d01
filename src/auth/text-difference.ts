/** Finds where two texts that should be one part ways. */

export interface TextDifference {
  /** Characters before it that are the same. */
  readonly offset: number;
  /** Line, from 1. */
  readonly line: number;
  /** The character there; null where the text is over. */
  readonly expected: string | null;
  readonly actual: string | null;
}

/** undefined when the texts are the same. */
export const firstDifference = (expected: string, actual: string): TextDifference | undefined => {
  if (expected === actual) return undefined;
  let offset = 0;
  while (offset < expected.length && expected[offset] === actual[offset]) offset += 1;
  return {
    offset,
    line: expected.slice(0, offset).split('\n').length,
    expected: expected[offset] ?? null,
    actual: actual[offset] ?? null,
  };
};
