/** Keeps an access token at hand: asks for one at first use, and for the next one before it ends. */

export interface Token {
  readonly token: string;
  readonly lifetimeMs: number;
}

export interface TokenSource {
  /** All who ask while a token is on its way get that one. */
  get(): Promise<string>;
  /** It was refused: the next to ask get another. */
  forget(token: string): void;
}

// The last fifth of a life is for requests that are on their way, and for clocks that differ.
const USED_PART = 0.8;

export const createTokenSource = (ask: () => Promise<Token>, now: () => number): TokenSource => {
  let current: { readonly token: string; readonly renewAt: number } | undefined;
  let flight: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const askedAt = now();
    const { token, lifetimeMs } = await ask();
    current = { token, renewAt: askedAt + lifetimeMs * USED_PART };
    return token;
  };

  return {
    get: () => {
      if (current !== undefined && now() < current.renewAt) return Promise.resolve(current.token);
      flight ??= renew().finally(() => {
        flight = undefined;
      });
      return flight;
    },
    forget: (token) => {
      if (current?.token === token) current = undefined;
    },
  };
};
