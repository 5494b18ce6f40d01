/** Where several gateways keep together what callers have taken out of their limits. */

export interface Take {
  /** Limit and caller. */
  readonly key: string;
  /** What was taken, as a part of the limit's window. */
  readonly micros: number;
}

export interface SharedTakes {
  /** False while there is nothing to share with: each gateway then limits by itself. */
  isReady(): boolean;
  /**
   * Adds what was taken here. Answers for each, in order, how far ahead of now the key is with what all gateways took,
   * in microseconds. Rejects when the store does not answer; it may have added it all the same.
   */
  add(takes: readonly Take[]): Promise<readonly number[]>;
}
