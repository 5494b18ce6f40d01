/** What a chain's reader does for custody, and what it is told of a call. */
import type { Balance } from '../exchange.ts';

/** A token contract, and the asset that one unit of it is. */
export interface Token {
  readonly asset: string;
  readonly contract: string;
}

/** Where a chain's node is. In the sandbox that is one address for all chains, told apart by a header. */
export interface NodeEndpoint {
  /** Without a trailing slash; may hold a key, so it is never logged. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ChainReader {
  /** Everything that is not zero, in one look; all of it or an AppError, never a part. */
  read(address: string, signal: AbortSignal): Promise<Balance[]>;
}
